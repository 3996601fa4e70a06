import { putBinary } from "./binary.ts";
import { type DecodedText, decodeText, type Reviver } from "./decode.ts";
import { ProtocolError } from "./errors.ts";
import type { Packet } from "./packet.ts";

export interface PacketReaderOptions {
  readonly reviver?: Reviver | undefined;
  /** The most attachments one packet may have. Defaults to 10, as in the reference. */
  readonly maxAttachments?: number;
  /** The most bytes that the attachments of one packet may have together. Defaults to 100 MB. */
  readonly maxAttachmentBytes?: number;
}

interface PendingPacket extends DecodedText {
  readonly received: unknown[];
  bytes: number;
}

const byteLengthOf = (data: unknown): number =>
  (data as { byteLength?: number }).byteLength ?? (data as { size?: number }).size ?? 0;

/**
 * Puts packets together from the messages of one connection: a text, and as many binary messages as it announces.
 * Every malformed input throws a {@link ProtocolError}; the connection is to be closed then, the reader is of no further use.
 */
export class PacketReader {
  readonly #onPacket: (packet: Packet) => void;
  readonly #reviver: Reviver | undefined;
  readonly #maxAttachments: number;
  readonly #maxAttachmentBytes: number;
  #pending: PendingPacket | undefined;

  constructor(onPacket: (packet: Packet) => void, options: PacketReaderOptions = {}) {
    this.#onPacket = onPacket;
    this.#reviver = options.reviver;
    this.#maxAttachments = options.maxAttachments ?? 10;
    this.#maxAttachmentBytes = options.maxAttachmentBytes ?? 100e6;
  }

  /** Takes a text message. A packet without attachments is handed on before this returns. */
  addText(text: string): void {
    if (this.#pending !== undefined) throw new ProtocolError("SIO_BYTES_EXPECTED");
    const decoded = decodeText(text, this.#reviver);
    if (decoded.attachments > this.#maxAttachments) throw new ProtocolError("SIO_TOO_MANY_ATTACHMENTS");
    if (decoded.attachments === 0) this.#onPacket(decoded.packet);
    else this.#pending = { ...decoded, received: [], bytes: 0 };
  }

  /** Takes a binary message: the next attachment of the packet that waits for it. */
  addBinary(data: unknown): void {
    const pending = this.#pending;
    if (pending === undefined) throw new ProtocolError("SIO_TEXT_EXPECTED");
    pending.received.push(data);
    pending.bytes += byteLengthOf(data);
    if (pending.bytes > this.#maxAttachmentBytes) throw new ProtocolError("SIO_TOO_MANY_ATTACHMENTS");
    if (pending.received.length < pending.attachments) return;
    this.#pending = undefined;
    pending.packet.data = putBinary(pending.packet.data, pending.received);
    this.#onPacket(pending.packet);
  }

  /** Forgets a packet that is still waiting for attachments. */
  reset(): void {
    this.#pending = undefined;
  }
}
