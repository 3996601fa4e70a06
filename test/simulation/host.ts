import { Refusal } from "../../packages/engine.io/src/errors.ts";
import { Heartbeat } from "../../packages/engine.io/src/heartbeat.ts";
import { checkRequest, type Route } from "../../packages/engine.io/src/request-check.ts";
import type { SessionContext } from "../../packages/engine.io/src/session.ts";
import type { Transport, TransportName } from "../../packages/engine.io/src/transport.ts";
import { PollingTransport } from "../../packages/engine.io/src/transports/polling.ts";
import { WebSocketTransport } from "../../packages/engine.io/src/transports/websocket.ts";
import type { Codec, PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import { revision3 } from "../../packages/engine.io-parser/src/revision3.ts";
import { revision4 } from "../../packages/engine.io-parser/src/revision4.ts";
import type { Parts } from "./parts.ts";
import { SimulatedClock } from "./scheduler.ts";
import { ServerEnd } from "./server-end.ts";
import type { SimulatedCall } from "./simulated-http.ts";
import type { SimulatedWebSocket } from "./simulated-websocket.ts";
import type { World } from "./world.ts";

const RULES = { transports: ["polling", "websocket"], allowEIO3: true } as const;

/** Plays the part of `server.ts`: brings requests to sessions, and makes these. */
export class Host {
  readonly clock: SimulatedClock;
  readonly clients = new Map<string, ServerEnd>();
  /** Every session there ever was, in order. */
  readonly sessions: ServerEnd[] = [];
  readonly #world: World;
  readonly #parts: Parts;
  readonly #context: SessionContext;
  readonly #clientSent: readonly PacketData[];

  constructor(world: World, parts: Parts, clientSent: readonly PacketData[]) {
    this.#world = world;
    this.#parts = parts;
    this.#clientSent = clientSent;
    this.clock = new SimulatedClock(world.scheduler);
    const { pingIntervalMs, pingTimeoutMs, upgradeTimeoutMs } = world.scenario;
    this.#context = {
      clock: this.clock,
      heartbeat: new Heartbeat(this.clock, pingIntervalMs, pingTimeoutMs),
      upgradeTimeoutMs,
      maxSendBufferBytes: world.scenario.maxQueueBytes,
    };
  }

  find(sid: string | undefined): ServerEnd | undefined {
    return this.sessions.find((end) => end.sid === sid);
  }

  onCall(call: SimulatedCall): void {
    const query = this.#queryOf(call.url);
    const route = this.#check(call.method, query, "polling");
    if (route instanceof Refusal) {
      call.answer({ ...REFUSED, body: JSON.stringify(route) });
      return;
    }
    const end =
      (route.sid !== undefined && this.clients.get(route.sid)) ||
      this.#open(route, this.#polling(route, query));
    end.onCall(call);
    // The check lets a plain request pass only for a session on polling.
    (end.session.transport as PollingTransport).onRequest(call);
    if (route.sid === undefined) this.#connect(end);
  }

  onUpgrade(socket: SimulatedWebSocket): void {
    const query = this.#queryOf(socket.url);
    const route = this.#check("GET", query, "websocket");
    if (route instanceof Refusal) {
      socket.refuse(route.message);
      return;
    }
    const transport = new WebSocketTransport(codecOf(route), socket.accept());
    if (route.sid === undefined) this.#connect(this.#open(route, transport));
    else if (this.clients.get(route.sid)?.session.offer(transport) !== true) {
      this.#world.count("candidate came too late");
      transport.close("discard");
    }
  }

  #check(method: string, query: Record<string, string>, channel: TransportName): Route | Refusal {
    const route = checkRequest({ method, query, origin: undefined, channel }, RULES, this.clients);
    if (route instanceof Refusal) this.#world.count("request of a closed session");
    return route;
  }

  #open(route: Route, transport: Transport): ServerEnd {
    const world = this.#world;
    const { tellsMaxPayload, maxPayload, pingIntervalMs, pingTimeoutMs } = world.scenario;
    const sid = `s${this.sessions.length + 1}`;
    const end = new ServerEnd(sid, transport, {
      world,
      parts: this.#parts,
      context: this.#context,
      clientSent: this.#clientSent,
      forget: (id) => void this.clients.delete(id),
    });
    this.sessions.push(end);
    this.clients.set(sid, end);
    end.session.open(
      JSON.stringify({
        sid,
        upgrades: route.transport === "polling" ? ["websocket"] : [],
        pingInterval: pingIntervalMs,
        pingTimeout: pingTimeoutMs,
        ...(tellsMaxPayload ? { maxPayload } : {}),
      }),
    );
    // As with the option `initialPacket`.
    if (world.scenario.startsTalking) end.application.send();
    return end;
  }

  /** The application hears of a session. */
  #connect({ application }: ServerEnd): void {
    application.isListening = true;
    application.react();
  }

  #polling(route: Route, query: Record<string, string>): Transport {
    const { maxPayload, closeTimeoutMs } = this.#world.scenario;
    const options = { clock: this.clock, maxHttpBufferSize: maxPayload, closeTimeoutMs };
    return new PollingTransport(codecOf(route), query, options);
  }

  #queryOf(url: string): Record<string, string> {
    const query: Record<string, string> = Object.create(null);
    for (const pair of url.split("&")) {
      const [name = "", value = ""] = pair.split("=");
      query[name] = value;
    }
    if (this.#world.scenario.serverSpeaks === "revision 3") query.EIO = "3";
    return query;
  }
}

const REFUSED = {
  status: 400,
  contentType: "application/json",
  compress: false,
  endsConnection: false,
} as const;

const codecOf = ({ revision }: Route): Codec => (revision === 3 ? revision3 : revision4);
