import { expect } from "chai";
import { type PerMessageDeflateOptions, resolveDeflateOptions } from "../src/deflate-options.ts";

const DEFAULTS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
  threshold: 1024,
  concurrencyLimit: 10,
  zlibDeflateOptions: {},
  zlibInflateOptions: {},
};

describe("perMessageDeflate", () => {
  it("is off when false or absent", () => {
    expect(resolveDeflateOptions(false)).to.equal(undefined);
    expect(resolveDeflateOptions(undefined)).to.equal(undefined);
  });

  it("has defaults, the same object each time it is `true`", () => {
    expect(resolveDeflateOptions(true)).to.deep.equal(DEFAULTS);
    expect(resolveDeflateOptions(true)).to.equal(resolveDeflateOptions(true));
    expect(resolveDeflateOptions({})).to.deep.equal(DEFAULTS);
    expect(resolveDeflateOptions({ threshold: undefined, zlibDeflateOptions: undefined })).to.deep.equal(
      DEFAULTS,
    );
  });

  it("takes what it is given, the bounds too", () => {
    const least: PerMessageDeflateOptions = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 8,
      clientMaxWindowBits: 8,
      threshold: 0,
      concurrencyLimit: 1,
      zlibDeflateOptions: { level: -1, memLevel: 1, strategy: 0, chunkSize: 64 },
      zlibInflateOptions: { chunkSize: 64 },
    };
    expect(resolveDeflateOptions(least)).to.deep.equal(least);
    const most = {
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
      zlibDeflateOptions: { level: 9, memLevel: 9, strategy: 4, dictionary: Buffer.from("a") },
    };
    expect(resolveDeflateOptions(most)).to.deep.equal({ ...DEFAULTS, ...most });
    for (const clientMaxWindowBits of [true, false])
      expect(resolveDeflateOptions({ clientMaxWindowBits })).to.deep.equal({
        ...DEFAULTS,
        clientMaxWindowBits,
      });
  });

  it("is frozen, and keeps nothing of the objects it was given", () => {
    const zlibDeflateOptions = { level: 1 };
    const options = { threshold: 1, zlibDeflateOptions };
    const settings = resolveDeflateOptions(options);
    options.threshold = 2;
    zlibDeflateOptions.level = 2;
    expect(settings).to.deep.equal({ ...DEFAULTS, threshold: 1, zlibDeflateOptions: { level: 1 } });
    expect(settings).to.be.frozen;
    expect(settings?.zlibDeflateOptions).to.be.frozen;
    expect(settings?.zlibInflateOptions).to.be.frozen;
    expect(options).not.to.be.frozen;
  });

  it("leaves out the options of zlib that are not the application's to choose", () => {
    const given = {
      windowBits: 9,
      flush: 4,
      finishFlush: 4,
      info: true,
      maxOutputLength: 1,
      level: 3,
      other: 1,
    };
    const settings = resolveDeflateOptions({ zlibDeflateOptions: given, zlibInflateOptions: given });
    expect(settings?.zlibDeflateOptions).to.deep.equal({ level: 3 });
    expect(settings?.zlibInflateOptions).to.deep.equal({ level: 3 });
  });

  const BITS = "must be a whole number from 8 to 15";
  const REFUSED: readonly (readonly [options: unknown, fault: string])[] = [
    [{ serverNoContextTakeover: 1 }, "serverNoContextTakeover must be true or false, got 1"],
    [{ clientNoContextTakeover: "true" }, 'clientNoContextTakeover must be true or false, got "true"'],
    ...[7, 16, 9.5, "10", true, Number.NaN, null].map(
      (serverMaxWindowBits) => [{ serverMaxWindowBits }, `serverMaxWindowBits ${BITS}, got `] as const,
    ),
    ...[7, 16, 9.5, "10", Number.NaN, null].map(
      (clientMaxWindowBits) =>
        [{ clientMaxWindowBits }, `clientMaxWindowBits ${BITS}, or true or false`] as const,
    ),
    ...[-1, 0.5, Number.POSITIVE_INFINITY, "1"].map(
      (threshold) => [{ threshold }, "threshold must be a whole number, at least 0"] as const,
    ),
    ...[0, -1, 1.5, Number.POSITIVE_INFINITY].map(
      (concurrencyLimit) =>
        [{ concurrencyLimit }, "concurrencyLimit must be a whole number, at least 1"] as const,
    ),
    [{ zlibDeflateOptions: 3 }, "zlibDeflateOptions must be an object, got 3"],
    [{ zlibInflateOptions: [] }, "zlibInflateOptions must be an object, got []"],
    ...[-2, 10, 1.5, "3"].map(
      (level) =>
        [
          { zlibDeflateOptions: { level } },
          "zlibDeflateOptions must have a level that is a whole number from -1 to 9",
        ] as const,
    ),
    [{ zlibDeflateOptions: { memLevel: 0 } }, "a memLevel that is a whole number from 1 to 9"],
    [{ zlibDeflateOptions: { memLevel: 10 } }, "a memLevel that is a whole number from 1 to 9"],
    [{ zlibDeflateOptions: { strategy: 5 } }, "a strategy that is a whole number from 0 to 4"],
    [{ zlibInflateOptions: { chunkSize: 63 } }, "a chunkSize that is a whole number from 64 to 1073741824"],
    [{ zlibInflateOptions: { dictionary: "a" } }, "a dictionary that is bytes"],
    ...[null, 1, "true", []].map(
      (value) => [value, "perMessageDeflate must be true, false or an object"] as const,
    ),
  ];
  for (const [options, fault] of REFUSED)
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(() => resolveDeflateOptions(options as PerMessageDeflateOptions)).to.throw(TypeError, fault);
    });

  it("names every fault at once", () => {
    const options = {
      serverMaxWindowBits: 7,
      threshold: -1,
      zlibDeflateOptions: { level: 10, memLevel: 0 },
    };
    expect(() => resolveDeflateOptions(options)).to.throw(
      TypeError,
      "Invalid options: serverMaxWindowBits must be a whole number from 8 to 15, got 7; " +
        "threshold must be a whole number, at least 0, got -1; zlibDeflateOptions must have " +
        "a level that is a whole number from -1 to 9 and a memLevel that is a whole number from 1 to 9, got an object",
    );
  });
});
