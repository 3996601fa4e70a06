import type { WebSocketLink } from "../../packages/engine.io/src/transports/websocket-link.ts";
import type { WebSocketHandle, WebSocketSink } from "../../packages/engine.io-client/src/network.ts";
import type { PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import { abridge } from "./diagram.ts";
import { type LinkOwner, SimulatedLink } from "./simulated-link.ts";
import type { World } from "./world.ts";

const NO_STATUS = 1005;
const ABNORMAL = 1006;
const TOO_BIG = 1009;

/** As one end sees the connection. `closing`: has said goodbye, and still reads. */
type View = "opening" | "open" | "closing" | "closed";
type End = "client" | "server";

/** A message, or the close frame. */
type Frame = PacketData | undefined;

/** One WebSocket: two directions, each of which keeps its order, and all that can happen to them. */
export class SimulatedWebSocket implements LinkOwner {
  readonly url: string;
  readonly handle: WebSocketHandle;
  readonly #world: World;
  readonly #name: string;
  readonly #sink: WebSocketSink;
  readonly #views: Record<End, View> = { client: "opening", server: "opening" };
  /** When the last frame of a direction arrives: none overtakes it. */
  readonly #lastMs: Record<End, number> = { client: 0, server: 0 };
  #isWhole = true;
  #link: SimulatedLink | undefined;

  constructor(
    world: World,
    number: number,
    url: string,
    sink: WebSocketSink,
    dispatch: (socket: SimulatedWebSocket) => void,
  ) {
    this.#world = world;
    this.#name = `WS ${number}`;
    this.url = url;
    this.#sink = sink;
    this.handle = {
      bufferedAmount: 0,
      send: (data) => this.#views.client === "open" && this.#carry("server", data),
      close: () => this.#close("client"),
    };
    this.#open(dispatch);
  }

  /** Whether that end has been told of its close, or never had it. */
  isClosedAt(end: End): boolean {
    return this.#views[end] === "closed";
  }

  /** Whether the server may still hear of it. */
  get isKnownToServer(): boolean {
    return this.#views.server === "open" || this.#views.server === "closing";
  }

  /** Whether one of the ends still holds it, and knows of nothing that ended it. */
  get isHeld(): boolean {
    const { client, server } = this.#views;
    return client === "opening" || client === "open" || server === "open";
  }

  /** The server takes it. */
  accept(): WebSocketLink {
    const world = this.#world;
    this.#views.server = "open";
    this.#link = new SimulatedLink(world, this);
    // The client left while a middleware took its time.
    if (!this.#isWhole) world.scheduler.after(0, () => this.#tell("server", ABNORMAL));
    if (world.rows) world.note("down", `◀── ${this.#name} 101`);
    this.#arriveInOrder("client", world.delay(), () => {
      if (this.#views.client !== "opening") return;
      this.#views.client = "open";
      if (world.rows) world.note("up", `◀── ${this.#name} open`);
      this.#sink.onOpen();
    });
    return this.#link;
  }

  /** The server does not. */
  refuse(why: string): void {
    if (this.#world.rows) this.#world.note("down", `◀── ${this.#name} refused: ${why}`);
    this.#world.deliver(this.#world.delay(), () => this.#failOpening(why));
  }

  // ---- as the server uses it

  send(wire: PacketData): boolean {
    if (this.#views.server !== "open") return false;
    this.#carry("client", wire);
    if (wire === "3probe") this.#riskReset();
    return true;
  }

  close(): void {
    this.#close("server");
  }

  cut(): void {
    if (this.#views.server === "closed") return;
    this.#break("server");
    this.#tell("server", ABNORMAL);
  }

  /** Begins the closing handshake. What was sent before still arrives. */
  #close(end: End): void {
    const view = this.#views[end];
    if (view === "opening") {
      // A connection that has yet to open is cut. The request for it may be on its way still.
      const world = this.#world;
      this.#views[end] = "closed";
      if (world.rows) world.note("up", `${this.#name} given up ✕`);
      if (world.random.chance(0.5)) this.#break("client");
      else world.deliver(world.delay(), () => this.#break("client"));
    } else if (view === "open") {
      this.#views[end] = "closing";
      this.#carry(end === "client" ? "server" : "client", undefined);
    }
  }

  #open(dispatch: (socket: SimulatedWebSocket) => void): void {
    const world = this.#world;
    const { random, rates } = world;
    if (world.rows) world.note("up", `${this.#name} ──▶`);
    if (random.chance(rates.socketRefused)) {
      world.count("websocket refused");
      world.deliver(world.delay(), () => this.#failOpening("refused"));
    } else if (random.chance(rates.socketSilent)) world.count("websocket never answered");
    else
      world.deliver(world.delay(), () => {
        if (!this.#isWhole) return;
        if (world.rows) world.note("down", `──▶ ${this.#name}`);
        if (!random.chance(rates.middleware)) dispatch(this);
        else {
          world.count("slow middleware");
          world.scheduler.after(world.delay(), () => dispatch(this));
        }
      });
  }

  #failOpening(why: string): void {
    if (this.#views.client !== "opening") return;
    this.#views.client = "closed";
    if (this.#world.rows) this.#world.note("up", `✕ ${this.#name} ${why}`);
    this.#sink.onError(new Error(why));
    this.#sink.onClose({ code: ABNORMAL });
  }

  #riskReset(): void {
    const world = this.#world;
    if (!world.random.chance(world.rates.probeReset)) return;
    world.count("websocket reset after the probe");
    world.deliver(world.delay() + world.delay(), () => this.#break(undefined));
  }

  /** Brings a frame to `to`, or breaks the connection with it. */
  #carry(to: End, frame: Frame): void {
    const world = this.#world;
    const { random, rates } = world;
    const label = frame === undefined ? "close" : abridge(frame);
    const isUp = to === "server";
    if (world.rows)
      world.note(isUp ? "up" : "down", isUp ? `${this.#name} ${label} ──▶` : `◀── ${this.#name} ${label}`);
    let delayMs = world.delay();
    if (random.chance(rates.frameStalled)) {
      world.count("websocket stalled");
      delayMs += world.scenario.upgradeTimeoutMs + random.between(-500, 2000);
    }
    const isLost = random.chance(rates.frameReset);
    this.#arriveInOrder(to, delayMs, () => {
      if (isLost) {
        world.count("websocket reset");
        this.#break(undefined);
        return;
      }
      if (world.rows)
        world.note(isUp ? "down" : "up", isUp ? `──▶ ${this.#name} ${label}` : `◀── ${this.#name} ${label}`);
      this.#arrive(to, frame);
    });
  }

  #arriveInOrder(to: End, delayMs: number, arrive: () => void): void {
    const world = this.#world;
    const { nowMs } = world.scheduler;
    const dueMs = Math.max(nowMs + delayMs, this.#lastMs[to]);
    this.#lastMs[to] = dueMs;
    if (!this.#isWhole) return;
    world.deliver(dueMs - nowMs, () => {
      if (this.#isWhole) arrive();
    });
  }

  #arrive(to: End, frame: Frame): void {
    const view = this.#views[to];
    if (view !== "open" && view !== "closing") return;
    if (frame === undefined) {
      // RFC 6455 §5.5.1: a close frame is answered by one, unless ours has gone out.
      if (view === "open") this.#carry(to === "client" ? "server" : "client", undefined);
      this.#views[to] = "closing";
      this.#world.deliver(this.#world.random.between(0, 3), () => this.#tell(to, NO_STATUS));
    } else if (to === "client") this.#sink.onMessage(frame);
    else if (frame.length > this.#world.scenario.maxPayload) this.#refuseMessage();
    else if (typeof frame === "string") this.#link?.sink.onText(frame);
    else this.#link?.sink.onBinary(Buffer.from(frame));
  }

  #refuseMessage(): void {
    this.#world.count("body too large");
    this.#break("server");
    this.#tell(
      "server",
      TOO_BIG,
      Object.assign(new Error("too big"), { code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" }),
    );
  }

  /** Nothing arrives any more. Who did not do it hears of it in time, or never. */
  #break(by: End | undefined): void {
    if (!this.#isWhole) return;
    this.#isWhole = false;
    const world = this.#world;
    const { random, rates } = world;
    if (world.rows) world.note("up", `       ✕ ${this.#name} broken ✕`);
    const deaf =
      by === undefined && random.chance(rates.halfOpen)
        ? random.pick(["client", "server"] as const)
        : undefined;
    for (const end of ["client", "server"] as const)
      if (end !== by && end !== deaf) world.deliver(world.delay(), () => this.#tell(end, ABNORMAL));
  }

  #tell(end: End, code: number, error?: Error): void {
    if (this.#views[end] === "closed") return;
    const wasOpening = this.#views[end] === "opening";
    this.#views[end] = "closed";
    if (end === "server") this.#link?.sink.onClose(code, "", error);
    else {
      if (this.#world.rows) this.#world.note("up", `${this.#name} closed ${code}`);
      if (wasOpening) this.#sink.onError(new Error("reset"));
      this.#sink.onClose({ code });
    }
  }
}
