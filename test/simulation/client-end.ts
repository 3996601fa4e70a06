import type { HandshakeData } from "../../packages/engine.io-client/src/handshake.ts";
import { RevisionMemory } from "../../packages/engine.io-client/src/revision.ts";
import {
  type CloseReason,
  Session,
  type SessionConfig,
  type SessionSink,
  type SessionState,
} from "../../packages/engine.io-client/src/session.ts";
import { CLIENT_SESSION } from "../../packages/engine.io-client/src/session-states.ts";
import type { EnginePacket, PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import { Application, type Port } from "./application.ts";
import { LatePromise } from "./late-promise.ts";
import type { Network } from "./network.ts";
import type { Parts } from "./parts.ts";
import type { Ending } from "./scenario.ts";
import { SimulatedClock } from "./scheduler.ts";
import { TableWatch } from "./states.ts";
import type { World } from "./world.ts";

const WATCH = new TableWatch(CLIENT_SESSION);

/** The client's session and its application. Plays the part of `socket.ts` of the client. */
export class ClientEnd implements SessionSink, Port {
  readonly clock: SimulatedClock;
  readonly session: Session;
  readonly application: Application;
  readonly #world: World;
  readonly #sentByServer: (sid: string | undefined) => readonly PacketData[];
  #seen: SessionState = CLIENT_SESSION.initial;
  #transportName: string;
  /** How often the session has told of its opening. */
  opened = 0;
  hasUpgraded = false;
  /** How many upgrades have failed, and of how many of them it has told. */
  failedUpgrades = 0;
  upgradeErrors = 0;

  constructor(
    world: World,
    parts: Parts,
    network: Network,
    sentByServer: (sid: string | undefined) => readonly PacketData[],
  ) {
    this.#world = world;
    this.#sentByServer = sentByServer;
    this.clock = new SimulatedClock(world.scheduler);
    this.application = new Application(world, "client", this);
    this.application.isListening = true;
    this.session = new Session(configure(world, parts, network), this.clock, this);
    this.#transportName = this.session.transport.name;
  }

  get state(): SessionState {
    return this.session.state;
  }

  get accepts(): boolean {
    return this.state !== "closing" && this.state !== "closed";
  }

  send(data: PacketData, onSent: () => void): void {
    const { random, scenario, scheduler } = this.#world;
    if (random.chance(scenario.lateData)) {
      this.#world.count("late data");
      const late = new LatePromise(scheduler, random.between(0, 2 * scenario.delayMs[1]), data);
      this.session.send({ type: "message", data: late, onSent });
    } else this.session.send({ type: "message", data, onSent });
  }

  close(ending: Ending): void {
    if (ending === "graceful") this.session.close();
    else this.session.abort("transport close", { description: "network connection lost" });
  }

  /** Sees whether the state has moved as its table allows. */
  observe(): void {
    const { state, transport } = this.session;
    if (state === this.#seen && transport.name === this.#transportName) return;
    const world = this.#world;
    if (!WATCH.allows(this.#seen, state))
      world.violate("states move along their tables", `client: ${this.#seen} to ${state}`);
    if (state === "opening" && this.#seen === "opening") world.count("next transport tried");
    if (this.#seen === "detecting" && state !== "detecting") world.count("revision found out");
    if (this.#seen === "probing" && state === "closed") world.count("reset while probing");
    if (state === "open" && this.#seen !== "opening" && this.#seen !== "detecting") this.failedUpgrades++;
    if (state === "open" && this.#seen === "pausing") world.count("upgrade failed while pausing");
    if (world.rows) world.note("client", `${this.#seen} → ${state} (${transport.name})`);
    this.#seen = state;
    this.#transportName = transport.name;
  }

  onHandshake({ sid }: HandshakeData): void {
    this.#hear("handshake");
    if (this.#world.rows) this.#world.note("client", `session ${sid}, revision ${this.session.revision}`);
  }

  onOpen(): void {
    this.#hear("open");
    this.opened++;
    this.#world.count(this.session.revision === 3 ? "revision 3" : "revision 4");
    this.application.react();
  }

  onPacket({ type, data }: EnginePacket): void {
    this.#hear(`a packet, ${type}`);
    if (type === "message")
      this.application.receive(data ?? "", this.#sentByServer(this.session.handshake?.sid));
  }

  onPacketCreate(): void {}

  onUpgrading(): void {
    this.observe();
    this.application.onUpgrading();
  }

  onUpgrade(): void {
    this.observe();
    this.hasUpgraded = true;
    this.#world.count("upgraded");
    this.application.onUpgrade();
  }

  onUpgradeError(): void {
    this.#hear("upgradeError");
    this.upgradeErrors++;
    this.#world.count("upgrade failed at the client");
    this.application.react();
  }

  onFlush(): void {
    this.application.react();
  }

  onDrain(): void {
    this.observe();
    this.application.onDrain();
  }

  onClose(reason: CloseReason): void {
    this.observe();
    if (this.clock.pending > 0)
      this.#world.violate("a closed session leaves no timer", `the client has ${this.clock.pending}`);
    this.application.onClose(reason);
  }

  #hear(what: string): void {
    this.observe();
    this.application.hears(what);
  }
}

function configure(world: World, parts: Parts, network: Network): SessionConfig {
  const { scenario } = world;
  const factories = {
    polling: parts.polling((request, sink) => network.sendHttp(request, sink)),
    websocket: parts.websocket((url, sink) => network.openWebSocket(url, sink)),
  };
  const base64 = scenario.supportsBinary ? "" : "&b64=1";
  return {
    transports: scenario.transports.map((name) => factories[name]),
    upgrade: scenario.upgrade,
    tryAllTransports: scenario.tryAllTransports,
    revision: scenario.revision,
    supportsBinary: scenario.supportsBinary,
    openTimeoutMs: scenario.openTimeoutMs,
    maxQueueBytes: scenario.maxQueueBytes,
    origin: "http://host/engine.io/",
    memory: new RevisionMemory(),
    trace: undefined,
    url: (transport, revision, sid) =>
      `EIO=${revision}&transport=${transport}${base64}${sid === undefined ? "" : `&sid=${sid}`}`,
  };
}
