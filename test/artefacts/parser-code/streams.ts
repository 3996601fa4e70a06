import { createPacketDecoderStream, createPacketEncoderStream, type Packet } from "engine.io-parser";

interface BidirectionalStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

async function run({ readable, writable }: BidirectionalStream): Promise<void> {
  const encoder = createPacketEncoderStream();
  encoder.readable.pipeTo(writable);
  const writer = encoder.writable.getWriter();
  await writer.write({ type: "message", data: "a" });
  const packet: Packet = { type: "ping", options: { compress: false } };
  writer.write(packet).then(() => console.log(writer.desiredSize));

  const decoder = createPacketDecoderStream(Number.MAX_SAFE_INTEGER, "nodebuffer");
  const reader = readable.pipeThrough(decoder).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const each = value as Packet;
    if (each.type === "error") console.log(each.data);
  }
}

async function runByHand(session: BidirectionalStream): Promise<void> {
  const decoder: TransformStream = createPacketDecoderStream(1e6, "arraybuffer");
  session.readable.pipeTo(decoder.writable).catch(() => console.log("session was closed"));
  const packets = decoder.readable.getReader();
  const { value } = await packets.read();
  console.log(value.type, value.data);
  const encoder: TransformStream<Packet, Uint8Array> = createPacketEncoderStream();
  const writer: WritableStreamDefaultWriter<Packet> = encoder.writable.getWriter();
  await writer.ready;
}
console.log(run, runByHand);
