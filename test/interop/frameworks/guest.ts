/** Our server inside another application, and the clients of one test. */
import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { type AttachOptions, Server, type ServerOptions, type Socket } from "@towline/engine.io";
import { expect } from "chai";
import { WebSocket } from "ws";
import type { EngineClient, EngineEnd } from "../engine/peers.ts";
import { Inbox, next } from "../events.ts";
import type { TransportMode } from "../rig.ts";
import type { Host, RunningHost } from "./hosts.ts";

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class Guest {
  readonly engine: Server;
  readonly host: RunningHost;
  readonly #webSockets: WebSocket[] = [];

  static async arrive(
    host: Host,
    options: ServerOptions = {},
    attachOptions: AttachOptions = {},
  ): Promise<Guest> {
    const engine = new Server(options);
    engine.on("connection", (socket: Socket) => socket.on("message", (data) => socket.send(data)));
    return new Guest(engine, await host.start(engine, attachOptions));
  }

  private constructor(engine: Server, host: RunningHost) {
    this.engine = engine;
    this.host = host;
  }

  /** One request of HTTP/1.1. */
  ask(path: string, { method = "GET", body = "", headers = {} } = {}): Promise<Answer> {
    const request = this.host.url.startsWith("https") ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const options = { agent: false, rejectUnauthorized: false, method, headers };
      const asked = request(`${this.host.url}${path}`, options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, body: text }),
        );
      });
      asked.on("error", reject).end(body);
    });
  }

  /** The routes of the application answer as if we were not there. */
  async expectHostUnharmed(): Promise<void> {
    const hello = await this.ask("/hello");
    expect([hello.status, hello.body]).to.deep.equal([200, "hello"]);
    expect((await this.ask("/nothing")).status).to.equal(404);
  }

  webSocket(path: string): WebSocket {
    const webSocket = new WebSocket(`${this.host.url.replace("http", "ws")}${path}`, {
      rejectUnauthorized: false,
    });
    webSocket.on("error", () => {});
    this.#webSockets.push(webSocket);
    return webSocket;
  }

  /** Opens a session and has it settle; text and bytes come back; then it is closed. */
  async serve(client: EngineClient, { transports, settled }: TransportMode): Promise<void> {
    const options = { transports, rejectUnauthorized: false };
    const connected = once(this.engine, "connection") as Promise<[Socket]>;
    const end: EngineEnd = client.open(this.host.url, options);
    const inbox = new Inbox(end, "message");
    const [[socket]] = await Promise.all([connected, next(end, "open")]);
    for (const side of [end, socket as unknown as EngineEnd])
      if (side.transport.name !== settled) await next(side, "upgrade");
    expect(socket.protocol).to.equal(client.revision);
    end.send("text, naïve");
    end.send(Buffer.of(0, 1, 254, 255));
    const [[text], [bytes]] = (await inbox.holding(2)) as [[unknown], [Uint8Array]];
    expect([text, Buffer.from(bytes)]).to.deep.equal(["text, naïve", Buffer.of(0, 1, 254, 255)]);
    await this.expectHostUnharmed();
    const closed = once(socket, "close");
    end.close();
    expect((await closed)[0]).to.equal("transport close");
  }

  async leave(): Promise<void> {
    for (const webSocket of this.#webSockets) webSocket.terminate();
    this.engine.close();
    await this.host.close();
  }
}
