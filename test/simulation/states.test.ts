import { expect } from "chai";
import { CLIENT_SESSION } from "../../packages/engine.io-client/src/session-states.ts";
import { abridge, drawDiagram } from "./diagram.ts";
import { areEqual, makeMessage } from "./messages.ts";
import { Random } from "./random.ts";
import { TableWatch } from "./states.ts";

describe("the watch over a table of states", () => {
  const watch = new TableWatch(CLIENT_SESSION);

  it("allows a move along an arrow, or along two in one go", () => {
    expect(watch.allows("probing", "pausing")).to.equal(true);
    expect(watch.allows("opening", "probing")).to.equal(true);
    expect(watch.allows("open", "open")).to.equal(true);
  });

  it("allows no other", () => {
    expect(watch.allows("upgraded", "open")).to.equal(false);
    expect(watch.allows("closed", "open")).to.equal(false);
    expect(watch.allows("opening", "upgraded")).to.equal(false);
  });
});

describe("simulated messages", () => {
  it("are recognised: each differs from each other, and equals itself", () => {
    const random = new Random(5);
    const messages = Array.from({ length: 200 }, (_, number) => makeMessage(number, random, 100));
    for (const [index, one] of messages.entries())
      for (const [place, other] of messages.entries()) expect(areEqual(one, other)).to.equal(index === place);
    expect(new Set(messages.map((message) => typeof message))).to.have.property("size", 2);
  });
});

describe("the sequence diagram", () => {
  it("puts each row into its column", () => {
    const drawn = drawDiagram([
      { atMs: 0, column: "client", text: "open" },
      { atMs: 3, column: "up", text: "GET 1 ──▶" },
      { atMs: 12, column: "down", text: "──▶ GET 1" },
      { atMs: 12, column: "server", text: "open → probing" },
    ]);
    expect(drawn.split("\n").slice(2)).to.deep.equal([
      `       0  open${" ".repeat(36)}| ${" ".repeat(58)}|`,
      `       3  ${" ".repeat(40)}| GET 1 ──▶${" ".repeat(49)}|`,
      `      12  ${" ".repeat(40)}| ${" ".repeat(49)}──▶ GET 1|`,
      `      12  ${" ".repeat(40)}| ${" ".repeat(58)}| open → probing`,
    ]);
  });

  it("shows bytes, separators and long texts on one short line", () => {
    expect(abridge(Uint8Array.of(1, 2, 3))).to.equal("<3 bytes 1 2 3>");
    expect(abridge("4a\x1e4b\n")).to.equal("4a␞4b⏎");
    expect(abridge("x".repeat(50), 4)).to.equal("xxxx…(50)");
  });
});
