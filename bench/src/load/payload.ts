import type { FrameKind } from "./frame.ts";

/** One message, before a dialect encodes it. */
export interface Payload {
  readonly kind: FrameKind;
  readonly bytes: Buffer;
}

/** Makes message `sequence` of connection `connection`, with `size` bytes of content. */
export type PayloadMaker = (connection: number, sequence: number, size: number) => Payload;

const FILLER = "The quick brown fox jumps over the lazy dog 0123456789 ";
/** Every byte there is; one more than them, so that no power of two is a period. */
const BINARY_FILLER = Buffer.from(Array.from({ length: 257 }, (_, value) => value & 0xff));

/**
 * What a message begins with, so that an answer which belongs elsewhere is seen to be wrong.
 *
 * @throws {RangeError} when `size` has no room for it.
 */
function label(connection: number, sequence: number, size: number): string {
  const text = `${connection}.${sequence}.`.padEnd(12, ".");
  if (text.length > size) throw new RangeError(`A message needs at least ${text.length} bytes, got ${size}`);
  return text;
}

/** The ASCII text of a message, exactly `size` bytes long and free of anything JSON would escape. */
export function messageText(connection: number, sequence: number, size: number): string {
  const start = label(connection, sequence, size);
  return start + FILLER.repeat(Math.ceil(size / FILLER.length)).slice(0, size - start.length);
}

/** The size is that of the text alone. */
export const textPayload: PayloadMaker = (connection, sequence, size) => ({
  kind: "text",
  bytes: Buffer.from(messageText(connection, sequence, size)),
});

/** All byte values, so that a server which takes them for text changes them. */
export const binaryPayload: PayloadMaker = (connection, sequence, size) => {
  const bytes = Buffer.alloc(size, BINARY_FILLER);
  bytes.write(label(connection, sequence, size), "latin1");
  return { kind: "binary", bytes };
};

/** An Engine.IO message as text; `size` is that of its data. */
export const packetPayload: PayloadMaker = (connection, sequence, size) => ({
  kind: "text",
  bytes: Buffer.from(`4${messageText(connection, sequence, size)}`),
});

/** A Socket.IO event with one argument, the text; `size` is the text's. */
export const eventPayload: PayloadMaker = (connection, sequence, size) => ({
  kind: "text",
  bytes: Buffer.from(`42["echo","${messageText(connection, sequence, size)}"]`),
});
