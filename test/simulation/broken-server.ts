import type {
  CloseMode,
  OutgoingPacket,
  SendCallback,
  Transport,
  TransportSink,
} from "../../packages/engine.io/src/transport.ts";
import { type Parts, SOUND_PARTS } from "./parts.ts";
import { WatchedSession } from "./watched-session.ts";

/** Loses what it is first given to send. */
class Forgetful implements Transport {
  readonly #inner: Transport;
  #loses = true;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  get name() {
    return this.#inner.name;
  }
  get codec() {
    return this.#inner.codec;
  }
  get writable(): boolean {
    return this.#inner.writable;
  }
  get bufferedAmount(): number {
    return this.#inner.bufferedAmount;
  }
  get sink(): TransportSink {
    return this.#inner.sink;
  }
  set sink(sink: TransportSink) {
    this.#inner.sink = sink;
  }
  send(packets: readonly OutgoingPacket[]): void {
    if (!this.#loses) this.#inner.send(packets);
  }
  close(mode: CloseMode): void {
    this.#inner.close(mode);
  }
  remember(): void {
    this.#loses = false;
  }
}

class LosesFlush extends WatchedSession {
  override adopt(transport: Transport): void {
    const forgetful = new Forgetful(transport);
    super.adopt(forgetful);
    forgetful.remember();
  }
}

class HoldsPoll extends WatchedSession {
  override releasePoll(): void {}
}

class StaysBehind extends WatchedSession {
  override adopt(transport: Transport): void {
    const old = this.transport;
    super.adopt(transport);
    this.transport = old;
  }
}

/** Sends on the candidate before the client has left the old transport. */
class RunsAhead extends WatchedSession {
  #candidate: Transport | undefined;

  override probed(candidate: Transport): void {
    super.probed(candidate);
    this.#candidate = candidate;
  }
  override send(packet: OutgoingPacket, callback?: SendCallback): void {
    if (this.state === "upgrading" && packet.type === "message") this.#candidate?.send([packet]);
    else super.send(packet, callback);
  }
}

class MovesTooSoon extends WatchedSession {
  override probed(candidate: Transport): void {
    super.probed(candidate);
    if (this.fire("upgrade")) this.adopt(candidate);
  }
}

/** Sends what waits once more on the new transport. */
class SendsTwice extends WatchedSession {
  override adopt(transport: Transport): void {
    const { queued } = this;
    super.adopt(transport);
    if (queued.length > 0) transport.send(queued);
  }
}

class ForgetsHeartbeat extends WatchedSession {
  override adopt(transport: Transport): void {
    super.adopt(transport);
    this.waitsIn?.remove(this);
  }
}

class KeepsCandidate extends WatchedSession {
  override upgradeFailed(): void {}
}

const withSession = (Broken: typeof WatchedSession): Parts => ({
  ...SOUND_PARTS,
  createSession: (owner, transport, context, watcher) => new Broken(owner, transport, context, watcher),
});

/** Servers with one thing broken each. */
export const BROKEN_SERVERS: ReadonlyMap<string, Parts> = new Map([
  ["a server that does not answer the waiting poll", withSession(HoldsPoll)],
  ["a server that loses what waited for the upgrade", withSession(LosesFlush)],
  ["a server that goes on sending on the old transport", withSession(StaysBehind)],
  ["a server that sends on the new transport before the upgrade packet", withSession(RunsAhead)],
  ["a server that moves before the upgrade packet", withSession(MovesTooSoon)],
  ["a server that sends what waited twice", withSession(SendsTwice)],
  ["a server that forgets the heartbeat of an upgraded session", withSession(ForgetsHeartbeat)],
  ["a server that does not go back when the upgrade has failed", withSession(KeepsCandidate)],
]);
