/** The classes of `socket.io-parser` 4, which adapters, parsers and tools know by name. */
import { Emitter } from "@socket.io/component-emitter";
import type { Reviver } from "./decode.ts";
import { encode, type Replacer } from "./encode.ts";
import { PACKET_TYPE, type Packet } from "./packet.ts";
import { PacketReader } from "./packet-reader.ts";

/** The revision of the Socket.IO protocol that a new connection speaks; the codec reads and writes revision 4 as well. */
export const protocol = 5;

/** Packet types both ways, name to digit and digit to name. */
export const PacketType = Object.assign(
  Object.fromEntries(Object.entries(PACKET_TYPE).map(([name, code]) => [code, name])),
  PACKET_TYPE,
) as typeof PACKET_TYPE & Readonly<Record<number, string>>;

/** Encodes packets for one connection or many. Stateless. */
export class Encoder {
  readonly #replacer: Replacer | undefined;

  constructor(replacer?: Replacer) {
    this.#replacer = replacer;
  }

  /** @returns the text of the packet, then its attachments. */
  encode(packet: Packet): (string | Uint8Array | Blob)[] {
    const { text, attachments } = encode(packet, this.#replacer);
    return [text, ...attachments];
  }
}

/** `Emitter` splits events into those users may emit (none here) and those only the class may. */
type NoEvents = Record<never, never>;

interface DecoderEvents {
  decoded: (packet: Packet) => void;
}

/** Decodes the messages of one connection, and emits `decoded` for each packet. */
export class Decoder extends Emitter<NoEvents, NoEvents, DecoderEvents> {
  readonly #reader: PacketReader;

  constructor(options?: Reviver | { reviver?: Reviver; maxAttachments?: number }) {
    super();
    const given = typeof options === "function" ? { reviver: options } : (options ?? {});
    this.#reader = new PacketReader((packet) => this.emitReserved("decoded", packet), given);
  }

  /** @throws {ProtocolError} when `message` is malformed. */
  add(message: unknown): void {
    if (typeof message === "string") this.#reader.addText(message);
    else this.#reader.addBinary(message);
  }

  destroy(): void {
    this.#reader.reset();
  }
}

/** Whether `packet` could have come from the wire. */
export function isPacketValid(packet: Packet): boolean {
  if (typeof packet?.nsp !== "string" || PacketType[packet.type] === undefined) return false;
  try {
    new PacketReader(() => {}, { maxAttachments: Number.MAX_SAFE_INTEGER }).addText(encode(packet).text);
    return true;
  } catch {
    return false;
  }
}
