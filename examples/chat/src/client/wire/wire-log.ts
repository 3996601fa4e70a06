import { describePacket, type PacketMeaning } from "./describe-packet.ts";
import type { TraceEvent } from "./trace-event.ts";

export type TransportName = TraceEvent["transport"];
export type TrackState = "none" | "opening" | "open" | "paused" | "closed";
export type Tracks = Readonly<Record<"polling" | "websocket", TrackState>>;
type PacketTrace = Extract<TraceEvent, { kind: "packet" }>;
type TransportTrace = Extract<TraceEvent, { kind: "transport" }>;

interface RowHead {
  /** Since this connection's first transport opened. */
  readonly timeMs: number;
  /** Since the row before, within this connection. */
  readonly sinceLastMs: number;
  /** Both transports as they are after this row. */
  readonly tracks: Tracks;
}

export interface PacketRow extends RowHead {
  readonly kind: "packet";
  readonly direction: "up" | "down";
  readonly transport: TransportName;
  readonly engineType: PacketTrace["type"];
  readonly meaning: PacketMeaning;
  readonly binary: boolean;
  readonly sizeBytes: number;
  /** The packet as it went over the wire, cut at `KEPT_BYTES`. */
  readonly bytes: Uint8Array;
}

export interface TransportRow extends RowHead {
  readonly kind: "transport";
  readonly transport: TransportName;
  readonly state: TrackState;
  readonly reason: string;
}

/** The connection is gone, or a new one begins. */
export interface BreakRow extends RowHead {
  readonly kind: "break";
  readonly connection: number;
  readonly lost: boolean;
  /** How long there was no connection before this one. */
  readonly silentMs: number;
  readonly reason: string;
}

export type Row = PacketRow | TransportRow | BreakRow;

export const KEPT_BYTES = 8 * 1024;
const NO_TRACKS: Tracks = { polling: "none", websocket: "none" };
const encoder = new TextEncoder();

/** Turns trace events into the rows of the diagram. Decides what is shown; draws nothing. */
export class WireLog {
  #connection = 0;
  #startedAtMs = 0;
  #lastMs = 0;
  #tracks: Tracks = NO_TRACKS;
  readonly #due = { up: { sent: 0, of: 0 }, down: { sent: 0, of: 0 } };

  /** The rows that this event adds, in order. */
  add(event: TraceEvent): readonly Row[] {
    return event.kind === "packet" ? [this.#packet(event)] : this.#transport(event);
  }

  #packet(event: PacketTrace): PacketRow {
    const wire = typeof event.wire === "string" ? encoder.encode(event.wire) : event.wire;
    return {
      ...this.#head(event.timeMs),
      kind: "packet",
      direction: event.direction,
      transport: event.transport,
      engineType: event.type,
      meaning: this.#meaning(event),
      binary: typeof event.data === "object",
      sizeBytes: wire.byteLength,
      // A copy, so that a large picture is not kept for its first few bytes.
      bytes: wire.slice(0, KEPT_BYTES),
    };
  }

  /** Names binary messages after the packet they belong to. */
  #meaning({ direction, type, data }: PacketTrace): PacketMeaning {
    const meaning = describePacket(type, data);
    const due = this.#due[direction];
    if (type === "message" && typeof data === "object") {
      due.sent = Math.min(due.sent + 1, due.of);
      return { ...meaning, detail: due.of > 1 ? `attachment ${due.sent} of ${due.of}` : "attachment" };
    }
    if (meaning.attachments > 0) {
      due.sent = 0;
      due.of = meaning.attachments;
    }
    return meaning;
  }

  #transport({ transport, state, reason = "", timeMs }: TransportTrace): readonly Row[] {
    const rows: Row[] = [];
    if (state === "opening" && !isAlive(this.#tracks)) rows.push(this.#begin(timeMs));
    if (transport === "polling" || transport === "websocket")
      this.#tracks = { ...this.#tracks, [transport]: state };
    rows.push({ ...this.#head(timeMs), kind: "transport", transport, state, reason });
    if (state === "closed") rows.push(...this.#end(transport, timeMs, reason));
    return rows;
  }

  #begin(timeMs: number): BreakRow {
    const silentMs = timeMs - this.#lastMs;
    this.#connection++;
    this.#startedAtMs = timeMs;
    this.#lastMs = timeMs;
    this.#tracks = NO_TRACKS;
    for (const due of Object.values(this.#due)) due.sent = due.of = 0;
    return {
      ...this.#head(timeMs),
      kind: "break",
      connection: this.#connection,
      lost: false,
      silentMs,
      reason: "",
    };
  }

  /** Closes this track; the connection is over when the other is not there either. */
  #end(transport: TransportName, timeMs: number, reason: string): readonly BreakRow[] {
    if (transport === "polling" || transport === "websocket")
      this.#tracks = { ...this.#tracks, [transport]: "none" };
    if (isAlive(this.#tracks)) return [];
    return [
      { ...this.#head(timeMs), kind: "break", connection: this.#connection, lost: true, silentMs: 0, reason },
    ];
  }

  #head(timeMs: number): RowHead {
    const sinceLastMs = timeMs - this.#lastMs;
    this.#lastMs = timeMs;
    return { timeMs: timeMs - this.#startedAtMs, sinceLastMs, tracks: this.#tracks };
  }
}

const isAlive = (tracks: Tracks): boolean => Object.values(tracks).some((state) => state !== "none");
