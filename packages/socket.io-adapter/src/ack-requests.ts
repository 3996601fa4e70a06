import type { Clock, TimerHandle } from "@towline/core";
import { setBackgroundTimeout } from "./background-timeout.ts";
import type { ServerId } from "./cluster-message.ts";
import type { OnAck, OnClientCount } from "./delivery.ts";

/** What one server has told of a broadcast. */
interface Tally {
  asked: number | undefined;
  answered: number;
}

interface AckRequest {
  readonly onClientCount: OnClientCount;
  readonly onAck: OnAck;
  readonly tallies: Map<ServerId, Tally>;
  /** Servers that have yet to say how many clients they have asked, where they are known by name. */
  readonly silent: Set<ServerId>;
  readonly timer: TimerHandle;
}

/** Broadcasts whose acknowledgements come from other servers. Each is forgotten at its timeout. */
export class AckRequests {
  readonly #clock: Clock;
  readonly #pending = new Map<string, AckRequest>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#pending.size;
  }

  start(
    id: string,
    servers: Iterable<ServerId>,
    timeoutMs: number,
    onClientCount: OnClientCount,
    onAck: OnAck,
  ): void {
    const timer = setBackgroundTimeout(this.#clock, () => this.#pending.delete(id), timeoutMs);
    this.#pending.set(id, { onClientCount, onAck, tallies: new Map(), silent: new Set(servers), timer });
  }

  /** A server has asked so many clients. Only the first it says counts. */
  onClientCount(id: string, server: ServerId, clientCount: number): void {
    const request = this.#pending.get(id);
    if (request === undefined) return;
    const tally = tallyOf(request, server);
    if (tally.asked !== undefined) return;
    tally.asked = clientCount;
    request.silent.delete(server);
    request.onClientCount(clientCount);
  }

  /** A client of a server has answered. No more answers are taken than clients were asked. */
  onAck(id: string, server: ServerId, answer: unknown): void {
    const request = this.#pending.get(id);
    if (request === undefined) return;
    const tally = tallyOf(request, server);
    // Over some buses an answer overtakes the count.
    if (tally.asked !== undefined && tally.answered >= tally.asked) return;
    tally.answered++;
    request.onAck(answer);
  }

  /** A server is gone: had it not asked its clients yet, it never will. */
  forget(server: ServerId): void {
    for (const { silent, onClientCount } of [...this.#pending.values()])
      if (silent.delete(server)) onClientCount(0);
  }

  close(): void {
    for (const { timer } of this.#pending.values()) this.#clock.clearTimeout(timer);
    this.#pending.clear();
  }
}

function tallyOf({ tallies }: AckRequest, server: ServerId): Tally {
  let tally = tallies.get(server);
  if (tally === undefined) tallies.set(server, (tally = { asked: undefined, answered: 0 }));
  return tally;
}
