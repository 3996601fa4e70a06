import type {
  CloseReason,
  SessionContext,
  SessionOwner,
  SessionState,
} from "../../packages/engine.io/src/session.ts";
import { SESSION } from "../../packages/engine.io/src/session-states.ts";
import {
  type BufferPolicy,
  MAY_COMPRESS,
  type OutgoingPacket,
  type Transport,
} from "../../packages/engine.io/src/transport.ts";
import type { EnginePacketType, PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import { Application, type Port } from "./application.ts";
import type { Parts } from "./parts.ts";
import type { Ending } from "./scenario.ts";
import type { SimulatedCall } from "./simulated-http.ts";
import type { WatchedSession } from "./watched-session.ts";
import type { World } from "./world.ts";

/** While an upgrade is under way. */
export const BETWEEN: ReadonlySet<SessionState> = new Set(["probing", "upgrading", "settling"]);

/** What a session of the server asks of those around it. */
export interface ServerSurroundings {
  readonly world: World;
  readonly parts: Parts;
  readonly context: SessionContext;
  /** All that the client has sent. */
  readonly clientSent: readonly PacketData[];
  forget(sid: string): void;
}

/** A session of the server and its application. Plays the part of `socket.ts`. */
export class ServerEnd implements SessionOwner, Port {
  readonly sid: string;
  readonly session: WatchedSession;
  readonly application: Application;
  readonly #around: ServerSurroundings;
  #poll: SimulatedCall | undefined;
  #post: SimulatedCall | undefined;
  #probingSinceMs = 0;
  /** The state that it was closed in. */
  endedIn: SessionState | undefined;

  constructor(sid: string, transport: Transport, around: ServerSurroundings) {
    this.sid = sid;
    this.#around = around;
    this.application = new Application(around.world, "server", this);
    this.session = around.parts.createSession(this, transport, around.context, (from, to, event) =>
      this.#onMove(from, to, event),
    );
  }

  get protocol(): 3 | 4 {
    return this.session.codec.revision;
  }

  get transport(): Transport {
    return this.session.transport;
  }

  get state(): SessionState {
    return this.session.state;
  }

  get accepts(): boolean {
    return this.session.isOpen;
  }

  send(data: PacketData, onSent: () => void): void {
    this.session.send({ type: "message", data, options: MAY_COMPRESS }, onSent);
    const { world, context } = this.#around;
    const waiting = this.session.queued.reduce((bytes, packet) => bytes + (packet.data?.length ?? 0), 0);
    if (waiting > context.maxSendBufferBytes)
      world.violate("what waits is bounded", `${waiting} bytes wait at the server`);
  }

  close(ending: Ending): void {
    this.session.close(ending === "discard");
  }

  /** A request comes for its transport. While one of the kind waits for its answer, the client makes no other. */
  onCall(call: SimulatedCall): void {
    const before = call.method === "GET" ? this.#poll : this.#post;
    if (before?.isOwed)
      this.#around.world.violate("one poll and one post at a time", `a second ${call.method} of ${this.sid}`);
    if (call.method === "GET") this.#poll = call;
    else this.#post = call;
  }

  onPacketCreate(): void {}

  onPacket(type: EnginePacketType): void {
    this.application.hears(`a packet, ${type}`);
  }

  onMessage(data: PacketData): void {
    const { world, clientSent } = this.#around;
    this.application.hears("a message");
    world.count(
      this.session.transport.name === "polling" ? "received over polling" : "received over websocket",
    );
    this.application.receive(data, clientSent);
  }

  onHeartbeat(): void {
    this.application.hears("a heartbeat");
  }

  onFlush(packets: readonly OutgoingPacket[]): void {
    const { world } = this.#around;
    if (packets.length > 1) world.count("batch of several");
    if (this.state === "upgrading") world.count("poll released with messages");
    this.application.react();
  }

  onDrain(): void {
    this.application.onDrain();
  }

  onBufferFull(): BufferPolicy {
    return "close";
  }

  onUpgrading(): void {
    this.application.onUpgrading();
  }

  onUpgrade(): void {
    this.application.onUpgrade();
  }

  onClose(reason: CloseReason): void {
    this.#around.forget(this.sid);
    if (this.session.waitsIn !== undefined)
      this.#around.world.violate("a closed session leaves no timer", `${this.sid} waits for its heartbeat`);
    this.application.onClose(reason);
  }

  #onMove(from: SessionState, to: SessionState, event: string): void {
    const { world } = this.#around;
    if ((SESSION.transitions[from] as Readonly<Record<string, string>>)[event] !== to)
      world.violate("states move along their tables", `server: ${from} to ${to} by ${event}`);
    if (world.rows) world.note("server", `${from} → ${to}`);
    if (to === "closed") this.endedIn = from;
    if (to === "probing") this.#probingSinceMs = world.scheduler.nowMs;
    if (event === "probeFailed") world.count("upgrade failed at the server");
    if (BETWEEN.has(from) && !BETWEEN.has(to)) this.#onUpgradeOver();
    if (to === "closed" && from === "probing") world.count("reset while probing");
  }

  #onUpgradeOver(): void {
    const { world, context } = this.#around;
    const tookMs = world.scheduler.nowMs - this.#probingSinceMs;
    if (tookMs === context.upgradeTimeoutMs) world.count("upgrade timed out at the server");
    if (tookMs > context.upgradeTimeoutMs)
      world.violate("an upgrade is over when its time is", `it took the server ${tookMs} ms`);
  }
}
