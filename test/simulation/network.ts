import type {
  HttpRequest,
  HttpSink,
  WebSocketHandle,
  WebSocketSink,
} from "../../packages/engine.io-client/src/network.ts";
import { SimulatedCall } from "./simulated-http.ts";
import { SimulatedWebSocket } from "./simulated-websocket.ts";
import type { World } from "./world.ts";

/** Where requests arrive. */
export interface NetworkHost {
  onCall(call: SimulatedCall): void;
  onUpgrade(socket: SimulatedWebSocket): void;
}

/** All connections there ever were between the two ends. */
export class Network {
  readonly calls: SimulatedCall[] = [];
  readonly sockets: SimulatedWebSocket[] = [];
  readonly #world: World;
  readonly #host: () => NetworkHost;

  constructor(world: World, host: () => NetworkHost) {
    this.#world = world;
    this.#host = host;
  }

  sendHttp(request: HttpRequest, sink: HttpSink): { abort(): void } {
    const number = this.calls.length + 1;
    const call = new SimulatedCall(this.#world, number, request, sink, (arrived) =>
      this.#host().onCall(arrived),
    );
    this.calls.push(call);
    return call;
  }

  openWebSocket(url: string, sink: WebSocketSink): WebSocketHandle {
    const number = this.sockets.length + 1;
    const socket = new SimulatedWebSocket(this.#world, number, url, sink, (arrived) =>
      this.#host().onUpgrade(arrived),
    );
    this.sockets.push(socket);
    return socket.handle;
  }
}
