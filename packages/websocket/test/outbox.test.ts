import { expect } from "chai";
import { nextMaskKey } from "../src/mask-keys.ts";
import { FIN, OPCODE } from "../src/opcodes.ts";
import { Outbox } from "../src/outbox.ts";
import { prepareBinary, prepareText } from "../src/prepared-message.ts";
import { hex } from "./support/bytes.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";

function outbox(masked = false) {
  const socket = new FakeSocket();
  let drains = 0;
  const box = new Outbox(socket, masked ? nextMaskKey : undefined, {
    onOutboxFlushed: (wasBehind) => {
      if (!wasBehind) return;
      drains++;
    },
  });
  return { socket, box, drains: () => drains };
}

/** Takes a masked frame of up to 125 bytes apart. */
function unmask(frame: Buffer): string {
  const key = frame.subarray(2, 6);
  const payload = frame.subarray(6).map((byte, i) => byte ^ (key[i & 3] as number));
  return `${frame.subarray(0, 2).toString("hex")} ${Buffer.from(payload).toString()}`;
}

describe("outbox", () => {
  it("writes all frames of a tick at its end, in their order, in one write", async () => {
    const { socket, box, drains } = outbox();
    box.text("Hello");
    box.frame(FIN | OPCODE.binary, hex("ff"));
    box.prepared(prepareText("€"));
    box.frame(FIN | OPCODE.ping, Buffer.alloc(0));
    let flushed = 0;
    box.whenFlushed(() => flushed++);
    expect(socket.writes).to.have.length(0);
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["8105 48656c6c6f 8201ff 8103 e282ac 8900".replaceAll(" ", "")]);
    expect([flushed, drains()]).to.deep.equal([1, 0]);
  });

  it("writes small frames of two connections, sent in turn, each to its own", async () => {
    const [one, two] = [outbox(), outbox()];
    for (const text of ["a", "b"]) {
      one.box.text(text);
      two.box.text(text.toUpperCase());
    }
    await nextTurn();
    expect(one.socket.taken()).to.deep.equal(["810161810162"]);
    expect(two.socket.taken()).to.deep.equal(["810141810142"]);
  });

  it("writes the same joined buffer to every connection that was sent the same frames", async () => {
    const boxes = [outbox(), outbox(), outbox()];
    const frames = [prepareText("one"), prepareText("two"), prepareBinary(hex("03"))];
    for (const { box } of boxes) for (const frame of frames) box.prepared(frame);
    const other = outbox();
    for (const frame of [...frames].reverse()) other.box.prepared(frame);
    await nextTurn();
    const writes = boxes.map(({ socket }) => socket.writes);
    for (const [write, ...more] of writes) {
      expect(write).to.equal(writes[0]?.[0]);
      expect(more).to.have.length(0);
    }
    expect(writes[0]?.[0]?.toString("hex")).to.equal("81036f6e65810374776f820103");
    expect(other.socket.taken()).to.deep.equal(["820103810374776f81036f6e65"]);
  });

  it("keeps a joined buffer no longer than the tick", async () => {
    const { socket, box } = outbox();
    const frames = [prepareText("one"), prepareText("two")];
    for (let tick = 0; tick < 2; tick++) {
      for (const frame of frames) box.prepared(frame);
      await nextTurn();
    }
    const [first, second] = socket.writes;
    expect(first?.equals(second ?? Buffer.alloc(0))).to.equal(true);
    expect(first).not.to.equal(second);
  });

  for (const length of [125, 126, 4094, 4095, 65535, 65536, 100_000])
    it(`frames ${length} bytes of text and of binary with a length in its shortest form`, async () => {
      const { socket, box } = outbox();
      box.text("x".repeat(length));
      box.frame(FIN | OPCODE.binary, Buffer.alloc(length, "y"));
      await nextTurn();
      const written = Buffer.concat(socket.writes);
      const lengthField =
        length < 126
          ? length.toString(16)
          : length < 65536
            ? `7e${length.toString(16).padStart(4, "0")}`
            : `7f${length.toString(16).padStart(16, "0")}`;
      const expected = `81${lengthField}${"78".repeat(length)}82${lengthField}${"79".repeat(length)}`;
      expect(written.equals(hex(expected))).to.equal(true);
    });

  it("encodes text beyond ASCII by its bytes, in and beyond a slab", async () => {
    for (const text of ["€", "é".repeat(63), "漢".repeat(2000), "😀".repeat(30_000), "\ud800"]) {
      const { socket, box } = outbox();
      box.text(text);
      await nextTurn();
      expect(Buffer.concat(socket.writes).subarray(-Buffer.byteLength(text)).toString()).to.equal(
        Buffer.from(text).toString(),
      );
    }
  });

  it("masks what a client sends, a prepared message too, each with a key of its own", async () => {
    const { socket, box } = outbox(true);
    box.text("Hello");
    await nextTurn();
    box.prepared(prepareText("Hello"));
    await nextTurn();
    box.frame(FIN | OPCODE.binary, Buffer.from("Hello"));
    await nextTurn();
    expect(socket.writes.map(unmask)).to.deep.equal(["8185 Hello", "8185 Hello", "8285 Hello"]);
    expect(new Set(socket.writes.map((frame) => frame.toString("hex", 2, 6))).size).to.equal(3);
  });

  it("does not touch data it masks", async () => {
    const { box } = outbox(true);
    for (const length of [10, 10_000]) {
      const data = Buffer.alloc(length, 7);
      box.frame(FIN | OPCODE.binary, data);
      await nextTurn();
      expect(data.equals(Buffer.alloc(length, 7))).to.equal(true);
    }
  });

  it("keeps frames back while the socket is behind, counts them, and writes them at once on drain", async () => {
    const { socket, box, drains } = outbox();
    socket.stall();
    box.text("x".repeat(20));
    await nextTurn();
    expect(socket.taken()).to.have.length(1);
    expect(drains()).to.equal(0);
    for (const text of ["a", "b", "c"]) {
      box.text(text);
      await nextTurn();
    }
    expect(socket.writes).to.have.length(0);
    expect(box.bytes).to.equal(22 + 9);
    socket.resumeWriting();
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["810161810162810163"]);
    expect(box.bytes).to.equal(0);
    expect(drains()).to.equal(1);
  });

  it("does not let a waiting frame keep the memory that all connections share", async () => {
    const { socket, box } = outbox();
    socket.stall();
    box.text("x".repeat(20));
    await nextTurn();
    box.text("small");
    box.end();
    expect(socket.writableLength).to.equal(22 + 7);
    socket.resumeWriting();
    await nextTurn();
    expect(socket.writes[1]?.toString()).to.equal("\x81\x05small".replace("\x81", "\ufffd"));
    expect(socket.writes[1]?.buffer.byteLength).to.be.lessThan(0x1_0000);
  });

  it("answers only the latest ping once the socket has drained, and ahead of what waits", async () => {
    const { socket, box } = outbox();
    socket.stall();
    box.text("x".repeat(20));
    await nextTurn();
    box.text("a");
    for (let i = 0; i < 100_000; i++) box.pong(Buffer.from([i & 255]), 60);
    box.pong(hex("2a"), 60);
    expect(box.bytes).to.equal(22 + 3 + 3);
    socket.taken();
    socket.resumeWriting();
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["8a012a810161"]);
  });

  it("answers each ping up to the limit in a tick, and of further ones only the latest, after the others", async () => {
    const { socket, box } = outbox();
    for (let i = 1; i <= 9; i++) box.pong(Buffer.of(i), 3);
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["8a01018a01028a01038a0109"]);
    box.pong(Buffer.of(10), 3);
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["8a010a"]);
  });

  it("tells who waits for a flush that there will be none", async () => {
    const { socket, box } = outbox();
    const told: (string | undefined)[] = [];
    socket.stall();
    box.text("x".repeat(20));
    box.whenFlushed((error) => told.push(error?.message));
    await nextTurn();
    expect(told).to.deep.equal([]);
    box.abandon(() => new Error("gone"));
    box.abandon(() => new Error("gone again"));
    expect(told).to.deep.equal(["gone"]);
  });

  it("drops what it holds when the socket is gone", async () => {
    const { socket, box } = outbox();
    box.text("late");
    socket.destroy();
    await nextTurn();
    expect(socket.writes).to.have.length(0);
    expect(box.bytes).to.equal(0);
  });

  it("serves the other connections when a listener of one throws", async () => {
    const failing = outbox().box;
    failing.whenFlushed(() => {
      throw new Error("listener");
    });
    const { socket, box } = outbox();
    const thrown = new Promise<Error>((resolve) => {
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const other of others) process.on("uncaughtException", other);
        resolve(error);
      });
    });
    failing.text("a");
    box.text("b");
    expect((await thrown).message).to.equal("listener");
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["810162"]);
  });
});
