import {
  flag,
  milliseconds,
  optional,
  resolveOptions,
  rule,
  subsetOf,
  text,
  wholeNumber,
} from "@towline/core";
import { expect } from "chai";

const TABLE = {
  timeout: milliseconds(1000, "How long to wait."),
  limit: wholeNumber(5, "How many."),
  eager: flag(false, "Whether to hurry."),
  name: text("x", "What to call it."),
  ways: subsetOf(["air", "sea"], ["sea"], "How to go."),
  hook: optional<() => void>("What to call.", "a function", (value) => typeof value === "function"),
  even: rule(2, "A number.", "an even number", (value) => typeof value === "number" && value % 2 === 0),
};

describe("options", () => {
  it("are their defaults when not given, or given as undefined", () => {
    const defaults = {
      timeout: 1000,
      limit: 5,
      eager: false,
      name: "x",
      ways: ["sea"],
      hook: undefined,
      even: 2,
    };
    expect(resolveOptions(TABLE)).to.deep.equal(defaults);
    expect(resolveOptions(TABLE, { timeout: undefined })).to.deep.equal(defaults);
  });

  it("are what was given, and leave the input and its other keys alone", () => {
    const input = { timeout: 1, ways: ["air"], other: "of another layer" } as const;
    expect(resolveOptions(TABLE, input))
      .to.include({ timeout: 1, ways: input.ways })
      .and.not.have.property("other");
    expect(input).to.deep.equal({ timeout: 1, ways: ["air"], other: "of another layer" });
  });

  for (const [key, bad, complaint] of [
    ["timeout", 0, "timeout must be a positive number of milliseconds below 2^31, got 0"],
    ["timeout", "10", 'timeout must be a positive number of milliseconds below 2^31, got "10"'],
    ["timeout", 2 ** 31, "got 2147483648"],
    ["timeout", Number.NaN, "got NaN"],
    ["timeout", null, "got null"],
    ["limit", 1.5, "limit must be a whole number, at least 1, got 1.5"],
    ["limit", Number.POSITIVE_INFINITY, "got Infinity"],
    ["limit", 2 ** 53, "got 9007199254740992"],
    ["eager", 1, "eager must be true or false, got 1"],
    ["name", {}, "name must be a string, got an object"],
    ["ways", [], "ways must be a non-empty list of air, sea, got []"],
    ["ways", ["sea", "rail"], 'got ["sea", "rail"]'],
    ["hook", "no", 'hook must be a function, got "no"'],
    ["even", 3, "even must be an even number, got 3"],
  ] as const)
    it(`refuse ${key} = ${JSON.stringify(bad)}`, () => {
      expect(() => resolveOptions(TABLE, { [key]: bad } as never)).to.throw(TypeError, complaint);
    });

  it("name every fault at once", () => {
    expect(() => resolveOptions(TABLE, { timeout: -1, eager: "yes" } as never)).to.throw(
      TypeError,
      'Invalid options: timeout must be a positive number of milliseconds below 2^31, got -1; eager must be true or false, got "yes"',
    );
  });
});
