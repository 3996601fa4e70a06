import type { EnginePacket, PacketData } from "@towline/engine.io-parser";

/** A packet on its way out. Its data may be a promise: a Blob gives up its bytes in its own time. */
export interface OutgoingPacket {
  readonly type: EnginePacket["type"];
  readonly data?: PacketData | Promise<PacketData>;
  /** Called once the packet was handed to the transport. */
  readonly onSent?: (() => void) | undefined;
}

interface Entry {
  packet: EnginePacket | undefined;
  readonly onSent: (() => void) | undefined;
}

export interface SendQueueSink {
  /** The packet at the head, which was waited for, can go now. */
  onReady(): void;
  onFailed(cause: unknown): void;
}

/** Packets that wait for the transport, first in, first out, whatever any of them has to wait for. */
export class SendQueue {
  readonly #sink: SendQueueSink;
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(sink: SendQueueSink) {
    this.#sink = sink;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** What waits, in bytes, as far as it is known. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The packets that wait, but for those whose data is not there yet. */
  get packets(): readonly EnginePacket[] {
    return this.#entries.flatMap(({ packet }) => packet ?? []);
  }

  push({ type, data, onSent }: OutgoingPacket): void {
    const entry: Entry = { packet: undefined, onSent };
    this.#entries.push(entry);
    if (data instanceof Promise)
      data.then(
        (settled) => this.#settle(entry, { type, data: settled }),
        (cause: unknown) => this.#sink.onFailed(cause),
      );
    else this.#fill(entry, data === undefined ? { type } : { type, data });
  }

  /**
   * Takes from the head what can go at once and, encoded for polling, stays within `limitBytes`: one packet at least,
   * if the head is ready.
   */
  take(limitBytes: number): { packets: EnginePacket[]; onSent: (() => void)[] } {
    const packets: EnginePacket[] = [];
    const onSent: (() => void)[] = [];
    let total = 0;
    for (const entry of this.#entries) {
      if (entry.packet === undefined) break;
      if (limitBytes !== Number.POSITIVE_INFINITY) total += payloadBytes(entry.packet.data);
      if (packets.length > 0 && total > limitBytes) break;
      packets.push(entry.packet);
      if (entry.onSent !== undefined) onSent.push(entry.onSent);
      this.#bytes -= roughBytes(entry.packet.data);
    }
    this.#entries = this.#entries.slice(packets.length);
    return { packets, onSent };
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
  }

  #settle(entry: Entry, packet: EnginePacket): void {
    if (!this.#entries.includes(entry)) return;
    this.#fill(entry, packet);
    if (this.#entries[0] === entry) this.#sink.onReady();
  }

  #fill(entry: Entry, packet: EnginePacket): void {
    entry.packet = packet;
    this.#bytes += roughBytes(packet.data);
  }
}

/** A packet's digit and the separator, or in revision 3 its length and colon. */
const OVERHEAD_BYTES = 12;

const roughBytes = (data: PacketData | undefined): number => (data?.length ?? 0) + OVERHEAD_BYTES;

/** The most that `data` takes in a polling body: base64 when it is bytes, UTF-8 when it is text. */
function payloadBytes(data: PacketData | undefined): number {
  if (data === undefined) return OVERHEAD_BYTES;
  if (typeof data !== "string") return OVERHEAD_BYTES + Math.ceil(data.length / 3) * 4;
  let bytes = OVERHEAD_BYTES + data.length;
  for (let index = 0; index < data.length; index++) {
    const code = data.charCodeAt(index);
    // A surrogate pair, four bytes in UTF-8, is counted as two halves of two bytes each.
    if (code > 0x7ff && (code & 0xf800) !== 0xd800) bytes += 2;
    else if (code > 0x7f) bytes += 1;
  }
  return bytes;
}
