import {
  type Clock,
  deliver,
  type EventOf,
  inTurn,
  nextState,
  type StateOf,
  type TimerHandle,
} from "@towline/core";
import { type Codec, type EnginePacket, revision3, revision4 } from "@towline/engine.io-parser";
import { type HandshakeData, readHandshake } from "./handshake.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Probe } from "./probe.ts";
import type { RevisionMemory } from "./revision.ts";
import { type OutgoingPacket, SendQueue } from "./send-queue.ts";
import { CLIENT_SESSION } from "./session-states.ts";
import type { Trace } from "./trace.ts";
import {
  type CloseDetails,
  type Transport,
  type TransportContext,
  TransportError,
  type TransportFactory,
  type TransportName,
} from "./transport.ts";

export type SessionState = StateOf<typeof CLIENT_SESSION>;

/** Why a session ended, in the words of `engine.io-client`. */
export type CloseReason =
  | "forced close"
  | "transport close"
  | "transport error"
  | "ping timeout"
  | "parse error";

/** What a session tells its owner. Exactly one `onClose`, and nothing after it. */
export interface SessionSink {
  onHandshake(handshake: HandshakeData): void;
  onOpen(): void;
  onPacket(packet: EnginePacket): void;
  /** A packet is about to be queued. */
  onPacketCreate(packet: OutgoingPacket): void;
  onUpgrading(transport: Transport): void;
  onUpgrade(transport: Transport): void;
  onUpgradeError(error: Error): void;
  /** A batch was handed to the transport. */
  onFlush(): void;
  /** Nothing waits any more. */
  onDrain(): void;
  onClose(reason: CloseReason, description: Error | CloseDetails | undefined): void;
}

export interface SessionConfig {
  /** In the order to try them: the first opens the session, those behind it may upgrade it. */
  readonly transports: readonly TransportFactory[];
  readonly upgrade: boolean;
  /** Whether the next transport is tried when one cannot open the session. */
  readonly tryAllTransports: boolean;
  readonly revision: 3 | 4 | "auto";
  readonly supportsBinary: boolean;
  readonly openTimeoutMs: number;
  readonly maxQueueBytes: number;
  /** Scheme, host, port and path of the server: what the revision is remembered by. */
  readonly origin: string;
  readonly memory: RevisionMemory;
  readonly trace: Trace | undefined;
  url(transport: TransportName, revision: 3 | 4, sessionId: string | undefined): string;
}

/** What a server may say before its revision is clear. */
const MOST_HELD_PACKETS = 1000;

/** The states in which packets may go out. While pausing, they wait for the new transport. */
const SENDING: ReadonlySet<SessionState> = new Set(["open", "probing", "upgraded", "closing"]);

/**
 * An Engine.IO session as its client sees it: opens it, finds out the revision, upgrades it, keeps it alive, ends it.
 * Decides only; the transports do the work.
 */
export class Session {
  readonly #clock: Clock;
  readonly #config: SessionConfig;
  readonly #sink: SessionSink;
  readonly #heartbeat: Heartbeat;
  readonly #queue: SendQueue;
  readonly #probe: Probe;
  readonly #context: TransportContext & { codec: Codec | undefined };
  #state: SessionState = CLIENT_SESSION.initial;
  #candidates: readonly TransportFactory[];
  #transport: Transport;
  #handshake: HandshakeData | undefined;
  #held: EnginePacket[] = [];
  #openTimer: TimerHandle;

  constructor(config: SessionConfig, clock: Clock, sink: SessionSink) {
    this.#config = config;
    this.#clock = clock;
    this.#sink = sink;
    this.#heartbeat = new Heartbeat(clock, {
      onPingDue: () => this.#ping(),
      onExpired: () => this.#abort("ping timeout"),
    });
    this.#queue = new SendQueue({
      onReady: () => this.#flush(),
      onFailed: (cause) =>
        this.#abort("transport error", new TransportError("cannot read the data to send", cause)),
    });
    this.#probe = new Probe(clock, {
      onAnswered: (transport) => this.#onProbed(transport),
      onFailed: (error) => this.#onProbeFailed(error),
    });
    const { revision, supportsBinary, trace } = config;
    this.#context = {
      codec: revision === "auto" ? undefined : revision === 3 ? revision3 : revision4,
      supportsBinary,
      trace,
      url: (transport) => config.url(transport, revision === 3 ? 3 : 4, this.#handshake?.sid),
      nowMs: () => clock.now(),
    };
    const [first, ...others] = config.transports;
    if (first === undefined) throw new TypeError("a session needs at least one transport");
    this.#candidates = others;
    this.#transport = this.#create(first);
  }

  get state(): SessionState {
    return this.#state;
  }

  get handshake(): HandshakeData | undefined {
    return this.#handshake;
  }

  get transport(): Transport {
    return this.#transport;
  }

  /** Undefined until the server has shown it. */
  get revision(): 3 | 4 | undefined {
    return this.#context.codec?.revision;
  }

  /** What waits to be sent. */
  get queued(): readonly EnginePacket[] {
    return this.#queue.packets;
  }

  /** Whether the server should have been heard of by now, though no timer has said so. */
  get overdue(): boolean {
    return this.#heartbeat.overdue;
  }

  open(): void {
    const { openTimeoutMs } = this.#config;
    this.#openTimer = this.#clock.setTimeout(
      () => this.#fail(new TransportError(`the server did not open a session within ${openTimeoutMs} ms`)),
      openTimeoutMs,
    );
    this.#transport.open();
  }

  /** Queues a packet; without effect once the session is closing. */
  send(packet: OutgoingPacket): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#sink.onPacketCreate(packet);
    this.#queue.push(packet);
    this.#flush();
    const { maxQueueBytes } = this.#config;
    if (this.#queue.bytes + this.#transport.bufferedBytes > maxQueueBytes)
      this.#abort(
        "transport error",
        new TransportError(`more than ${maxQueueBytes} bytes wait to be sent (option maxQueueBytes)`),
      );
  }

  /** Sends what is queued, says goodbye, closes. A session not yet open is dropped at once. */
  close(): void {
    if (!this.#fire("close")) {
      if (this.#state !== "closing") this.#abort("forced close");
      return;
    }
    this.#probe.drop();
    this.#transport.resume();
    this.#flush();
    this.#endIfDrained();
  }

  /** Ends the session at once, for a reason found outside it, such as the loss of the network. */
  abort(reason: CloseReason, description?: Error | CloseDetails): void {
    this.#abort(reason, description);
  }

  #fire(event: EventOf<typeof CLIENT_SESSION>): boolean {
    const next = nextState(CLIENT_SESSION, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  #create(factory: TransportFactory): Transport {
    // Packets of a transport that was dropped, or is not yet the session's, go nowhere: each call says whose it is.
    const transport: Transport = factory.create(this.#context, {
      onOpen: () => this.#probe.isOf(transport) && this.#probe.onOpen(),
      onPackets: (packets, codec) => this.#onPackets(transport, packets, codec),
      onDrain: () => this.#onDrain(transport),
      onClose: (cause) => this.#onTransportClose(transport, cause),
    });
    return transport;
  }

  #onPackets(transport: Transport, packets: readonly EnginePacket[], codec: Codec | undefined): void {
    if (this.#probe.isOf(transport)) this.#probe.onPackets(packets);
    else if (transport === this.#transport) deliver(packets, (packet) => this.#onPacket(packet, codec));
  }

  #onPacket(packet: EnginePacket, codec: Codec | undefined): void {
    switch (this.#state) {
      case "closed":
        return;
      case "opening":
        this.#onOpenPacket(packet, codec);
        break;
      case "detecting":
        this.#onFirstWords(packet);
        break;
      default:
        this.#take(packet);
        break;
    }
  }

  // ---- opening

  #onOpenPacket(packet: EnginePacket, codec: Codec | undefined): void {
    let handshake: HandshakeData;
    try {
      handshake = readHandshake(packet);
    } catch (error) {
      this.#abort("parse error", error as Error);
      return;
    }
    this.#handshake = handshake;
    inTurn(
      () => this.#sink.onPacket(packet),
      () => this.#decideRevision(handshake, codec),
    );
  }

  #decideRevision(handshake: HandshakeData, codec: Codec | undefined): void {
    if (this.#state !== "opening") return;
    const { memory, origin } = this.#config;
    this.#context.codec ??=
      codec ?? (handshake.maxPayload !== undefined || memory.isRevision4(origin) ? revision4 : undefined);
    if (this.#context.codec !== undefined) {
      this.#become("handshake", handshake);
      return;
    }
    this.#fire("undecided");
    // A revision 3 server answers a client's ping; one of revision 4 takes it for an offence and closes.
    this.#transport.send([{ type: "ping" }]);
  }

  #onFirstWords(packet: EnginePacket): void {
    if (packet.type === "pong" && this.#handshake !== undefined) {
      this.#becomeRevision3(this.#handshake);
      return;
    }
    this.#held.push(packet);
    if (this.#held.length > MOST_HELD_PACKETS)
      this.#abort("parse error", new Error("the server talks on but does not answer the ping"));
  }

  #becomeRevision3(handshake: HandshakeData): void {
    let held: EnginePacket[];
    try {
      held = this.#held.map(asRevision3);
    } catch (error) {
      this.#abort("parse error", error as Error);
      return;
    }
    this.#held = [];
    this.#context.codec = revision3;
    inTurn(
      () => this.#become("decided", handshake),
      () => deliver(held, (packet) => this.#onPacket(packet, undefined)),
    );
  }

  #become(event: "handshake" | "decided", handshake: HandshakeData): void {
    this.#fire(event);
    this.#clock.clearTimeout(this.#openTimer);
    const revision = this.revision ?? 4;
    if (revision === 4) this.#config.memory.remember(this.#config.origin);
    this.#heartbeat.start(revision, handshake.pingInterval, handshake.pingTimeout);
    inTurn(
      () => this.#sink.onHandshake(handshake),
      () => this.#sink.onOpen(),
      () => this.#flush(),
      () => this.#probeNext(),
    );
  }

  #retry(): void {
    this.#fire("retry");
    this.#context.codec = revision4;
    this.#handshake = undefined;
    this.#held = [];
    const factory = this.#config.transports.find(({ name }) => name === this.#transport.name);
    if (factory === undefined) return;
    this.#transport = this.#create(factory);
    this.#transport.open();
  }

  // ---- open

  #take(packet: EnginePacket): void {
    if (this.revision === 3 || packet.type === "ping") this.#heartbeat.onSign();
    inTurn(
      () => this.#sink.onPacket(packet),
      () => this.#answer(packet),
    );
  }

  #answer(packet: EnginePacket): void {
    if (packet.type === "ping") this.send({ ...packet, type: "pong" });
    else if (packet.type === "close")
      this.#abort("transport close", { description: "transport closed by the server" });
  }

  #flush(): void {
    if (!SENDING.has(this.#state) || !this.#transport.writable) return;
    const limited = this.#transport.name === "polling" ? this.#handshake?.maxPayload : undefined;
    const { packets, onSent } = this.#queue.take(limited ?? Number.POSITIVE_INFINITY);
    if (packets.length === 0) return;
    this.#transport.send(packets);
    inTurn(...onSent, () => this.#sink.onFlush());
  }

  #onDrain(transport: Transport): void {
    if (transport !== this.#transport) return;
    this.#flush();
    if (this.#state === "closing") this.#endIfDrained();
    // What a listener of the flush did may have ended the session.
    else if (this.#state !== "closed" && this.#queue.length === 0) this.#sink.onDrain();
  }

  #ping(): void {
    // Between two transports it has to wait. Should that take too long, the old transport can carry it, in half of the time.
    if (this.#state === "pausing") this.#probe.hurry((this.#handshake?.pingTimeout ?? 0) / 2);
    this.send({ type: "ping" });
  }

  // ---- upgrade

  #probeNext(): void {
    const offered = this.#handshake?.upgrades ?? [];
    const [next, ...others] = this.#candidates.filter(({ name }) => offered.includes(name));
    if (!this.#config.upgrade || next === undefined || !this.#fire("probe")) return;
    this.#candidates = others;
    this.#probe.start(this.#create(next));
  }

  #onProbed(transport: Transport): void {
    if (!this.#fire("probed")) return;
    inTurn(
      () => this.#sink.onUpgrading(transport),
      () => this.#pauseFor(transport),
    );
  }

  /** The old transport must have delivered and sent all it has before the server hears of the new one. */
  #pauseFor(next: Transport): void {
    if (this.#state === "pausing") this.#transport.pause(() => this.#switchTo(next));
  }

  #switchTo(next: Transport): void {
    if (!this.#probe.isOf(next) || !this.#fire("paused")) return;
    const old = this.#transport;
    this.#probe.release();
    this.#transport = next;
    next.send([{ type: "upgrade" }]);
    old.close("discard");
    inTurn(
      () => this.#sink.onUpgrade(next),
      () => this.#flush(),
    );
  }

  #onProbeFailed(error: Error): void {
    if (!this.#fire("probeFailed")) return;
    this.#transport.resume();
    inTurn(
      () => this.#sink.onUpgradeError(error),
      () => this.#flush(),
      () => this.#probeNext(),
    );
  }

  // ---- the end

  #onTransportClose(transport: Transport, cause: Error | CloseDetails): void {
    if (this.#probe.isOf(transport)) this.#probe.onClose(cause);
    else if (transport !== this.#transport || this.#state === "closed") return;
    else if (this.#state === "detecting") this.#retry();
    else if (cause instanceof Error) this.#fail(cause);
    else this.#abort("transport close", cause);
  }

  #fail(error: Error): void {
    const [next, ...others] = this.#candidates;
    if (this.#state !== "opening" || !this.#config.tryAllTransports || next === undefined) {
      this.#abort(error instanceof TransportError ? "transport error" : "parse error", error);
      return;
    }
    this.#candidates = others;
    this.#transport.close("discard");
    this.#transport = this.#create(next);
    this.#clock.clearTimeout(this.#openTimer);
    this.open();
  }

  #endIfDrained(): void {
    if (this.#queue.length > 0 || !this.#transport.writable || !this.#fire("drained")) return;
    this.#end("graceful", "forced close", undefined);
  }

  #abort(reason: CloseReason, description?: Error | CloseDetails): void {
    // An answer of this server, or the lack of it, may have been taken for the wrong revision.
    if (reason === "ping timeout" || reason === "parse error")
      this.#config.memory.forget(this.#config.origin);
    if (this.#fire("abort")) this.#end("discard", reason, description);
  }

  #end(
    mode: "graceful" | "discard",
    reason: CloseReason,
    description: Error | CloseDetails | undefined,
  ): void {
    this.#probe.drop();
    this.#clock.clearTimeout(this.#openTimer);
    this.#heartbeat.stop();
    this.#transport.close(mode);
    this.#held = [];
    this.#sink.onClose(reason, description);
    this.#queue.clear();
  }
}

/**
 * Until the revision is clear, packets are decoded as revision 4's, which is the same for text. In revision 3, bytes
 * begin with a type.
 */
function asRevision3(packet: EnginePacket): EnginePacket {
  return packet.data instanceof Uint8Array ? revision3.decodePacket(packet.data) : packet;
}
