import { sizeOf } from "./binary.ts";
import { decodeText } from "./decode.ts";
import { ProtocolError } from "./errors.ts";
import type { DecodedPacket } from "./packet.ts";
import type { Reviver } from "./parse-json.ts";
import { putBinary } from "./put-binary.ts";

/** What a reader goes by. Checked by whoever makes it, once for all its connections: see `ATTACHMENT_OPTIONS`. */
export interface PacketReaderOptions {
  readonly reviver?: Reviver | undefined;
  /** The most attachments one packet may have. */
  readonly maxAttachments: number;
  /** The most bytes that the attachments of one packet may have together. */
  readonly maxAttachmentBytes: number;
}

/** As many attachments as the reference takes. */
export const DEFAULT_LIMITS = { maxAttachments: 10, maxAttachmentBytes: 100_000_000 } as const;

interface PendingPacket {
  readonly packet: DecodedPacket;
  readonly attachments: number;
  readonly received: unknown[];
  bytes: number;
}

/**
 * Puts packets together from the messages of one connection: a text, and as many binary messages as it announces.
 * Every malformed input throws a {@link ProtocolError}; the connection is to be closed then, the reader is of no further use.
 *
 * It has no clock. Whoever feeds it bounds the time between an `addText` that gives nothing and the `addBinary` that gives
 * the packet, and takes a longer one for the fault `SIO_ATTACHMENTS_LATE`.
 */
export class PacketReader {
  readonly #options: PacketReaderOptions;
  #pending: PendingPacket | undefined;

  constructor(options: PacketReaderOptions = DEFAULT_LIMITS) {
    this.#options = options;
  }

  /** Whether a packet waits for attachments. */
  get isWaiting(): boolean {
    return this.#pending !== undefined;
  }

  /** Takes a text message. @returns its packet, or `undefined` when that waits for attachments. */
  addText(text: string): DecodedPacket | undefined {
    if (this.#pending !== undefined) throw new ProtocolError("SIO_BYTES_EXPECTED");
    const { packet, attachments } = decodeText(text, this.#options.reviver, this.#options.maxAttachments);
    if (attachments === 0) return packet;
    this.#pending = { packet, attachments, received: [], bytes: 0 };
    return undefined;
  }

  /** Takes a binary message: the next attachment of the packet that waits. @returns that packet with the last of them. */
  addBinary(data: unknown): DecodedPacket | undefined {
    const pending = this.#pending;
    if (pending === undefined) throw new ProtocolError("SIO_TEXT_EXPECTED");
    pending.bytes += sizeOf(data);
    if (pending.bytes > this.#options.maxAttachmentBytes) throw new ProtocolError("SIO_ATTACHMENTS_TOO_BIG");
    pending.received.push(data);
    if (pending.received.length < pending.attachments) return undefined;
    this.#pending = undefined;
    this.#put(pending);
    return pending.packet;
  }

  /** Forgets a packet that is still waiting for attachments. */
  reset(): void {
    this.#pending = undefined;
  }

  #put({ packet, received }: PendingPacket): void {
    try {
      putBinary(packet.data as object, received);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      // A reviver has made something of the data that takes no bytes, a frozen object for one.
      throw new ProtocolError("SIO_REVIVER_FAILED", { cause });
    }
  }
}
