import { type Clock, inTurn, type TimerHandle } from "@towline/core";
import type { EnginePacketType, PacketData } from "@towline/engine.io-parser";
import type { Session } from "./session.ts";
import { DEAF_SINK, type Transport, type TransportSink } from "./transport.ts";

/** So many polls of a client that is slow to leave its old transport are released at once, */
const FREE_RELEASES = 3;
/** and the others after that. */
const RELEASE_DELAY_MS = 100;

/**
 * A session's move to a candidate transport, from its arrival to `upgrade` or failure.
 *
 * 1. The client sends `2probe` on the candidate; the answer is `3probe`.
 * 2. From then on every poll is answered at once, so that the client can leave polling.
 * 3. The client, with no request of polling left under way, sends `5`: all that follows takes the candidate.
 */
export class Upgrade implements TransportSink {
  readonly #session: Session;
  readonly #candidate: Transport;
  readonly #timeout: TimerHandle;
  #release: TimerHandle;
  #releases = 0;

  constructor(session: Session, candidate: Transport) {
    this.#session = session;
    this.#candidate = candidate;
    const { clock, upgradeTimeoutMs } = session.context;
    this.#timeout = clock.setTimeout(() => this.#fail(), upgradeTimeoutMs);
    candidate.sink = this;
  }

  /** The session is over. Its client may be between the two transports, where nothing but the candidate will reach it. */
  bidFarewell(): void {
    const { clock, upgradeTimeoutMs } = this.#session.context;
    this.#stopTimers();
    this.#candidate.sink = new Farewell(this.#candidate, clock, upgradeTimeoutMs);
  }

  /**
   * The client polls again: its poll and the answer to its probe have crossed. Released at once, every time, the two would go
   * round in circles for as long as that answer takes.
   */
  releaseAgain(): void {
    if (this.#releases++ < FREE_RELEASES) this.#session.releasePoll();
    else
      this.#release ??= this.#session.context.clock.setTimeout(() => {
        this.#release = undefined;
        this.#session.releasePoll();
      }, RELEASE_DELAY_MS);
  }

  #stopTimers(): void {
    const { clock } = this.#session.context;
    clock.clearTimeout(this.#timeout);
    clock.clearTimeout(this.#release);
  }

  /** Lets go of the candidate without telling the session. */
  abandon(): void {
    this.#stopTimers();
    this.#candidate.sink = DEAF_SINK;
    this.#candidate.close("discard");
  }

  onPacket(type: EnginePacketType, data: PacketData | undefined): void {
    if (type === "ping" && data === "probe") {
      // A second probe is answered like the first, and changes nothing.
      inTurn(
        () => this.#session.probed(this.#candidate),
        () => this.#answerProbe(),
      );
    } else if (type === "upgrade" && this.#session.fire("upgrade")) {
      this.#stopTimers();
      this.#session.adopt(this.#candidate);
    } else {
      this.#fail();
    }
  }

  onWritable(): void {}

  onFlushed(): void {}

  onBufferFull(): "close" {
    return "close";
  }

  onClose(): void {
    this.#fail();
  }

  #answerProbe(): void {
    // Whoever heard of the probe may have closed the session.
    if (this.#candidate.sink !== this) return;
    this.#candidate.send([{ type: "pong", data: "probe" }]);
    this.#session.releasePoll();
  }

  #fail(): void {
    this.abandon();
    this.#session.upgradeFailed();
  }
}

/** Waits, on a candidate whose session is over, for the client to arrive, and closes it then. */
class Farewell implements TransportSink {
  readonly #candidate: Transport;
  readonly #clock: Clock;
  readonly #timeout: TimerHandle;

  constructor(candidate: Transport, clock: Clock, timeoutMs: number) {
    this.#candidate = candidate;
    this.#clock = clock;
    this.#timeout = clock.setTimeout(() => this.#end(), timeoutMs);
  }

  onPacket(type: EnginePacketType): void {
    if (type === "upgrade") this.#candidate.send([{ type: "close" }]);
    this.#end();
  }

  onWritable(): void {}

  onFlushed(): void {}

  onBufferFull(): "close" {
    return "close";
  }

  onClose(): void {
    this.#end();
  }

  #end(): void {
    this.#clock.clearTimeout(this.#timeout);
    this.#candidate.sink = DEAF_SINK;
    this.#candidate.close("discard");
  }
}
