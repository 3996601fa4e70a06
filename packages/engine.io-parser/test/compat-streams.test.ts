import {
  type BinaryType,
  createPacketDecoderStream,
  createPacketEncoderStream,
  type Packet,
} from "@towline/engine.io-parser";
import { expect } from "chai";
import { bytes } from "./vectors.ts";

const LIMIT = 1_000_000;

/** All that comes out of `stream` when these go in. */
async function through<In, Out>(stream: TransformStream<In, Out>, chunks: readonly In[]): Promise<Out[]> {
  const writer = stream.writable.getWriter();
  const written = (async () => {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  })();
  const [out] = await Promise.all([collect(stream.readable), written]);
  return out;
}

async function collect<T>(readable: ReadableStream<T>): Promise<T[]> {
  const reader = readable.getReader();
  const all: T[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) all.push(next.value);
  return all;
}

const decode = (chunks: readonly Uint8Array[], binaryType?: BinaryType) =>
  through(createPacketDecoderStream(LIMIT, binaryType), chunks);

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

const ERROR = { type: "error", data: "parser error" };

describe("createPacketEncoderStream", () => {
  const encode = async (...packets: Packet[]) =>
    (await through(createPacketEncoderStream(), packets)).map((chunk) => Buffer.from(chunk).toString("hex"));

  it("gives header and payload of each packet as chunks of their own", async () => {
    expect(await encode({ type: "ping" }, { type: "message", data: "a" })).to.deep.equal([
      "01",
      "32",
      "02",
      "3461",
    ]);
  });

  for (const [title, data, payload] of [
    ["a Buffer", bytes("01 02"), "0102"],
    ["a part of one", bytes("00 01 02 03").subarray(1, 3), "0102"],
    ["an ArrayBuffer", Uint8Array.of(1, 2).buffer, "0102"],
    ["a view of wider elements", Uint16Array.of(0x0201), "0102"],
    ["a Blob", new Blob([Uint8Array.of(1, 2)]), "0102"],
  ] as const)
    it(`takes ${title}`, async () => {
      expect(await encode({ type: "message", data })).to.deep.equal(["82", payload]);
    });

  it("keeps the order when a Blob has to be read first", async () => {
    expect(await encode({ type: "message", data: new Blob(["x"]) }, { type: "ping" })).to.deep.equal([
      "81",
      "78",
      "01",
      "32",
    ]);
  });

  it("fails for a packet that no peer could read", async () => {
    expect(await failureOf(through(createPacketEncoderStream(), [{ type: "error" }]))).to.be.instanceOf(
      TypeError,
    );
  });
});

describe("createPacketDecoderStream", () => {
  it("gives packets, however the bytes are cut", async () => {
    const wire = bytes("01 32 02 34 61 82 01 02");
    const packets = [
      { type: "ping" },
      { type: "message", data: "a" },
      { type: "message", data: bytes("01 02") },
    ];
    for (let cut = 0; cut <= wire.length; cut++)
      expect(await decode([wire.subarray(0, cut), wire.subarray(cut)])).to.deep.equal(packets);
  });

  it("gives bytes as binaryType says", async () => {
    const wire = bytes("82 01 02");
    const [buffer, arrayBuffer, blob] = await Promise.all(
      (["nodebuffer", "arraybuffer", "blob"] as const).map(
        async (type) => (await decode([wire], type))[0]?.data,
      ),
    );
    expect(buffer).to.deep.equal(bytes("01 02"));
    expect(arrayBuffer).to.deep.equal(Uint8Array.of(1, 2).buffer);
    expect(blob).to.be.instanceOf(Buffer);
  });

  it("takes an ArrayBuffer for a chunk", async () => {
    expect(await decode([Uint8Array.of(1, 0x32).buffer as unknown as Uint8Array])).to.deep.equal([
      { type: "ping" },
    ]);
  });

  it("gives one error for what is no packet, then nothing more", async () => {
    expect(await decode([bytes("01 32 00 01 32"), bytes("01 32")])).to.deep.equal([{ type: "ping" }, ERROR]);
  });

  it("gives an error for a packet above maxPayload as soon as its header has come", async () => {
    expect(await through(createPacketDecoderStream(5), [bytes("06")])).to.deep.equal([ERROR]);
  });

  it("ends in silence when the stream ends inside a packet", async () => {
    expect(await decode([bytes("02 34")])).to.deep.equal([]);
  });

  it("fails for a chunk that is not bytes", async () => {
    expect(await failureOf(decode(["2" as unknown as Uint8Array]))).to.be.instanceOf(TypeError);
  });

  it("needs a maxPayload", () => {
    expect(() => createPacketDecoderStream(undefined as unknown as number)).to.throw(TypeError);
  });
});
