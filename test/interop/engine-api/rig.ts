/** A server on a free port, and raw HTTP requests and WebSockets to it. */
import { createServer, type Server as HttpServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import { Inbox, next } from "../events.ts";
import { listen } from "../listen.ts";
import type { EngineServer, EngineSocket, Library, Options } from "./peers.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Every byte as a character. */
  readonly body: string;
}

export interface RequestInit {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

/** A session, seen from both sides. */
export interface Polled {
  readonly socket: EngineSocket;
  /** The answer that opened it. */
  readonly handshake: Answer;
  poll(init?: RequestInit): Promise<Answer>;
  /** A request that the server has, and may keep. */
  waitingPoll(): Promise<{ readonly answer: Promise<Answer> }>;
  post(body: string, init?: RequestInit): Promise<Answer>;
  /** A WebSocket to which the session may move. */
  candidate(): WebSocket;
}

export class Rig {
  readonly library: Library;
  readonly engine: EngineServer;
  readonly http: HttpServer;
  #port = 0;
  readonly #webSockets: WebSocket[] = [];
  readonly #others: HttpServer[] = [];

  static async start(library: Library, options: Options = {}): Promise<Rig> {
    const rig = new Rig(library, options);
    rig.#port = await listen(rig.http);
    return rig;
  }

  private constructor(library: Library, options: Options) {
    this.library = library;
    this.http = createServer((_request, response) => response.writeHead(404).end("another listener's"));
    this.engine = library.attach(this.http, { allowEIO3: true, ...options });
  }

  /** Listens with one more HTTP server, and sends what follows there. */
  async moveTo(http: HttpServer): Promise<void> {
    this.#others.push(http);
    this.#port = await listen(http);
  }

  /** Sends what follows to the HTTP server that a library made itself. */
  moveToListening(http: HttpServer): void {
    this.#others.push(http);
    this.#port = (http.address() as AddressInfo).port;
  }

  moveBack(): void {
    this.#port = (this.http.address() as AddressInfo).port;
  }

  request(query: string, { method = "GET", body, headers = {}, path = "/engine.io/" }: RequestInit = {}) {
    return new Promise<Answer>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: this.#port,
        path: path + query,
        method,
        headers,
        agent: false,
      };
      const sent = request(options, (response) => {
        let text = "";
        response.setEncoding("latin1").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      });
      sent.on("error", reject).end(body);
    });
  }

  async poll(revision: 3 | 4 = 4, query = "", engine = this.engine): Promise<Polled> {
    const start = `?EIO=${revision}&transport=polling${query}`;
    const connected = next(engine, "connection");
    const handshake = await this.request(start);
    const [socket] = (await connected) as [EngineSocket];
    const rest = `${start}&sid=${socket.id}`;
    return {
      socket,
      handshake,
      poll: (init) => this.request(rest, init),
      waitingPoll: async () => {
        const arrived = next(this.http, "request");
        const answer = this.request(rest);
        await arrived;
        return { answer };
      },
      post: (body, init) =>
        this.request(rest, { method: "POST", body, headers: { "content-type": "text/plain" }, ...init }),
      candidate: () => this.webSocket(`?EIO=${revision}&transport=websocket&sid=${socket.id}`),
    };
  }

  /** A WebSocket session, its handshake received. */
  async connect(revision: 3 | 4 = 4, engine = this.engine) {
    const connected = next(engine, "connection");
    const webSocket = this.webSocket(`?EIO=${revision}&transport=websocket`);
    const received = new Inbox(webSocket, "message");
    const [[socket]] = (await Promise.all([connected, received.holding(1)])) as unknown as [[EngineSocket]];
    return { socket, webSocket, received };
  }

  webSocket(query: string, path = "/engine.io/", options = {}): WebSocket {
    const webSocket = new WebSocket(`ws://127.0.0.1:${this.#port}${path}${query}`, options);
    webSocket.on("error", () => {});
    this.#webSockets.push(webSocket);
    return webSocket;
  }

  async close(): Promise<void> {
    this.engine.close();
    for (const webSocket of this.#webSockets) webSocket.terminate();
    for (const http of [this.http, ...this.#others]) {
      http.closeAllConnections();
      if (http.listening) await new Promise((resolve) => void http.close(resolve));
    }
  }
}

/** The last bytes of what a WebSocket received, as text or hexadecimal digits. */
export const wireOf = ([data, isBinary]: readonly unknown[]): string =>
  isBinary ? (data as Buffer).toString("hex") : String(data);

/** The refusal of an upgrade. */
export async function refusalOf(webSocket: WebSocket): Promise<number | undefined> {
  const [, response] = (await next(webSocket, "unexpected-response")) as [
    unknown,
    { readonly statusCode?: number; resume(): void },
  ];
  response.resume();
  return response.statusCode;
}

/** Keeps what happens, in the order in which it does. */
export class Journal {
  readonly entries: unknown[][] = [];

  /** @param show what to keep of an argument. */
  follow(
    emitter: { on(event: string, listener: (...args: unknown[]) => void): unknown },
    prefix: string,
    events: readonly string[],
    show: (value: unknown) => unknown = (value) => value,
  ): void {
    for (const event of events)
      emitter.on(event, (...args: unknown[]) => void this.entries.push([prefix + event, ...args.map(show)]));
  }

  get names(): unknown[] {
    return this.entries.map(([name]) => name);
  }
}
