import type { Clock, TimerHandle } from "@towline/core";
import type { EnginePacket } from "@towline/engine.io-parser";
import { type CloseDetails, type Transport, TransportError } from "./transport.ts";

const PROBE = "probe";
const TIMEOUT_MS = 20_000;

/** What a probe tells its session: one of the two, once. */
export interface ProbeSink {
  /** The server answers over the new transport. */
  onAnswered(transport: Transport): void;
  onFailed(error: TransportError): void;
}

/** Finds out whether a transport works before the session moves to it: sends `2probe`, expects `3probe`. */
export class Probe {
  readonly #clock: Clock;
  readonly #sink: ProbeSink;
  #transport: Transport | undefined;
  #timer: TimerHandle;

  constructor(clock: Clock, sink: ProbeSink) {
    this.#clock = clock;
    this.#sink = sink;
  }

  isOf(transport: Transport): boolean {
    return this.#transport === transport;
  }

  start(transport: Transport): void {
    this.#transport = transport;
    this.#arm(TIMEOUT_MS);
    transport.open();
  }

  /** There are but so many milliseconds left for the switch. */
  hurry(limitMs: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#arm(limitMs);
  }

  onOpen(): void {
    this.#transport?.send([{ type: "ping", data: PROBE }]);
  }

  onPackets([packet]: readonly EnginePacket[]): void {
    if (packet?.type !== "pong" || packet.data !== PROBE)
      this.#fail(new TransportError("probe error", packet?.data));
    // The timer runs on: the old transport has to come to its end as well.
    else if (this.#transport !== undefined) this.#sink.onAnswered(this.#transport);
  }

  onClose(cause: Error | CloseDetails): void {
    this.#fail(cause instanceof TransportError ? cause : new TransportError("probe error", cause));
  }

  /** The session has taken the transport over. */
  release(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#transport = undefined;
  }

  /** Gives the transport up without a word. */
  drop(): void {
    const transport = this.#transport;
    this.release();
    transport?.close("discard");
  }

  #arm(limitMs: number): void {
    const late = () => this.#fail(new TransportError(`the probe came to nothing within ${limitMs} ms`));
    this.#timer = this.#clock.setTimeout(late, limitMs);
  }

  #fail(error: TransportError): void {
    this.drop();
    this.#sink.onFailed(error);
  }
}
