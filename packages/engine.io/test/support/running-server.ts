import { EventEmitter, once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions, type Socket } from "@towline/engine.io";
import { type ClientOptions, WebSocket } from "ws";
import { RawClient } from "../../../websocket/test/support/raw-client.ts";

/** A session on polling, driven by hand. */
export interface Polled {
  readonly socket: Socket;
  readonly sid: string;
  /** Of its polls and posts. */
  readonly url: string;
  poll(headers?: Record<string, string>): Promise<Response>;
  post(body: string): Promise<Response>;
  /** A poll that the server has and keeps. */
  waitingPoll(): Promise<{ readonly answer: Promise<string> }>;
}

/** A WebSocket that keeps what it gets. */
export class Frames {
  readonly webSocket: WebSocket;
  readonly #frames: (string | Buffer)[] = [];
  readonly #news = new EventEmitter();

  constructor(url: string, options: ClientOptions = {}) {
    this.webSocket = new WebSocket(url, options);
    this.webSocket.on("error", () => {});
    this.webSocket.on("message", (data: Buffer, isBinary) => {
      this.#frames.push(isBinary ? data : data.toString());
      this.#news.emit("frame");
    });
  }

  /** The next frame, old or new. */
  async next(): Promise<string | Buffer> {
    while (this.#frames.length === 0) await once(this.#news, "frame");
    return this.#frames.shift() as string | Buffer;
  }

  send(...packets: readonly (string | Buffer)[]): void {
    for (const packet of packets) this.webSocket.send(packet);
  }
}

/** An Engine.IO server on a free port. */
export class RunningServer {
  readonly engine: Server;
  readonly http: HttpServer;
  readonly #clients: (() => void)[] = [];

  static async start(options: ServerOptions = {}): Promise<RunningServer> {
    const running = new RunningServer(options);
    running.http.listen(0, "127.0.0.1");
    await once(running.http, "listening");
    return running;
  }

  private constructor(options: ServerOptions) {
    this.http = createServer((_request, response) => void response.writeHead(404).end());
    this.engine = new Server(options).attach(this.http);
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  urlOf(query: string, scheme: "http" | "ws" = "http"): string {
    return `${scheme}://127.0.0.1:${this.port}/engine.io/?${query}`;
  }

  async openPolling(query = "EIO=4&transport=polling"): Promise<Polled> {
    const [[socket], answer] = await Promise.all([
      once(this.engine, "connection") as Promise<[Socket]>,
      fetch(this.urlOf(query)).then((response) => response.text()),
    ]);
    const sid = /"sid\\?":\\?"([^"\\]+)/.exec(answer)?.[1] ?? "";
    const url = this.urlOf(`${query}&sid=${sid}`);
    const poll = (headers = {}) => fetch(url, { headers });
    const post = (body: string) => fetch(url, { method: "POST", body });
    const waitingPoll = async () => {
      const arrived = once(this.http, "request");
      const answer = poll().then((response) => response.text());
      await arrived;
      return { answer };
    };
    return { socket, sid, url, poll, post, waitingPoll };
  }

  /** A session on WebSocket; its open packet is read. */
  async openWebSocket(
    options: ClientOptions = { perMessageDeflate: false },
    query = "EIO=4&transport=websocket",
  ): Promise<{ readonly socket: Socket; readonly frames: Frames }> {
    const frames = this.openFrames(query, options);
    const [[socket]] = await Promise.all([
      once(this.engine, "connection") as Promise<[Socket]>,
      frames.next(),
    ]);
    return { socket, frames };
  }

  /** A WebSocket, whatever becomes of it. */
  openFrames(query: string, options: ClientOptions = { perMessageDeflate: false }): Frames {
    const frames = new Frames(this.urlOf(query, "ws"), options);
    this.#clients.push(() => frames.webSocket.terminate());
    return frames;
  }

  async dial(): Promise<RawClient> {
    const raw = await RawClient.connect(this.port);
    this.#clients.push(() => raw.destroy());
    return raw;
  }

  /** A session on WebSocket whose client is a mere TCP connection, past the head of the answer. */
  async openRaw(
    extraHeaders: readonly string[] = [],
  ): Promise<{ socket: Socket; raw: RawClient; head: string }> {
    const raw = await this.dial();
    const connected = once(this.engine, "connection") as Promise<[Socket]>;
    raw.send(
      [
        "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1",
        "Host: localhost",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ...extraHeaders,
        "\r\n",
      ].join("\r\n"),
    );
    const [[socket], head] = await Promise.all([connected, raw.readHead()]);
    return { socket, raw, head };
  }

  /** Has the clients leave, and waits for every connection to be gone: a leak fails the test. */
  async close(): Promise<void> {
    for (const leave of this.#clients) leave();
    this.engine.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
