/** A client that says packets as they are, and keeps what it hears as lines. */
import { shorten } from "./show.ts";
import type { Message, Way } from "./step.ts";

export interface Carrier {
  send(messages: readonly Message[]): void;
  /** Says goodbye, or just goes. */
  leave(how: "close" | "cut"): void;
  /** Resolves once the server has shown whether it holds the connection still. */
  isAlive(): Promise<boolean>;
  destroy(): void;
}

export interface CarrierSink {
  onMessage(message: Message): void;
  onClose(how: string): void;
}

export type OpenCarrier = (port: number, way: Way, sink: CarrierSink) => Promise<Carrier>;

/** The last argument of an event that the server keeps. */
const OFFSET = /^2\[.*,"([\w.-]{7,12})"\]$/;

/** What the client has heard, each packet a line. */
export class Heard implements CarrierSink {
  readonly lines: string[] = [];
  /** Of sockets and their sessions, as they came. */
  readonly ids: string[] = [];
  /** Of events, where the server keeps them for clients that come back. */
  readonly offsets: string[] = [];
  wake: () => void = () => {};
  #isClosed = false;

  onMessage(message: Message): void {
    if (typeof message === "string") this.#keep(message);
    this.#note(typeof message === "string" ? shorten(message) : `bytes ${shorten(message.toString("hex"))}`);
  }

  onClose(how: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#note(how);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #note(line: string): void {
    this.lines.push(line);
    this.wake();
  }

  #keep(packet: string): void {
    for (const [, id] of packet.matchAll(/"[sp]id":"([^"]+)"/g)) if (id !== undefined) this.ids.push(id);
    const offset = OFFSET.exec(packet)?.[1];
    if (offset !== undefined) this.offsets.push(offset);
  }
}
