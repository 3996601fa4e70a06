import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type EnginePacket, encodeStreamFrame, ProtocolError, StreamReader } from "@towline/engine.io-parser";
import { expect } from "chai";
import fc from "fast-check";
import { bytes } from "./vectors.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const LIMIT = 1_000_000;

function readAll(reader: StreamReader, chunks: Iterable<Uint8Array>): EnginePacket[] {
  const packets: EnginePacket[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let packet = reader.read(); packet !== undefined; packet = reader.read()) packets.push(packet);
  }
  return packets;
}

const read = (hex: string, limit = LIMIT): EnginePacket[] => readAll(new StreamReader(limit), [bytes(hex)]);

const frameOf = (packet: EnginePacket): Buffer => {
  const { header, payload } = encodeStreamFrame(packet);
  return Buffer.concat([header, payload]);
};

/** The bytes in pieces, whose lengths are those of `steps` in turn. */
function* cut(wire: Buffer, steps: readonly number[]): Generator<Uint8Array> {
  let start = 0;
  for (let index = 0; start < wire.length; index++) {
    const end = start + (steps[index % steps.length] ?? 1);
    yield wire.subarray(start, end);
    start = end;
  }
}

/** Has the reader read a large chunk that ends inside a packet. */
function pushWhole(reader: StreamReader): Uint8Array {
  const chunk = new Uint8Array(100_000);
  const { header } = encodeStreamFrame({ type: "message", data: new Uint8Array(200_000) });
  chunk.set(header);
  readAll(reader, [chunk]);
  return chunk;
}

/** Messages of every size of header, text and bytes. */
const PACKETS: readonly EnginePacket[] = [
  { type: "ping", data: "probe" },
  { type: "message", data: "a€😀" },
  { type: "message", data: bytes("01 02 03") },
  { type: "message", data: "x".repeat(200) },
  { type: "message", data: Buffer.alloc(300, 7) },
  { type: "noop" },
];
const WIRE = Buffer.concat(PACKETS.map(frameOf));

describe("packets read from a stream", () => {
  for (const [hex, packets] of [
    ["01 32", [{ type: "ping" }]],
    ["02 34 61", [{ type: "message", data: "a" }]],
    ["03 62 41 51", [{ type: "message", data: bytes("01") }]],
    ["82 01 02", [{ type: "message", data: bytes("01 02") }]],
    ["80", [{ type: "message", data: bytes("") }]],
    ["7e 00 03 34 61 62", [{ type: "message", data: "ab" }]],
    ["7f 00 00 00 00 00 00 00 03 34 61 62", [{ type: "message", data: "ab" }]],
    ["04 34 ef bb bf", [{ type: "message", data: "\ufeff" }]],
    [
      "01 32 02 34 61 81 07",
      [{ type: "ping" }, { type: "message", data: "a" }, { type: "message", data: bytes("07") }],
    ],
    ["", []],
  ] as [string, EnginePacket[]][])
    it(`<${hex}> holds ${packets.length}`, () => {
      expect(read(hex)).to.deep.equal(packets);
    });

  it("are the same wherever the stream is cut", () => {
    for (let cut = 0; cut <= WIRE.length; cut++)
      expect(readAll(new StreamReader(LIMIT), [WIRE.subarray(0, cut), WIRE.subarray(cut)])).to.deep.equal(
        PACKETS,
      );
  });

  it("are the same when every byte comes alone", () => {
    expect(
      readAll(
        new StreamReader(LIMIT),
        Array.from(WIRE, (byte) => Uint8Array.of(byte)),
      ),
    ).to.deep.equal(PACKETS);
  });

  it("are bytes of a Buffer, whatever the chunks are", () => {
    for (const chunks of [[Uint8Array.of(0x82, 1, 2)], [Uint8Array.of(0x82, 1), Uint8Array.of(2)]])
      expect(readAll(new StreamReader(LIMIT), chunks)[0]?.data).to.be.instanceOf(Buffer);
  });

  it("may be as long as the limit", () => {
    expect(read("83 01 02 03", 3)).to.have.length(1);
  });
});

describe("a stream that holds no packet", () => {
  for (const [title, hex, code] of [
    ["text of no length", "00", "EIO_EMPTY_PACKET"],
    ["text of no length, in 16 bits", "7e 00 00", "EIO_EMPTY_PACKET"],
    ["text of no length, in 64 bits", "7f 00 00 00 00 00 00 00 00", "EIO_EMPTY_PACKET"],
    ["a length above the limit", "06", "EIO_PAYLOAD_TOO_BIG"],
    ["a length above the limit, in 16 bits", "fe 00 06", "EIO_PAYLOAD_TOO_BIG"],
    ["a length of 2^53", "7f 00 20 00 00 00 00 00 00", "EIO_PAYLOAD_TOO_BIG"],
    ["a length with its top bit set", "ff 80 00 00 00 00 00 00 00", "EIO_PAYLOAD_TOO_BIG"],
    ["a type that does not exist", "02 37 61", "EIO_UNKNOWN_PACKET"],
    ["a byte order mark before the type", "04 ef bb bf 34", "EIO_UNKNOWN_PACKET"],
    ["base64 that is none", "02 62 2a", "EIO_BAD_BASE64"],
    ["text that is not UTF-8", "03 34 ff 61", "EIO_BAD_UTF8"],
    ["a character cut by the end of its packet", "02 34 e2", "EIO_BAD_UTF8"],
  ] as const)
    it(`fails with ${code} for ${title}`, () => {
      const reader = new StreamReader(5);
      reader.push(bytes(hex));
      expect(() => reader.read())
        .to.throw(ProtocolError)
        .with.property("code", code);
    });

  it("gives what came before the fault, and nothing after it", () => {
    const reader = new StreamReader(LIMIT);
    reader.push(bytes("01 32 00 01 32"));
    expect(reader.read()).to.deep.equal({ type: "ping" });
    expect(() => reader.read()).to.throw(ProtocolError);
    expect(readAll(reader, [bytes("01 32"), bytes("01 32")])).to.deep.equal([]);
  });

  it("fails at 2^53 even where any length is allowed, and not below", () => {
    expect(read("7f 00 1f ff ff ff ff ff ff", Number.POSITIVE_INFINITY)).to.deep.equal([]);
    expect(() => read("7f 00 20 00 00 00 00 00 00", Number.POSITIVE_INFINITY)).to.throw(ProtocolError);
  });
});

describe("the reader of a stream", () => {
  for (const limit of [0, -1, Number.NaN, "5", undefined])
    it(`refuses a limit of ${JSON.stringify(limit)}`, () => {
      expect(() => new StreamReader(limit as number)).to.throw(TypeError, "positive number of bytes");
    });

  it("refuses a chunk while the last one has not been read", () => {
    const reader = new StreamReader(LIMIT);
    reader.push(bytes("01 32"));
    expect(() => reader.push(bytes("01 32"))).to.throw("read()");
  });

  it("does not copy a packet that fills its chunk", () => {
    const chunk = Buffer.from(new Uint8Array(101).fill(1).buffer);
    chunk[0] = 0x80 + 100;
    const data = readAll(new StreamReader(LIMIT), [chunk])[0]?.data as Buffer;
    expect(data.buffer).to.equal(chunk.buffer);
  });

  it("copies a packet that would keep a larger chunk in memory", () => {
    const chunk = new Uint8Array(65_536);
    chunk.set([0x82, 1, 2, 1, 0x36]);
    const reader = new StreamReader(LIMIT);
    reader.push(chunk);
    const data = reader.read()?.data as Buffer;
    expect(data.buffer.byteLength).to.be.below(chunk.length);
    chunk.fill(0);
    expect(data).to.deep.equal(bytes("01 02"));
  });

  it("keeps no memory but that of the packet when it comes in pieces", () => {
    const wire = frameOf({ type: "message", data: Buffer.alloc(1000) });
    const data = readAll(new StreamReader(LIMIT), cut(wire, [7]))[0]?.data as Buffer;
    expect(data.buffer.byteLength).to.equal(1000);
  });

  it("lets go of a chunk that has been read", async () => {
    const reader = new StreamReader(LIMIT);
    const chunk = new WeakRef(pushWhole(reader));
    // A WeakRef holds its object until the turn in which it was made has ended.
    await setImmediate();
    collectGarbage();
    expect(chunk.deref()).to.equal(undefined);
    expect(reader.read()).to.equal(undefined);
  });

  it("takes memory for what has come, not for what was announced", () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 100 }, () => new StreamReader(2 ** 30));
    for (const reader of readers) readAll(reader, [bytes("ff 00 00 00 00 40 00 00 00 01")]);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(1_000_000);
    expect(readers).to.have.length(100);
  });

  it("takes linear time for a megabyte that comes byte by byte", function () {
    this.timeout(5000);
    const data = Buffer.alloc(LIMIT, 7);
    const chunks = Array.from(frameOf({ type: "message", data }), (byte) => Uint8Array.of(byte));
    const [packet] = readAll(new StreamReader(LIMIT), chunks);
    expect(data.equals(packet?.data as Buffer)).to.equal(true);
  });
});

describe("the reader of a stream: properties", () => {
  const packet: fc.Arbitrary<EnginePacket> = fc.oneof(
    fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 200 })
      .map((data) => ({ type: "message", data }) as const),
    fc.uint8Array({ maxLength: 200 }).map((data) => ({ type: "message", data: Buffer.from(data) }) as const),
    fc.constantFrom("open", "close", "pong", "upgrade").map((type) => ({ type })),
  );

  it("what was written is read, however it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (packets, steps) => {
          const wire = Buffer.concat(packets.map(frameOf));
          expect(readAll(new StreamReader(LIMIT), cut(wire, steps))).to.deep.equal(packets);
        },
      ),
    );
  });

  it("arbitrary bytes give the same packets and the same error, however they are cut", () => {
    const outcome = (chunks: Iterable<Uint8Array>): unknown[] => {
      const reader = new StreamReader(100);
      const seen: unknown[] = [];
      try {
        for (const chunk of chunks) {
          reader.push(chunk);
          for (let next = reader.read(); next !== undefined; next = reader.read()) seen.push(next);
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        seen.push(error.code);
      }
      return seen;
    };
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (wire, steps) => {
          expect(outcome(cut(Buffer.from(wire), steps))).to.deep.equal(outcome([Buffer.from(wire)]));
        },
      ),
    );
  });
});
