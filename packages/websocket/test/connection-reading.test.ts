import { expect } from "chai";
import { Connection } from "../src/connection.ts";
import type { ConnectionOptions } from "../src/connection-options.ts";
import { BINARY, CLOSE, frame, hex, PING, PONG, TEXT } from "./support/bytes.ts";
import { agree, deflated } from "./support/deflated.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";
import { cpuMsOf } from "./support/memory.ts";
import { RawClient } from "./support/raw-client.ts";
import { type Recorded, Recorder } from "./support/recorder.ts";
import { nextUncaught } from "./support/uncaught.ts";
import { UpgradeServer } from "./support/upgrade-server.ts";

const RSV1 = 0x40;
const HELLO = hex("f248cdc9c90700");
const DEFLATE = agree();

function reading(options: ConnectionOptions = {}, deflate: ReturnType<typeof agree> | undefined = DEFLATE) {
  const socket = new FakeSocket(1 << 20);
  const recorder = new Recorder();
  const connection = new Connection(socket, "server", options, recorder, { deflate });
  return { socket, recorder, connection };
}

type Reading = ReturnType<typeof reading>;

/** The events, of which `count` come before the peer ends, and the close. */
async function heard({ socket, recorder }: Reading, count = 0): Promise<readonly Recorded[]> {
  await recorder.wait(count);
  if (!socket.readableEnded) socket.push(null);
  await recorder.closed();
  await nextTurn();
  return recorder.events;
}

/** The code of the close frame that a fault was answered with, and what the owner was told. */
async function fault(wire: Buffer | readonly Buffer[], options: ConnectionOptions = {}, deflate = DEFLATE) {
  const subject = reading(options, deflate);
  for (const chunk of Buffer.isBuffer(wire) ? [wire] : wire) subject.socket.push(chunk);
  while (subject.connection.isOpen && subject.recorder.events.length === 0) await nextTurn();
  const events = await heard(subject);
  const written = Buffer.concat(subject.socket.writes);
  return { closeCode: written.length < 4 ? 0 : written.readUInt16BE(2), events };
}

/** 1 GiB, in about 1 MB; cut to what a test needs of it. */
const gigabyte = (): Buffer => {
  const mebibyte = deflated(Buffer.alloc(1 << 20));
  return Buffer.concat(Array(1024).fill(Buffer.concat([mebibyte, hex("0000ffff")])));
};

describe("connection, reading", () => {
  describe("compressed messages", () => {
    const EXAMPLES: readonly [name: string, wires: readonly Buffer[], texts: readonly string[]][] = [
      ["a block", [frame(0xc1, HELLO)], ["Hello"]],
      ["two with context takeover", [frame(0xc1, HELLO), frame(0xc1, hex("f200110000"))], ["Hello", "Hello"]],
      ["a stored block", [frame(0xc1, hex("000500faff48656c6c6f00"))], ["Hello"]],
      ["BFINAL", [frame(0xc1, hex("f348cdc9c9070000"))], ["Hello"]],
      ["two blocks", [frame(0xc1, hex("f24805000000ffffcac9c90700"))], ["Hello"]],
      ["fragments", [frame(0x41, hex("f248cd")), frame(0x80, hex("c9c90700"))], ["Hello"]],
      ["an empty one", [frame(0xc1, hex("00"))], [""]],
      [
        "uncompressed ones between",
        [frame(0xc1, HELLO), frame(TEXT, "x"), frame(0xc1, HELLO)],
        ["Hello", "x", "Hello"],
      ],
    ];
    for (const [name, wires, texts] of EXAMPLES)
      it(`reads ${name}, in a chunk and octet by octet (RFC 7692 §7.2.3)`, async () => {
        for (const size of [1 << 20, 1]) {
          const subject = reading();
          const wire = Buffer.concat(wires);
          for (let at = 0; at < wire.length; at += size) {
            subject.socket.push(Buffer.from(wire.subarray(at, at + size)));
            if (size === 1) await nextTurn();
          }
          expect(await heard(subject, texts.length)).to.deep.equal([
            ...texts.map((text) => ["text", text]),
            ["close", 1006, "", undefined],
          ]);
        }
      });

    const FAULTS: readonly [name: string, wire: Buffer, code: number, error: string][] = [
      [
        "RSV1 on a continuation",
        Buffer.concat([frame(0x41, HELLO), frame(0xc0, "")]),
        1002,
        "WS_ERR_UNEXPECTED_RSV_1",
      ],
      ["RSV1 on a ping", frame(PING | RSV1, ""), 1002, "WS_ERR_UNEXPECTED_RSV_1"],
      ["RSV1 on a pong", frame(PONG | RSV1, ""), 1002, "WS_ERR_UNEXPECTED_RSV_1"],
      ["RSV1 on a close frame", frame(CLOSE | RSV1, hex("03e8")), 1002, "WS_ERR_UNEXPECTED_RSV_1"],
      ["invalid data", frame(0xc2, hex("ffffff")), 1007, "WS_ERR_INVALID_DEFLATE_DATA"],
      [
        "invalid data after a BFINAL",
        frame(0xc2, hex("f348cdc9c9070007")),
        1007,
        "WS_ERR_INVALID_DEFLATE_DATA",
      ],
      ["a lean on nothing", frame(0xc1, hex("f200110000")), 1007, "WS_ERR_INVALID_DEFLATE_DATA"],
      ["invalid UTF-8", frame(0xc1, deflated(hex("6162ff63"))), 1007, "WS_ERR_INVALID_UTF8"],
      ["a character cut by the end", frame(0xc1, deflated(hex("61e282"))), 1007, "WS_ERR_INVALID_UTF8"],
      [
        "many tiny streams",
        frame(0xc2, Buffer.from("0300".repeat(400), "hex")),
        1008,
        "WS_ERR_TOO_MANY_BUFFERED_PARTS",
      ],
    ];
    for (const [name, wire, code, error] of FAULTS)
      it(`closes with ${code} on ${name}, and hears nothing of what follows`, async () => {
        const { closeCode, events } = await fault(Buffer.concat([wire, frame(0xc1, HELLO)]));
        expect(events).to.deep.equal([["close", 1006, "", error]]);
        expect(closeCode).to.equal(code);
      });

    it("closes with 1002 on RSV1 when no compression was agreed on", async () => {
      const subject = reading();
      const plain = new FakeSocket(1 << 20);
      const recorder = new Recorder();
      new Connection(plain, "server", {}, recorder);
      plain.push(frame(0xc1, HELLO));
      plain.push(null);
      expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_UNEXPECTED_RSV_1"]);
      subject.connection.terminate();
    });

    it("finds invalid text in the first piece of a message, while the rest is yet to come", async () => {
      const subject = reading();
      const payload = deflated(Buffer.concat([hex("ff"), Buffer.alloc(1000, "x")]));
      subject.socket.push(frame(0x41, Buffer.concat([payload, hex("0000ffff")])));
      while (subject.connection.isOpen) await nextTurn();
      expect((await heard(subject)).at(-1)).to.deep.equal(["close", 1006, "", "WS_ERR_INVALID_UTF8"]);
    });

    it("takes a character that is cut between pieces", async () => {
      const subject = reading();
      const sync = hex("0000ffff");
      const pieces = [hex("61e2"), hex("82"), hex("ac62")].map((bytes) =>
        Buffer.concat([deflated(bytes), sync]),
      );
      for (const [i, piece] of pieces.entries()) {
        subject.socket.push(frame(i === 0 ? 0x41 : i === 2 ? 0x80 : 0, piece));
        await nextTurn();
      }
      expect(await heard(subject, 1)).to.deep.equal([
        ["text", "a€b"],
        ["close", 1006, "", undefined],
      ]);
    });

    it("takes invalid text as it is with skipUTF8Validation", async () => {
      const subject = reading({ skipUTF8Validation: true });
      subject.socket.push(frame(0xc1, deflated(hex("61ff"))));
      subject.socket.push(frame(TEXT, hex("61ff")));
      expect((await heard(subject, 2)).slice(0, 2)).to.deep.equal([
        ["text", "a\ufffd"],
        ["text", "a\ufffd"],
      ]);
    });

    it("takes a message of exactly maxPayload, and closes with 1009 on one byte more, in fragments too", async () => {
      const exact = deflated(Buffer.alloc(50_000));
      const beyond = deflated(Buffer.alloc(50_001));
      const split = (payload: Buffer) => [
        frame(0x42, payload.subarray(0, 20)),
        frame(0, payload.subarray(20, 25)),
        frame(0x80, payload.subarray(25)),
      ];
      for (const wires of [[frame(0xc2, exact)], split(exact)]) {
        const { events } = await fault(wires, { maxPayload: 50_000 });
        expect(events[0]?.[0]).to.equal("binary");
        expect(events).to.have.length(2);
      }
      for (const wires of [[frame(0xc2, beyond)], split(beyond)]) {
        const { closeCode, events } = await fault(wires, { maxPayload: 50_000 });
        expect(closeCode).to.equal(1009);
        expect(events).to.deep.equal([["close", 1006, "", "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"]]);
      }
    });

    it("closes with 1009 on a bomb of a gigabyte, in one frame or in thousands, in bounded memory and time", async () => {
      const payload = gigabyte();
      const pieces = Array.from({ length: 5000 }, (_, i) =>
        frame(i === 0 ? 0x42 : 0, payload.subarray(i * 200, (i + 1) * 200)),
      );
      for (const wires of [[frame(0xc2, payload)], pieces]) {
        let most = 0;
        const before = process.memoryUsage().arrayBuffers;
        const sampling = setInterval(() => {
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        }, 1);
        const ms = await cpuMsOf(async () => {
          const { closeCode, events } = await fault(wires, { maxPayload: 2_000_000 });
          expect(closeCode).to.equal(1009);
          expect(events).to.deep.equal([["close", 1006, "", "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"]]);
        });
        clearInterval(sampling);
        expect(ms).to.be.lessThan(500);
        expect(most).to.be.lessThan(16_000_000);
      }
    });

    it("reads what was compressed without context takeover, each message on its own", async () => {
      const deflate = agree("; client_no_context_takeover");
      const subject = reading({}, deflate);
      subject.socket.push(Buffer.concat([frame(0xc1, HELLO), frame(0xc1, HELLO)]));
      expect((await heard(subject, 2)).slice(0, 2)).to.deep.equal([
        ["text", "Hello"],
        ["text", "Hello"],
      ]);
      const lean = reading({}, deflate);
      lean.socket.push(Buffer.concat([frame(0xc1, HELLO), frame(0xc1, hex("f200110000"))]));
      while (lean.connection.isOpen) await nextTurn();
      expect((await heard(lean)).at(-1)).to.deep.equal(["close", 1006, "", "WS_ERR_INVALID_DEFLATE_DATA"]);
    });

    it("gives fragments as the frames cut them, however the network did", async () => {
      const payloads = ["one ", "two ", "three"].map((text) =>
        Buffer.concat([deflated(text), hex("0000ffff")]),
      );
      const wire = Buffer.concat(
        payloads.map((payload, i) => frame(i === 0 ? 0x42 : i === 2 ? 0x80 : 0, payload)),
      );
      for (const size of [wire.length, 7]) {
        const subject = reading();
        const given: string[][] = [];
        Object.assign(subject.recorder, {
          wantsFragments: true,
          onFragments: (parts: Buffer[]) => given.push(parts.map(String)),
        });
        for (let at = 0; at < wire.length; at += size) {
          subject.socket.push(Buffer.from(wire.subarray(at, at + size)));
          await nextTurn();
        }
        await heard(subject);
        expect(given, `chunks of ${size}`).to.deep.equal([["one ", "two ", "three"]]);
      }
    });
  });

  describe("in order", () => {
    const WIRE = () =>
      Buffer.concat([
        frame(0xc1, HELLO),
        frame(PING, "p"),
        frame(TEXT, "x"),
        frame(0xc1, hex("f200110000")),
        frame(PONG, "q"),
        frame(CLOSE, hex("03e8")),
        frame(TEXT, "late"),
      ]);
    const EVENTS = [
      ["text", "Hello"],
      ["ping", "70"],
      ["text", "x"],
      ["text", "Hello"],
      ["pong", "71"],
      ["close", 1000, "", undefined],
    ];

    it("handles compressed messages and control frames of one chunk as they came", async () => {
      const subject = reading();
      subject.socket.push(WIRE());
      while (subject.connection.state !== "ending") await nextTurn();
      expect(await heard(subject)).to.deep.equal(EVENTS);
    });

    it("loses no chunk that arrives while it inflates, also one that cuts a frame", async () => {
      for (let cut = 1; cut < WIRE().length; cut++) {
        const subject = reading();
        const wire = WIRE();
        // As from a stream that cannot be paused at once.
        for (const chunk of [wire.subarray(0, cut), wire.subarray(cut)])
          subject.socket.emit("data", Buffer.from(chunk));
        while (subject.connection.state !== "ending") await nextTurn();
        expect(await heard(subject), `cut at ${cut}`).to.deep.equal(EVENTS);
      }
    });

    for (const [name, options, wire] of [
      ["while it inflates", {}, () => [frame(0xc1, HELLO), frame(TEXT, "x")]],
      ["between turns", { allowSynchronousEvents: false }, () => [frame(TEXT, "Hello"), frame(TEXT, "x")]],
    ] as const)
      it(`hears all that came before an end that it learns of ${name}, and then one close`, async () => {
        const subject = reading(options);
        subject.socket.push(Buffer.concat(wire()));
        // In the same turn: a stream tells of its end though it is paused.
        subject.socket.push(null);
        expect(await heard(subject)).to.deep.equal([
          ["text", "Hello"],
          ["text", "x"],
          ["close", 1006, "", undefined],
        ]);
      });

    it("answers a close frame that came behind a compressed message and before the peer's end", async () => {
      const subject = reading();
      subject.socket.push(Buffer.concat([frame(0xc1, HELLO), frame(CLOSE, hex("03e8"))]));
      subject.socket.push(null);
      expect(await heard(subject)).to.deep.equal([
        ["text", "Hello"],
        ["close", 1000, "", undefined],
      ]);
      expect(subject.socket.taken().join("")).to.equal("880203e8");
    });

    it("tells one close when the stream fails, or is cut, while it inflates", async () => {
      for (const end of ["destroy", "terminate"] as const) {
        const subject = reading();
        subject.socket.push(frame(0xc1, deflated(Buffer.alloc(1 << 20, "x"))));
        await new Promise(process.nextTick);
        if (end === "destroy")
          subject.socket.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
        else subject.connection.terminate();
        await subject.recorder.closed();
        for (let i = 0; i < 20; i++) await nextTurn();
        expect(subject.recorder.events).to.deep.equal([
          ["close", 1006, "", end === "destroy" ? "ECONNRESET" : undefined],
        ]);
      }
    });

    it("gives nothing more once a listener has terminated it", async () => {
      for (const wire of [
        [frame(TEXT, "1"), frame(TEXT, "2"), frame(0xc1, HELLO), frame(PING, "")],
        [frame(0xc1, deflated("1")), frame(0xc1, HELLO), frame(TEXT, "2"), frame(PING, "")],
      ]) {
        const subject = reading();
        subject.recorder.onMessage = () => subject.connection.terminate();
        subject.socket.push(Buffer.concat(wire));
        await subject.recorder.closed();
        await nextTurn();
        expect(subject.recorder.events).to.deep.equal([
          ["text", "1"],
          ["close", 1006, "", undefined],
        ]);
        expect(subject.socket.writes).to.have.length(0);
      }
    });

    for (const [name, first] of [
      ["plain", frame(TEXT, "1")],
      ["compressed", frame(0xc1, deflated("1"))],
    ] as const)
      it(`loses nothing of what follows when a listener of a ${name} message throws`, async () => {
        const subject = reading();
        subject.recorder.onMessage = (data) => {
          if (data === "1") throw new Error("listener");
        };
        const thrown = nextUncaught();
        subject.socket.push(Buffer.concat([first, frame(0xc1, HELLO), frame(TEXT, "2"), frame(PING, "")]));
        expect((await thrown).message).to.equal("listener");
        expect(await heard(subject, 4)).to.deep.equal([
          ["text", "1"],
          ["text", "Hello"],
          ["text", "2"],
          ["ping", ""],
          ["close", 1006, "", undefined],
        ]);
      });

    it("closes with the fault's code though a callback of a message that is dropped for it throws", async () => {
      const subject = reading();
      subject.connection.sendText("x".repeat(100_000), () => {
        throw new Error("callback");
      });
      const thrown = nextUncaught();
      subject.socket.push(frame(0xf1, "x"));
      expect((await thrown).message).to.equal("callback");
      await heard(subject);
      expect(Buffer.concat(subject.socket.writes).toString("hex")).to.match(/^88..03ea/);
      expect(subject.recorder.events).to.deep.equal([["close", 1006, "", "WS_ERR_UNEXPECTED_RSV_2_3"]]);
    });

    it("gives each event a turn of the event loop to itself without allowSynchronousEvents", async () => {
      const subject = reading({ allowSynchronousEvents: false });
      let turn = 0;
      let counting = true;
      const count = () => {
        turn++;
        if (counting) setImmediate(count);
      };
      setImmediate(count);
      const turns: number[] = [];
      for (const method of ["onText", "onPing", "onPong"] as const) {
        const original = subject.recorder[method].bind(subject.recorder) as (data: never) => void;
        Object.assign(subject.recorder, {
          [method]: (data: never) => {
            turns.push(turn);
            original(data);
          },
        });
      }
      subject.socket.push(
        Buffer.concat([
          frame(TEXT, "a"),
          frame(PING, ""),
          frame(0xc1, HELLO),
          frame(0xc1, HELLO),
          frame(PONG, ""),
          frame(TEXT, "b"),
        ]),
      );
      expect(await heard(subject, 6)).to.deep.equal([
        ["text", "a"],
        ["ping", ""],
        ["text", "Hello"],
        ["text", "Hello"],
        ["pong", ""],
        ["text", "b"],
        ["close", 1006, "", undefined],
      ]);
      counting = false;
      expect(new Set(turns).size, turns.join()).to.equal(6);
    });
  });

  describe("paused", () => {
    it("can still be cut when its stream has gone meanwhile, and tells its close once", async () => {
      const { connection, socket, recorder } = reading();
      connection.pause();
      socket.destroy();
      for (let i = 0; i < 3; i++) await nextTurn();
      expect(recorder.events).to.deep.equal([]);
      connection.terminate();
      connection.terminate();
      for (let i = 0; i < 3; i++) await nextTurn();
      expect(recorder.events).to.deep.equal([["close", 1006, "", undefined]]);
    });

    it("gives no event, not even of the same chunk, until it is resumed", async () => {
      for (const messages of [
        [TEXT, "a", "b"],
        [0xc1, deflated("a"), deflated("b")],
      ] as const) {
        const subject = reading();
        const [first, a, b] = messages;
        subject.recorder.onMessage = () => {
          if (subject.recorder.events.length === 1) {
            subject.connection.pause();
            subject.connection.pause();
          }
        };
        subject.socket.push(Buffer.concat([frame(first, a), frame(first, b), frame(PING, "")]));
        await subject.recorder.wait(1);
        for (let i = 0; i < 10; i++) await nextTurn();
        expect(subject.recorder.events).to.deep.equal([["text", "a"]]);
        expect([subject.connection.isPaused, subject.socket.isPaused()]).to.deep.equal([true, true]);
        subject.connection.resume();
        subject.connection.resume();
        expect(await heard(subject, 3)).to.deep.equal([
          ["text", "a"],
          ["text", "b"],
          ["ping", ""],
          ["close", 1006, "", undefined],
        ]);
      }
    });

    it("gives no event though it was inflating when it was paused", async () => {
      const subject = reading();
      subject.socket.push(Buffer.concat([frame(0xc1, HELLO), frame(TEXT, "x")]));
      await new Promise(process.nextTick);
      subject.connection.pause();
      for (let i = 0; i < 50; i++) await nextTurn();
      expect(subject.recorder.events).to.deep.equal([]);
      subject.connection.resume();
      expect(await heard(subject, 2)).to.deep.equal([
        ["text", "Hello"],
        ["text", "x"],
        ["close", 1006, "", undefined],
      ]);
    });

    it("stays paused when it is resumed and paused again at once", async () => {
      const subject = reading();
      subject.connection.pause();
      subject.connection.resume();
      expect(subject.connection.isPaused).to.equal(false);
      subject.connection.pause();
      subject.socket.push(frame(TEXT, "x"));
      for (let i = 0; i < 5; i++) await nextTurn();
      expect([subject.connection.isPaused, subject.recorder.events]).to.deep.equal([true, []]);
      subject.connection.resume();
      expect((await heard(subject))[0]).to.deep.equal(["text", "x"]);
    });

    it("may be paused and resumed within a listener, whose events stay in order", async () => {
      const subject = reading();
      let isWithin = false;
      subject.recorder.onMessage = () => {
        expect(isWithin).to.equal(false);
        isWithin = true;
        subject.connection.pause();
        subject.connection.resume();
        isWithin = false;
      };
      subject.socket.push(Buffer.concat([..."abc"].map((text) => frame(TEXT, text))));
      expect((await heard(subject)).map(([, data]) => data).slice(0, 3)).to.deep.equal(["a", "b", "c"]);
    });

    it("ends by closeTimeout when it is closed while it is paused", async () => {
      const subject = reading({ closeTimeout: 20 });
      subject.connection.pause();
      subject.socket.push(frame(CLOSE, hex("03e8")));
      subject.connection.close(1000);
      expect(await subject.recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_CLOSE_TIMEOUT"]);
    });

    it("ends at once when it is terminated while it is paused", async () => {
      const subject = reading();
      subject.connection.pause();
      subject.socket.push(frame(TEXT, "x"));
      subject.connection.terminate();
      await subject.recorder.closed();
      subject.connection.resume();
      await nextTurn();
      expect(subject.recorder.events).to.deep.equal([["close", 1006, "", undefined]]);
    });

    it("holds its peer back", async () => {
      const server = await UpgradeServer.listen();
      const client = await RawClient.upgrade(server.port);
      const { connection, recorder } = await server.accepted();
      connection.pause();
      const chunk = Buffer.concat(Array(100).fill(frame(BINARY, Buffer.alloc(10_000))));
      const total = 20;
      for (let i = 0; i < total; i++) client.send(Buffer.from(chunk));
      let last = -1;
      // Until the kernel takes no more.
      for (let still = 0; still < 20; ) {
        await nextTurn();
        still = client.socket.writableLength === last ? still + 1 : 0;
        last = client.socket.writableLength;
      }
      expect(last).to.be.greaterThan(chunk.length);
      expect(recorder.events).to.have.length(0);
      connection.resume();
      await recorder.wait(100 * total);
      client.destroy();
      await recorder.closed();
      await server.close();
    });
  });

  describe("within its limits", () => {
    it("answers no ping with autoPong off, and tells of it all the same", async () => {
      const subject = reading({ autoPong: false });
      subject.socket.push(frame(PING, "p"));
      expect((await heard(subject))[0]).to.deep.equal(["ping", "70"]);
      expect(subject.socket.writes).to.have.length(0);
    });

    it("answers maxPendingAutoPongs pings that come at once, and the latest", async () => {
      const subject = reading({ maxPendingAutoPongs: 2 });
      subject.socket.push(Buffer.concat([..."12345"].map((data) => frame(PING, data))));
      await subject.recorder.wait(5);
      await nextTurn();
      expect(subject.socket.taken()).to.deep.equal(["8a01318a01328a0135"]);
      await heard(subject);
    });

    it("closes with 1008 on a frame cut into more chunks than maxBufferedChunks, compressed or not", async () => {
      // The start of a stored block of 50 bytes.
      const payload = Buffer.concat([hex("003200cdff"), Buffer.alloc(50)]);
      for (const first of [BINARY, 0xc2]) {
        const wire = frame(first, payload);
        const subject = reading({ maxBufferedChunks: 10 });
        for (let at = 0; at < wire.length && subject.connection.isOpen; at++) {
          subject.socket.push(Buffer.from(wire.subarray(at, at + 1)));
          do await nextTurn();
          while (subject.socket.isPaused());
        }
        expect((await heard(subject)).at(-1)).to.deep.equal([
          "close",
          1006,
          "",
          "WS_ERR_TOO_MANY_BUFFERED_PARTS",
        ]);
        expect(Buffer.concat(subject.socket.writes).readUInt16BE(2)).to.equal(1008);
      }
      const fine = reading({ maxBufferedChunks: 10 }, DEFLATE);
      const wire = frame(BINARY, Buffer.alloc(9));
      for (let at = 0; at < wire.length; at++)
        fine.socket.emit("data", Buffer.from(wire.subarray(at, at + 1)));
      expect((await heard(fine))[0]).to.deep.equal(["binary", "00".repeat(9)]);
    });
  });
});
