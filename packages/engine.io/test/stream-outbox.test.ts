import { expect } from "chai";
import { StreamOutbox } from "../src/transports/stream-outbox.ts";

/** An outbox whose writes end when told to. */
function openOutbox() {
  const writes: Uint8Array[] = [];
  const ends: ((isTaken: boolean) => void)[] = [];
  let flushes = 0;
  let onWrite = () => {};
  const outbox = new StreamOutbox(
    (chunk) => {
      writes.push(chunk);
      onWrite();
      return new Promise((resolve) => ends.push(resolve));
    },
    () => {
      flushes++;
      onWrite();
    },
  );
  return {
    outbox,
    writes,
    /** Ends the write that is under way. */
    end: (isTaken = true) => ends.shift()?.(isTaken),
    /** Resolves at the next write or flush. */
    next: () =>
      new Promise<void>((resolve) => {
        onWrite = resolve;
      }),
    flushes: () => flushes,
  };
}

const text = (chunk: Uint8Array | undefined) => Buffer.from(chunk ?? []).toString();
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("outbox of a stream", () => {
  it("writes what was added in a turn at once, in order", async () => {
    const { outbox, writes, next } = openOutbox();
    for (const piece of ["a", "bc", "", "d"]) outbox.add(Buffer.from(piece));
    expect(writes).to.have.length(0);
    await next();
    expect(writes.map(text)).to.deep.equal(["abcd"]);
  });

  it("has one write under way at a time, and the next one takes all that has come meanwhile", async () => {
    const { outbox, writes, next, end } = openOutbox();
    outbox.add(Buffer.from("a"));
    await next();
    outbox.add(Buffer.from("b"));
    await turn();
    outbox.add(Buffer.from("c"));
    await turn();
    expect(writes.map(text)).to.deep.equal(["a"]);
    end();
    await next();
    expect(writes.map(text)).to.deep.equal(["a", "bc"]);
  });

  it("writes large bytes without a copy, between what came before and after", async () => {
    const { outbox, writes, next, end } = openOutbox();
    const large = Buffer.alloc(4096, "L");
    outbox.add(Buffer.from("before"));
    outbox.add(large);
    outbox.add(Buffer.from("after"));
    for (let count = 1; count <= 3; count++) {
      await next();
      end();
    }
    expect(text(writes[0])).to.equal("before");
    expect(writes[1]).to.equal(large);
    expect(text(writes[2])).to.equal("after");
  });

  it("keeps small pieces in order however many there are", async () => {
    const { outbox, writes, next, end, flushes } = openOutbox();
    const pieces = Array.from({ length: 50_000 }, (_, i) => `${i};`);
    for (const piece of pieces) outbox.add(Buffer.from(piece));
    while (flushes() === 0) {
      await next();
      end();
    }
    expect(writes.map(text).join("")).to.equal(pieces.join(""));
    expect(writes.length).to.be.below(20);
  });

  it("counts what waits and what is under way, until it was taken", async () => {
    const { outbox, next, end, flushes } = openOutbox();
    outbox.add(Buffer.alloc(10));
    await next();
    outbox.add(Buffer.alloc(5000));
    expect(outbox.bufferedBytes).to.equal(5010);
    end();
    await next();
    expect(outbox.bufferedBytes).to.equal(5000);
    expect(flushes()).to.equal(0);
    end();
    await next();
    expect(outbox.bufferedBytes).to.equal(0);
    expect(flushes()).to.equal(1);
  });

  it("writes again after it was empty", async () => {
    const { outbox, writes, next, end } = openOutbox();
    outbox.add(Buffer.from("a"));
    await next();
    end();
    await next();
    outbox.add(Buffer.from("b"));
    await next();
    expect(writes.map(text)).to.deep.equal(["a", "b"]);
  });

  it("writes nothing more after a write that failed", async () => {
    const { outbox, writes, next, end, flushes } = openOutbox();
    outbox.add(Buffer.from("a"));
    await next();
    outbox.add(Buffer.from("b"));
    end(false);
    await turn();
    outbox.add(Buffer.from("c"));
    await turn();
    expect(writes.map(text)).to.deep.equal(["a"]);
    expect(flushes()).to.equal(0);
  });

  it("forgets what has not been written", async () => {
    const { outbox, writes } = openOutbox();
    outbox.add(Buffer.from("a"));
    outbox.add(Buffer.alloc(5000));
    outbox.clear();
    await turn();
    expect(outbox.bufferedBytes).to.equal(0);
    expect(writes).to.have.length(0);
  });
});
