/** What can be sent. Arrays, and objects that stand for bytes, are taken as `Buffer.from` takes them. */
export type WebSocketData =
  | string
  | number
  | Blob
  | ArrayBufferLike
  | ArrayBufferView
  | readonly number[]
  // biome-ignore lint/suspicious/noExplicitAny: as in the types of `ws`, whose callers pass such arrays.
  | readonly any[]
  | { valueOf(): ArrayBufferLike | Uint8Array | readonly number[] | string }
  | { [Symbol.toPrimitive](hint: string): string };

/**
 * The bytes of a message. A number is sent as its decimal text: taken for a length, it would send memory that holds who
 * knows what.
 *
 * @throws {TypeError} for what is no message.
 */
export function toBytes(data: unknown): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  if (Buffer.isBuffer(data)) return data;
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (typeof data === "number") return Buffer.from(String(data));
  try {
    return Buffer.from(data as ArrayBuffer);
  } catch (cause) {
    throw new TypeError(
      `A message is a string, a number, a Blob, a Buffer, an ArrayBuffer or a view of one, got ${describe(data)}`,
      { cause },
    );
  }
}

const describe = (data: unknown): string =>
  data === null ? "null" : typeof data === "object" ? "another object" : typeof data;
