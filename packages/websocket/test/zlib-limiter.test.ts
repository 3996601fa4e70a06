import { expect } from "chai";
import { Deflater } from "../src/deflater.ts";
import { Inflater } from "../src/inflater.ts";
import { limiterOf, ZlibLimiter, type ZlibTurn } from "../src/zlib-limiter.ts";
import { hex } from "./support/bytes.ts";
import { settingsOf } from "./support/deflated.ts";
import { cpuMsOf } from "./support/memory.ts";

/** Turns by number, and which of them have begun, in order. */
function turns(count: number): { readonly all: ZlibTurn[]; readonly begun: number[] } {
  const begun: number[] = [];
  return { begun, all: Array.from({ length: count }, (_, i) => ({ run: () => void begun.push(i) })) };
}

describe("limiter of calls into zlib", () => {
  it("begins as many at once as it is allowed, and the others in their order", () => {
    const limiter = new ZlibLimiter(2);
    const { all, begun } = turns(5);
    for (const turn of all) limiter.enter(turn);
    expect(begun).to.deep.equal([0, 1]);
    limiter.leave(all[1] as ZlibTurn);
    expect(begun).to.deep.equal([0, 1, 2]);
    limiter.leave(all[0] as ZlibTurn);
    limiter.leave(all[2] as ZlibTurn);
    expect(begun).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it("never begins one that left while it waited, and gives its place to no one else", () => {
    const limiter = new ZlibLimiter(1);
    const { all, begun } = turns(4);
    for (const turn of all) limiter.enter(turn);
    limiter.leave(all[1] as ZlibTurn);
    limiter.leave(all[2] as ZlibTurn);
    expect(begun).to.deep.equal([0]);
    limiter.leave(all[0] as ZlibTurn);
    expect(begun).to.deep.equal([0, 3]);
  });

  it("lets everyone in turn, again and again", () => {
    const limiter = new ZlibLimiter(1);
    const { all, begun } = turns(3);
    for (const turn of all) limiter.enter(turn);
    for (let i = 0; i < 6; i++) {
      const turn = all[i % 3] as ZlibTurn;
      limiter.leave(turn);
      limiter.enter(turn);
    }
    expect(begun).to.deep.equal([0, 1, 2, 0, 1, 2, 0]);
  });

  it("takes linear time over a hundred thousand who wait", async () => {
    const limiter = new ZlibLimiter(1);
    const { all, begun } = turns(100_000);
    const ms = await cpuMsOf(() => {
      for (const turn of all) limiter.enter(turn);
      for (const turn of all) limiter.leave(turn);
    });
    expect(begun).to.have.length(100_000);
    expect(ms).to.be.lessThan(500);
  });

  it("is one for all connections of the same settings, and only those", () => {
    const settings = settingsOf({ concurrencyLimit: 3 });
    expect(limiterOf(settings)).to.equal(limiterOf(settings));
    expect(limiterOf(settings)).not.to.equal(limiterOf(settingsOf({ concurrencyLimit: 3 })));
  });

  it("has compression and decompression run at the limit, whoever has died while waiting or running", async () => {
    const settings = settingsOf({ concurrencyLimit: 2 });
    const limiter = limiterOf(settings);
    let running = 0;
    let most = 0;
    const leave = limiter.leave.bind(limiter);
    limiter.leave = (turn) => {
      if (living.includes(turn as Deflater)) running--;
      leave(turn);
    };
    const counted = <T extends ZlibTurn>(turn: T): T => {
      const { run } = turn;
      turn.run = () => {
        most = Math.max(most, ++running);
        run.call(turn);
      };
      return turn;
    };
    const living: Deflater[] = [];
    for (let i = 0; i < 50; i++) {
      const dying = i % 2 === 0 ? new Deflater(settings, 15, false) : new Inflater(settings, 15, false);
      if (dying instanceof Deflater) dying.deflate(Buffer.alloc(10_000), true, () => {});
      else dying.inflate(hex("f248cdc9c90700"), true, 100, () => {});
      if (i % 3 === 0) dying.close();
      else setImmediate(() => dying.close());
    }
    await new Promise((resolve) => setImmediate(resolve));
    living.push(...Array.from({ length: 10 }, () => counted(new Deflater(settings, 15, true))));
    const outputs = await Promise.all(
      living.map(
        (deflater) =>
          new Promise<string>((resolve) =>
            deflater.deflate(Buffer.from("Hello"), true, (_error, data) => resolve(data.toString("hex"))),
          ),
      ),
    );
    expect(outputs).to.deep.equal(Array(10).fill("f248cdc9c90700"));
    expect(most).to.equal(2);
    // Nobody is left inside: one more begins at once.
    const { all, begun } = turns(3);
    for (const turn of all) limiter.enter(turn);
    expect(begun).to.deep.equal([0, 1]);
    for (const turn of all) limiter.leave(turn);
  });

  it("goes on with the next when one fails", async () => {
    const settings = settingsOf({ concurrencyLimit: 1 });
    const outcomes = await Promise.all(
      ["ffffff", "f248cdc9c90700", "07", "f248cdc9c90700"].map(
        (payload) =>
          new Promise<string>((resolve) =>
            new Inflater(settings, 15, true).inflate(hex(payload), true, 100, (error, chunks) =>
              resolve(error?.closeCode.toString() ?? Buffer.concat(chunks).toString()),
            ),
          ),
      ),
    );
    expect(outcomes).to.deep.equal(["1007", "Hello", "1007", "Hello"]);
  });
});
