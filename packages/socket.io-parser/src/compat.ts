/** The classes of `socket.io-parser` 4, which adapters, parsers and tools know by name. */
import { Emitter } from "@socket.io/component-emitter";
import { optional, resolveOptions } from "@towline/core";
import { ATTACHMENT_OPTIONS } from "./attachment-options.ts";
import { isBinary } from "./binary.ts";
import { type Packet, PacketType } from "./compat-packet.ts";
import { writePacket } from "./encode.ts";
import { ProtocolError } from "./errors.ts";
import type { SocketPacket } from "./packet.ts";
import { PacketReader } from "./packet-reader.ts";
import type { Reviver } from "./parse-json.ts";
import { isEvent, isSpreadable } from "./payload.ts";
import type { Replacer } from "./to-json.ts";

/** The revision of the Socket.IO protocol that a new connection speaks; the codec reads and writes revision 4 as well. */
export const protocol: number = 5;

/** Encodes packets for one connection or many. Stateless. */
export class Encoder {
  readonly #replacer: Replacer | undefined;

  /** @param replacer given to `JSON.stringify`; it sees placeholders for bytes. */
  constructor(replacer?: Replacer) {
    this.#replacer = replacer;
  }

  /**
   * @returns the text of the packet, then its attachments as they were put in.
   * @throws {TypeError} when it cannot be written.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; a narrower type would not compile in code written for it.
  encode(packet: Packet): any[] {
    const { text, attachments } = writePacket(packet, this.#replacer);
    return [text, ...attachments];
  }
}

export interface DecoderOptions {
  /** Given to `JSON.parse`; it sees placeholders for bytes. */
  reviver?: Reviver;
  /** The most attachments that one packet may have. Defaults to 10. */
  maxAttachments?: number;
  /** The most bytes that the attachments of one packet may have together. Defaults to 100 MB. */
  maxAttachmentBytes?: number;
}

/** `Emitter` splits events into those users may emit (none here) and those only the class may. */
type NoEvents = Record<never, never>;

interface DecoderEvents {
  decoded: (packet: Packet) => void;
}

const DECODER_OPTIONS = {
  reviver: optional<Reviver>("Given to `JSON.parse`.", "a function", (value) => typeof value === "function"),
  maxAttachments: ATTACHMENT_OPTIONS.maxAttachments,
  maxAttachmentBytes: ATTACHMENT_OPTIONS.maxAttachmentBytes,
};

/** Decodes the messages of one connection, and emits `decoded` for each packet. */
export class Decoder extends Emitter<NoEvents, NoEvents, DecoderEvents> {
  readonly #reader: PacketReader;

  /** @throws {TypeError} for an option that makes no sense. */
  constructor(options?: DecoderOptions | Reviver) {
    super();
    const given = typeof options === "function" ? { reviver: options } : (options ?? {});
    this.#reader = new PacketReader(resolveOptions(DECODER_OPTIONS, given));
  }

  /** Whether a packet waits for attachments; for those who bound the time that it may. */
  get isWaiting(): boolean {
    return this.#reader.isWaiting;
  }

  /** Takes one message: text or bytes. @throws {ProtocolError} when it is malformed. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  add(message: any): void {
    const packet = this.#read(message);
    if (packet !== undefined) this.emitReserved("decoded", packet);
  }

  #read(message: unknown): Packet | undefined {
    if (typeof message === "string") return this.#reader.addText(message);
    if (isBinary(message)) return this.#reader.addBinary(message);
    throw new ProtocolError("SIO_NO_MESSAGE");
  }

  /** Forgets a packet that still waits for attachments. */
  destroy(): void {
    this.#reader.reset();
  }
}

/** Whether `packet` is one that a `Decoder` might emit, whatever decoder it is from. */
export function isPacketValid(packet: SocketPacket): boolean {
  if (typeof packet?.nsp !== "string" || !isSpreadable(packet.data)) return false;
  const { type, data, id } = packet;
  if (id !== undefined && !Number.isInteger(id)) return false;
  switch (type) {
    case PacketType.CONNECT:
      return data === undefined || isDictionary(data);
    case PacketType.DISCONNECT:
      return data === undefined;
    case PacketType.EVENT:
      return isEvent(data);
    case PacketType.ACK:
      return Array.isArray(data);
    case PacketType.CONNECT_ERROR:
      return typeof data === "string" || isDictionary(data);
    default:
      return false;
  }
}

/** Decoders of other formats may give a `Date`, or bytes. */
const isDictionary = (data: unknown): boolean => Object.prototype.toString.call(data) === "[object Object]";
