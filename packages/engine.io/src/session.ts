import { type Clock, deliver, type EventOf, inTurn, nextState, type StateOf } from "@towline/core";
import { type Codec, type EnginePacketType, type PacketData, ProtocolError } from "@towline/engine.io-parser";
import type { DeadlineEntry, DeadlineQueue } from "./deadline-queue.ts";
import { SendBufferError } from "./errors.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { SESSION } from "./session-states.ts";
import {
  type BufferPolicy,
  type CloseMode,
  DEAF_SINK,
  MAY_COMPRESS,
  type OutgoingPacket,
  type SendCallback,
  type Transport,
  type TransportSink,
} from "./transport.ts";
import { Upgrade } from "./upgrade.ts";

export type SessionState = StateOf<typeof SESSION>;

export type CloseReason =
  | "transport error"
  | "transport close"
  | "forced close"
  | "ping timeout"
  | "parse error"
  | "send buffer overflow";

const OPEN: ReadonlySet<SessionState> = new Set(["open", "probing", "upgrading", "upgraded"]);
const CLOSING: ReadonlySet<SessionState> = new Set(["settling", "draining"]);

const NOBODY: never[] = [];
/** Shared by all sessions in which nothing waits, which is most of them. */
const NOTHING = Object.freeze([]) as unknown as OutgoingPacket[];

/** What a queued packet takes besides its data, about. */
const PACKET_OVERHEAD_BYTES = 64;

/** What a session tells the one who owns it. Exactly one `onClose`, and nothing after it. */
export interface SessionOwner {
  /** The session is about to send a packet of its own. */
  onPacketCreate(packet: OutgoingPacket): void;
  onPacket(type: EnginePacketType, data: PacketData | undefined): void;
  onMessage(data: PacketData): void;
  onHeartbeat(): void;
  onFlush(packets: readonly OutgoingPacket[]): void;
  /** The network has taken all that was sent, and nothing waits. */
  onDrain(): void;
  /** There is no room for a message of that many bytes. */
  onBufferFull(bufferedBytes: number, messageBytes: number): BufferPolicy;
  onUpgrading(transport: Transport): void;
  onUpgrade(transport: Transport): void;
  onClose(reason: CloseReason, description: Error | undefined): void;
}

/** What all sessions of a server share. */
export interface SessionContext {
  readonly clock: Clock;
  readonly heartbeat: Heartbeat;
  readonly upgradeTimeoutMs: number;
  /** The most that may wait for a transport. */
  readonly maxSendBufferBytes: number;
}

/**
 * One session of the server: decides what its transport sends, when it is alive, and when it moves to another
 * transport. Does no I/O, and knows time only by the clock it is given.
 */
export class Session implements TransportSink, DeadlineEntry {
  transport: Transport;
  readonly context: SessionContext;
  readonly #owner: SessionOwner;
  #state: SessionState = SESSION.initial;
  #queue: OutgoingPacket[] = NOTHING;
  #queuedBytes = 0;
  /** Of packets that wait. */
  #queuedCallbacks: SendCallback[] | undefined;
  /** Of packets that the transport was given and the network has yet to take. */
  #unflushed: SendCallback[] | undefined;
  #upgrade: Upgrade | undefined;

  dueMs = 0;
  waitsIn: DeadlineQueue | undefined = undefined;
  earlier: DeadlineEntry | undefined = undefined;
  later: DeadlineEntry | undefined = undefined;

  constructor(owner: SessionOwner, transport: Transport, context: SessionContext) {
    this.#owner = owner;
    this.transport = transport;
    this.context = context;
  }

  get codec(): Codec {
    return this.transport.codec;
  }

  get state(): SessionState {
    return this.#state;
  }

  get isOpen(): boolean {
    return OPEN.has(this.#state);
  }

  /** Packets that no transport has taken yet. */
  get queued(): readonly OutgoingPacket[] {
    return this.#queue;
  }

  /** Whether the network has not yet taken all that was sent before this turn. */
  get isBehind(): boolean {
    const { isBehind, bufferedAmount } = this.transport;
    return this.#queuedBytes > 0 || (isBehind ?? bufferedAmount > 0);
  }

  /** Bytes that were sent and that the network has not taken yet, about. */
  get bufferedAmount(): number {
    return this.#queuedBytes + this.transport.bufferedAmount;
  }

  /** Moves along the table; false when this state has no such arrow. */
  fire(event: EventOf<typeof SESSION>): boolean {
    const next = nextState(SESSION, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  /** Sends the handshake and begins to listen and to watch the heartbeat. */
  open(handshake: string): void {
    if (!this.fire("handshake")) return;
    this.transport.sink = this;
    this.send({ type: "open", data: handshake, options: MAY_COMPRESS });
    const { heartbeat } = this.context;
    (this.codec.revision === 4 ? heartbeat.pingDue : heartbeat.silent).restart(this);
  }

  /**
   * Sends `packet` now when the transport can, else as soon as it can. Ignored unless the session is open.
   *
   * @param callback called when the network has taken it.
   */
  send(packet: OutgoingPacket, callback?: SendCallback): void {
    if (!this.isOpen) return;
    if (this.#queue.length === 0 && this.transport.writable) {
      if (callback !== undefined) (this.#unflushed ??= []).push(callback);
      this.#transmit([packet]);
      return;
    }
    const bytes = (packet.data?.length ?? 0) + PACKET_OVERHEAD_BYTES;
    if (!this.#admits(bytes)) return;
    if (this.#queue === NOTHING) this.#queue = [packet];
    else this.#queue.push(packet);
    this.#queuedBytes += bytes;
    if (callback !== undefined) (this.#queuedCallbacks ??= []).push(callback);
    this.#flush();
  }

  /** Says goodbye when all that is queued has gone; `discard` drops what is queued and closes at once. */
  close(discard = false): void {
    if (discard) {
      this.#finish("forced close");
      return;
    }
    if (!this.fire("close") || this.#state === "settling") return;
    this.#upgrade?.abandon();
    this.#upgrade = undefined;
    this.#drain();
  }

  /** Offers `candidate` as the transport to move to. False when this session cannot move now. */
  offer(candidate: Transport): boolean {
    if (!this.fire("candidate")) return false;
    this.#upgrade = new Upgrade(this, candidate);
    return true;
  }

  /** The client can use `candidate`, and is about to move to it. */
  probed(candidate: Transport): void {
    if (this.fire("probe")) this.#owner.onUpgrading(candidate);
  }

  /** The client is leaving its poll for the upgrade: a waiting one is answered, with whatever there is. */
  releasePoll(): void {
    if (!this.transport.writable) return;
    if (this.#queue.length === 0) this.transport.send([{ type: "noop" }]);
    else this.#flush();
  }

  /** Moves to `transport`. The client has heard all that went over the old one, so the queue follows on the new. */
  adopt(transport: Transport): void {
    const old = this.transport;
    old.sink = DEAF_SINK;
    this.transport = transport;
    this.#upgrade = undefined;
    transport.sink = this;
    old.close("discard");
    // A client that has begun to use the new transport has read all that came over the old one.
    const flushed = this.#takeUnflushed();
    inTurn(
      () => deliver(flushed, (callback) => callback(old)),
      () => this.#owner.onUpgrade(transport),
      () => this.#drain(),
    );
  }

  /** The upgrade came to nothing; the session goes on as it was. */
  upgradeFailed(): void {
    this.#upgrade = undefined;
    if (this.fire("probeFailed")) this.#drain();
  }

  onPacket(type: EnginePacketType, data: PacketData | undefined): void {
    if (!this.isOpen) {
      // Both sides said goodbye at a time: nobody is left to wait for.
      if (type === "close" && CLOSING.has(this.#state)) this.#finish("transport close", undefined, "discard");
      return;
    }
    const { heartbeat } = this.context;
    if (this.codec.revision === 3) heartbeat.silent.restart(this);
    else if (this.waitsIn === heartbeat.pongDue) heartbeat.pingDue.restart(this);
    this.#owner.onPacket(type, data);
    switch (type) {
      case "message":
        this.#owner.onMessage(data ?? "");
        break;
      case "ping":
        if (this.codec.revision === 3) this.#onPing(data);
        else this.#onWrongHeartbeat();
        break;
      case "pong":
        if (this.codec.revision === 4) this.#onPong();
        else this.#onWrongHeartbeat();
        break;
      case "close":
        // Nobody is there to say goodbye to.
        this.#finish("transport close", undefined, "discard");
        break;
      default:
        // `noop` carries nothing, and the others mean something on a probe or from a server only.
        break;
    }
  }

  onWritable(): void {
    if (this.#state !== "upgrading" && this.#state !== "settling") this.#drain();
    else if (this.#queue.length === 0) this.#upgrade?.releaseAgain();
    else this.#flush();
  }

  onFlushed(): void {
    if (this.#unflushed === undefined) this.#onDrained();
    else {
      const flushed = this.#takeUnflushed();
      inTurn(
        () => deliver(flushed, (callback) => callback(this.transport)),
        () => this.#onDrained(),
      );
    }
  }

  onBufferFull(bufferedBytes: number, messageBytes: number): BufferPolicy {
    return this.#owner.onBufferFull(bufferedBytes, messageBytes);
  }

  onClose(cause?: Error): void {
    if (CLOSING.has(this.#state)) this.#finish("forced close");
    else this.#finish(reasonOf(cause), cause, "discard");
  }

  onDeadline(from: DeadlineQueue): void {
    if (from !== this.context.heartbeat.pingDue) {
      this.#finish("ping timeout");
      return;
    }
    this.context.heartbeat.pongDue.restart(this);
    this.#sendOwn({ type: "ping", options: MAY_COMPRESS });
  }

  #onPing(data: PacketData | undefined): void {
    const options = MAY_COMPRESS;
    this.#sendOwn(data === undefined ? { type: "pong", options } : { type: "pong", data, options });
    if (this.#state !== "closed") this.#owner.onHeartbeat();
  }

  #sendOwn(packet: OutgoingPacket): void {
    if (!this.isOpen) return;
    this.#owner.onPacketCreate(packet);
    this.send(packet);
  }

  #onPong(): void {
    this.context.heartbeat.pingDue.restart(this);
    this.#owner.onHeartbeat();
  }

  #onWrongHeartbeat(): void {
    this.#finish("transport error", new Error("invalid heartbeat direction"));
  }

  /** Whether a packet of that many bytes may wait. When not, the owner decides on it, and on the session. */
  #admits(bytes: number): boolean {
    const { bufferedAmount } = this;
    if (bufferedAmount + bytes <= this.context.maxSendBufferBytes) return true;
    const policy = this.#owner.onBufferFull(bufferedAmount, bytes);
    if (policy === "close") this.#finish("send buffer overflow", new SendBufferError());
    return policy === "send";
  }

  /** Sends what waits and, when the session is to close, closes with the last of it. */
  #drain(): void {
    inTurn(
      () => this.#flush(),
      () => {
        if (this.#state === "draining" && this.#queue.length === 0) this.transport.close("graceful");
      },
    );
  }

  #flush(): void {
    if (this.#queue.length === 0 || !this.transport.writable || this.#state === "closed") return;
    const packets = this.#queue;
    this.#queue = NOTHING;
    this.#queuedBytes = 0;
    if (this.#queuedCallbacks !== undefined)
      this.#unflushed = this.#unflushed?.concat(this.#queuedCallbacks) ?? this.#queuedCallbacks;
    this.#queuedCallbacks = undefined;
    this.#transmit(packets);
  }

  #transmit(packets: readonly OutgoingPacket[]): void {
    // Sent before anyone is told: what a listener sends must come after.
    this.transport.send(packets);
    this.#owner.onFlush(packets);
  }

  #onDrained(): void {
    if (this.#queue.length === 0 && this.#state !== "closed") this.#owner.onDrain();
  }

  #takeUnflushed(): SendCallback[] {
    const unflushed = this.#unflushed ?? NOBODY;
    this.#unflushed = undefined;
    return unflushed;
  }

  #finish(reason: CloseReason, description?: Error, mode: CloseMode = "abort"): void {
    // A client that has said goodbye, or done wrong, waits for nothing.
    const isBetweenTransports =
      mode === "abort" && (this.#state === "upgrading" || this.#state === "settling");
    if (!this.fire("abort")) return;
    this.waitsIn?.remove(this);
    if (isBetweenTransports) this.#upgrade?.bidFarewell();
    else this.#upgrade?.abandon();
    this.#upgrade = undefined;
    this.#queue = NOTHING;
    this.#queuedBytes = 0;
    this.#queuedCallbacks = undefined;
    this.#unflushed = undefined;
    this.transport.sink = DEAF_SINK;
    this.transport.close(mode);
    this.#owner.onClose(reason, description);
  }
}

function reasonOf(cause: Error | undefined): CloseReason {
  if (cause === undefined) return "transport close";
  if (cause instanceof ProtocolError) return "parse error";
  return cause instanceof SendBufferError ? "send buffer overflow" : "transport error";
}
