import { expect } from "chai";
import fc from "fast-check";
import { Connection } from "../src/connection.ts";
import type { ConnectionOptions } from "../src/connection-options.ts";
import { prepareBinary, prepareText } from "../src/prepared-message.ts";
import { PeerDeflate } from "./conformance/support/peer-deflate.ts";
import { CLOSE, frame, hex } from "./support/bytes.ts";
import { agree, framesIn, inflated } from "./support/deflated.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";
import { cpuMsOf } from "./support/memory.ts";
import { Recorder } from "./support/recorder.ts";
import { nextUncaught } from "./support/uncaught.ts";

type Agreement = ReturnType<typeof agree>;

function sending(deflate: Agreement | undefined, options: ConnectionOptions = {}, highWaterMark = 1 << 20) {
  const socket = new FakeSocket(highWaterMark);
  const recorder = new Recorder();
  const connection = new Connection(socket, "server", options, recorder, { deflate });
  const wire = () => Buffer.concat(socket.writes);
  return { socket, recorder, connection, wire };
}

type Operation =
  | {
      readonly kind: "message" | "blob";
      readonly data: string;
      readonly compress: boolean;
      readonly cuts: number;
    }
  | { readonly kind: "text"; readonly data: string }
  | { readonly kind: "prepared"; readonly data: string }
  | { readonly kind: "ping"; readonly data: string }
  | { readonly kind: "turn" };

const data = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.nat({ max: 3000 }).map((length) => "x".repeat(length)),
);
const operations = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("message" as const, "blob" as const),
      data,
      compress: fc.boolean(),
      cuts: fc.nat({ max: 2 }),
    }),
    fc.record({ kind: fc.constant("text" as const), data }),
    fc.record({ kind: fc.constant("prepared" as const), data }),
    fc.record({
      kind: fc.constant("ping" as const),
      data: fc.string({ unit: "grapheme-ascii", maxLength: 100 }),
    }),
    fc.record({ kind: fc.constant("turn" as const) }),
  ),
  { maxLength: 25 },
);

/** Does what `list` says. @returns how many callbacks are to come. */
async function perform(
  connection: Connection,
  list: readonly Operation[],
  note: (n: number, error?: Error) => void,
) {
  let count = 0;
  const noted = () => {
    const n = count++;
    return (error?: Error) => note(n, error);
  };
  for (const operation of list) {
    if (operation.kind === "turn") await nextTurn();
    else if (operation.kind === "text") connection.sendText(operation.data, noted());
    else if (operation.kind === "prepared") connection.sendPrepared(prepareText(operation.data), noted());
    else if (operation.kind === "ping") connection.ping(Buffer.from(operation.data), noted());
    else {
      const bytes = Buffer.from(operation.data);
      const size = Math.ceil(bytes.length / (operation.cuts + 1));
      for (let i = 0; i <= operation.cuts; i++) {
        const piece = bytes.subarray(i * size, (i + 1) * size);
        connection.send(
          {
            opcode: 2,
            data: operation.kind === "blob" ? new Blob([piece]) : piece,
            fin: i === operation.cuts,
            compress: operation.compress,
          },
          noted(),
        );
      }
    }
  }
  return count;
}

/** The messages, pings and close frames of a wire, in words and in order. */
async function said(wire: Buffer, peer: PeerDeflate): Promise<string[]> {
  const words: string[] = [];
  let message: { first: number; payloads: Buffer[] } | undefined;
  for (const { first, payload } of framesIn(wire)) {
    if ((first & 0x0f) >= 8) {
      words.push(`${first.toString(16)} ${payload.toString("latin1")}`);
      continue;
    }
    if (message === undefined) message = { first, payloads: [payload] };
    else {
      expect(first & 0x7f).to.equal(0);
      message.payloads.push(payload);
    }
    if (first < 0x80) continue;
    const bytes = Buffer.concat(message.payloads);
    const whole = (message.first & 0x40) === 0 ? bytes : await peer.decompress(bytes);
    words.push(`${message.first & 0x0f} ${whole.toString()}`);
    message = undefined;
  }
  return words;
}

const expected = (list: readonly Operation[]): string[] =>
  list.flatMap((operation) => {
    if (operation.kind === "turn") return [];
    if (operation.kind === "ping") return [`89 ${operation.data}`];
    const opcode = operation.kind === "text" || operation.kind === "prepared" ? 1 : 2;
    return [`${opcode} ${Buffer.from(operation.data).toString()}`];
  });

describe("connection, sending", () => {
  const MODES: readonly [name: string, deflate: Agreement | undefined, afresh: boolean][] = [
    ["without compression", undefined, false],
    ["with context takeover", agree("", { threshold: 0 }), false],
    [
      "without context takeover",
      agree("; server_no_context_takeover", { threshold: 20, concurrencyLimit: 1 }),
      true,
    ],
  ];
  for (const [name, deflate, inflateAfresh] of MODES) {
    it(`delivers anything in the order sent, and then the close frame, ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(operations, async (list) => {
          const { connection, socket, recorder, wire } = sending(deflate);
          const calls: number[] = [];
          const errors: Error[] = [];
          const count = await perform(connection, list, (n, error) => {
            calls.push(n);
            if (error !== undefined) errors.push(error);
          });
          connection.close(1000);
          connection.sendText("late");
          while (!wire().subarray(-4).equals(hex("880203e8"))) await nextTurn();
          await nextTurn();
          expect(connection.bufferedAmount).to.equal(0);
          expect(errors).to.deep.equal([]);
          expect(calls).to.deep.equal(Array.from({ length: count }, (_, i) => i));
          const peer = new PeerDeflate({ inflateAfresh });
          expect(await said(wire(), peer)).to.deep.equal([...expected(list), "88 \u0003\u00e8"]);
          peer.close();
          socket.push(frame(CLOSE, hex("03e8")));
          await nextTurn();
          socket.push(null);
          expect(await recorder.closed()).to.deep.equal(["close", 1000, "", undefined]);
        }),
        { numRuns: 50 },
      );
    });

    it(`calls every callback once and in order when it is cut or fails in the middle, ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          operations,
          fc.nat({ max: 6 }),
          fc.constantFrom("terminate", "destroy", "fault", "stall"),
          async (list, turns, how) => {
            const { connection, socket, recorder } = sending(deflate, {}, 16);
            if (how === "stall") socket.stall();
            const calls: number[] = [];
            const failed: boolean[] = [];
            const count = await perform(connection, list, (n, error) => {
              calls.push(n);
              failed.push(error !== undefined);
            });
            for (let i = 0; i < turns; i++) await nextTurn();
            if (how === "fault") {
              socket.push(frame(0xf1, ""));
              await nextTurn();
              socket.push(null);
            } else if (how === "terminate") connection.terminate();
            else socket.destroy(new Error("reset"));
            await recorder.closed();
            expect(calls).to.deep.equal(Array.from({ length: count }, (_, i) => i));
            // All that failed comes behind all that did not.
            expect(failed).to.deep.equal([...failed].sort());
            if (how === "stall" && list.some(({ kind }) => kind !== "turn"))
              expect(failed).not.to.include(false);
            for (let i = 0; i < 3; i++) await nextTurn();
            expect(calls).to.have.length(count);
          },
        ),
        { numRuns: 80 },
      );
    });
  }

  it("is exact about what waits, before, while and after it is compressed", async () => {
    const { connection, socket, wire } = sending(agree("", { threshold: 0 }), {}, 16);
    socket.stall();
    connection.sendText("x".repeat(5000));
    expect(connection.bufferedAmount).to.equal(5000);
    connection.ping(hex("01"));
    connection.sendText("Hello");
    while (wire().length === 0) await nextTurn();
    // What the socket was given, and the other two: as they are, or framed already.
    const given = wire().length;
    expect(connection.bufferedAmount).to.be.within(given + 3, given + 3 + 20);
    socket.resumeWriting();
    while (framesIn(wire()).length < 3) await nextTurn();
    await nextTurn();
    expect(framesIn(wire()).map(({ first }) => first)).to.deep.equal([0xc1, 0x89, 0xc1]);
    expect(connection.bufferedAmount).to.equal(0);
    connection.terminate();
  });

  it("calls back only once the kernel has taken a message, even one that the stream had room for", async () => {
    const { connection, socket } = sending(undefined, {}, 1 << 20);
    socket.stall();
    const calls: string[] = [];
    connection.sendText("a", () => calls.push("a"));
    await nextTurn();
    connection.sendText("b", (error) => calls.push(`b ${error?.message}`));
    await nextTurn();
    expect([calls, connection.bufferedAmount]).to.deep.equal([[], 6]);
    socket.resumeWriting();
    await nextTurn();
    expect([calls, connection.bufferedAmount]).to.deep.equal([["a", "b undefined"], 0]);
    connection.terminate();
  });

  it("calls back for what the kernel has taken though more is always waiting", async () => {
    const { connection, socket } = sending(undefined, {}, 16);
    let called = 0;
    for (let i = 0; i < 10; i++) {
      socket.stall();
      connection.sendText("x".repeat(20), () => called++);
      await nextTurn();
      connection.sendText("y".repeat(20), () => called++);
      socket.resumeWriting();
      socket.stall();
      await nextTurn();
    }
    expect(called).to.be.greaterThan(10);
    connection.terminate();
  });

  it("tells onDrain once it has been behind, and only then, though a callback throws", async () => {
    const { connection, socket, recorder } = sending(undefined, {}, 16);
    let drains = 0;
    Object.assign(recorder, { onDrain: () => drains++ });
    connection.sendText("small");
    await nextTurn();
    socket.stall();
    connection.sendText("x".repeat(20), () => {
      throw new Error("callback");
    });
    await nextTurn();
    expect(drains).to.equal(0);
    const thrown = nextUncaught();
    socket.resumeWriting();
    expect((await thrown).message).to.equal("callback");
    await nextTurn();
    expect(drains).to.equal(1);
    connection.terminate();
  });

  it("sends 200,000 small messages behind a slow one in linear time, and calls back for each", async () => {
    for (const deflate of [undefined, agree("; server_no_context_takeover", { threshold: 100 })]) {
      const { connection, wire } = sending(deflate);
      let called = 0;
      connection.send({ opcode: 2, data: new Blob([Buffer.alloc(1 << 20)]), fin: true, compress: true });
      const ms = await cpuMsOf(async () => {
        for (let i = 0; i < 199_999; i++) connection.sendText("x", () => called++);
        await new Promise<void>((resolve) => connection.sendText("end", () => resolve()));
      });
      expect(called).to.equal(199_999);
      expect(wire().subarray(-3).toString()).to.equal("end");
      expect(connection.bufferedAmount).to.equal(0);
      expect(ms).to.be.lessThan(2500);
      connection.terminate();
    }
  });

  it("takes linear time over messages that each take time", async () => {
    class Ready extends Blob {
      override async arrayBuffer(): Promise<ArrayBuffer> {
        return new ArrayBuffer(1);
      }
    }
    const { connection } = sending(undefined);
    const message = { opcode: 2, data: new Ready(["x"]), fin: true, compress: true };
    const ms = await cpuMsOf(async () => {
      for (let i = 1; i < 100_000; i++) connection.send(message);
      await new Promise<void>((resolve) => connection.send(message, () => resolve()));
    });
    expect(ms).to.be.lessThan(1200);
    connection.terminate();
  });

  describe("above maxBufferedAmount", () => {
    it("is cut, and tells why", async () => {
      const { connection, recorder } = sending(undefined, { maxBufferedAmount: 100 });
      connection.sendText("fits");
      const refused = new Promise<Error | undefined>((resolve) =>
        connection.sendText("x".repeat(100), resolve),
      );
      expect(await refused).to.include({ code: "WS_ERR_SEND_BUFFER_FULL" });
      expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_SEND_BUFFER_FULL"]);
    });

    for (const [policy, code, frames] of [
      ["drop", "WS_ERR_MESSAGE_DROPPED", 2],
      ["send", undefined, 3],
    ] as const)
      it(`asks onBufferFull, and does as told: ${policy}`, async () => {
        const asked: unknown[][] = [];
        const { connection, wire } = sending(undefined, {
          maxBufferedAmount: 100,
          onBufferFull: (...args) => {
            asked.push(args);
            return policy;
          },
        });
        connection.sendText("a");
        const outcome = new Promise<Error | undefined>((resolve) =>
          connection.sendBinary(Buffer.alloc(100), resolve),
        );
        connection.sendText("b");
        expect(((await outcome) as { code?: string } | undefined)?.code).to.equal(code);
        await nextTurn();
        expect(framesIn(wire())).to.have.length(frames);
        expect(asked[0]).to.deep.equal([connection, 3, 100]);
        connection.terminate();
      });

    it("counts what is yet to be compressed", async () => {
      const { connection, recorder } = sending(agree("", { threshold: 0 }), { maxBufferedAmount: 10_000 });
      connection.sendBinary(Buffer.alloc(6000));
      connection.sendBinary(Buffer.alloc(6000));
      expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_SEND_BUFFER_FULL"]);
    });

    it("never lets a message's fragment be taken for the end of another", async () => {
      const { connection, wire } = sending(undefined, { maxBufferedAmount: 100, onBufferFull: () => "drop" });
      const send = (data: string, fin: boolean) =>
        connection.send({ opcode: 1, data: Buffer.from(data), fin, compress: false });
      send("a1", false);
      send("x".repeat(200), true);
      send("b", true);
      await nextTurn();
      const frames = framesIn(wire());
      // Either all of the first message has come, or its fragments are followed by no other message.
      const texts = frames.map(({ first, payload }) => `${first.toString(16)} ${payload.length}`);
      expect(texts).not.to.deep.equal(["1 2", "80 1"]);
      connection.terminate();
    });
  });

  it("compresses by the window and takeover agreed on for its own side", async () => {
    for (const bits of [8, 9, 12, 15])
      for (const afresh of [false, true]) {
        const deflate = agree(
          `; server_max_window_bits=${bits}${afresh ? "; server_no_context_takeover" : ""}`,
          { threshold: 0 },
        );
        const { connection, wire } = sending(deflate);
        const text = Array.from({ length: 2000 }, (_, i) => ((i * i) % 97).toString(36)).join("");
        for (let i = 0; i < 2; i++)
          await new Promise<void>((resolve) => connection.sendText(text, () => resolve()));
        const peer = new PeerDeflate({ inflateBits: bits, inflateAfresh: afresh });
        expect(await said(wire(), peer)).to.deep.equal([`1 ${text}`, `1 ${text}`]);
        if (afresh)
          for (const { payload } of framesIn(wire())) expect(inflated(payload).toString()).to.equal(text);
        peer.close();
        connection.terminate();
      }
  });

  it("cuts the connection when a Blob cannot be read, and tells all who wait", async () => {
    class Broken extends Blob {
      override arrayBuffer(): Promise<ArrayBuffer> {
        return Promise.reject(new Error("gone"));
      }
    }
    const { connection, recorder, wire } = sending(undefined);
    const told: string[] = [];
    const note = (name: string) => (error?: Error) =>
      told.push(`${name} ${(error as { code?: string })?.code}`);
    connection.sendText("before", note("a"));
    await nextTurn();
    connection.send({ opcode: 2, data: new Broken(["x"]), fin: true, compress: true }, note("b"));
    connection.sendPrepared(prepareBinary(hex("01")), note("c"));
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_CANNOT_ENCODE"]);
    expect(told).to.deep.equal(["a undefined", "b WS_ERR_CANNOT_ENCODE", "c WS_ERR_CANNOT_ENCODE"]);
    expect(wire().toString("latin1")).to.equal("\x81\x06before");
  });
});
