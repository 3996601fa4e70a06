/** The types of `engine.io-parser` 5, as code written for it uses them. */

export type PacketType = "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop" | "error";

/** What a packet may carry: text, a `Buffer`, an `ArrayBuffer`, a view of one, a `Blob`. */
// biome-ignore lint/suspicious/noExplicitAny: code written for engine.io-parser uses data without a check; unknown would not compile.
export type RawData = any;

export interface Packet {
  type: PacketType;
  options?: { compress: boolean } | undefined;
  data?: RawData;
}

/** What bytes are decoded to. Browsers have no `Buffer`, and Node decodes to no `Blob`: each gives its default instead. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";
