/** A server to attack, and a client beside the attackers that must notice nothing. */
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import { Server, type ServerOptions, type Socket } from "@towline/engine.io";
import { expect } from "chai";
import { type Answer, ask, type Question } from "../bad-input/wire.ts";
import { next } from "../events.ts";
import { listen } from "../listen.ts";
import { RawConnection } from "./raw-connection.ts";

interface OfficialSocket {
  readonly id: string;
  readonly readyState: string;
  once(event: string, listener: (...args: unknown[]) => void): unknown;
  send(data: string): unknown;
  close(): unknown;
}

const { Socket: OfficialSocket } = createRequire(import.meta.url)("reference-engine.io-client") as {
  Socket: new (url: string, options: object) => OfficialSocket;
};

/** A session on polling. */
export interface Polled {
  readonly socket: Socket;
  readonly sid: string;
  /** Of its polls and posts. */
  readonly path: string;
}

export class Victim {
  readonly engine: Server;
  readonly http: HttpServer;
  port = 0;
  readonly #connections: RawConnection[] = [];
  #bystander: OfficialSocket | undefined;

  static async start(options: ServerOptions = {}, http = createServer()): Promise<Victim> {
    const victim = new Victim(options, http);
    victim.port = await listen(http);
    return victim;
  }

  private constructor(options: ServerOptions, http: HttpServer) {
    this.http = http;
    this.engine = new Server(options).attach(http);
    this.engine.on("connection", (socket: Socket) => {
      socket.on("message", (data) => {
        if (data === "are you there?") socket.send("yes");
      });
    });
  }

  /** Has a client connect that `expectOthersUnharmed` asks. */
  async meetBystander(): Promise<void> {
    this.#bystander = new OfficialSocket(`http://127.0.0.1:${this.port}`, { transports: ["websocket"] });
    await next(this.#bystander, "open");
  }

  /** Fails if the client that did nothing wrong lost its connection or is not answered any more. */
  async expectOthersUnharmed(): Promise<void> {
    const bystander = this.#bystander;
    if (bystander === undefined) throw new Error("meetBystander() first");
    expect(bystander.readyState).to.equal("open");
    const answer = next(bystander, "message");
    bystander.send("are you there?");
    expect((await answer)[0]).to.equal("yes");
  }

  /** How many sessions there are that are not the bystander's. */
  get sessions(): number {
    return this.engine.clientsCount - (this.#bystander === undefined ? 0 : 1);
  }

  /** Those of the attackers. */
  closeSessions(): void {
    for (const [id, socket] of Object.entries(this.engine.clients))
      if (id !== this.#bystander?.id) socket.close(true);
  }

  /** Resolves when no session but the bystander's is left. */
  async emptied(): Promise<void> {
    while (this.sessions > 0) {
      const socket = Object.values(this.engine.clients).find(({ id }) => id !== this.#bystander?.id);
      if (socket !== undefined) await once(socket, "close");
    }
  }

  pathOf(query: string): string {
    return `/engine.io/?${query}`;
  }

  ask(question: Question): Promise<Answer> {
    return ask(this.port, question);
  }

  async openPolling(revision: 3 | 4 = 4): Promise<Polled> {
    const path = this.pathOf(`EIO=${revision}&transport=polling`);
    const { body } = await this.ask({ path });
    const sid = /"sid":"([^"]+)/.exec(body)?.[1] ?? "";
    const socket = this.engine.clients[sid];
    if (socket === undefined) throw new Error(`no session was opened: ${body}`);
    return { socket, sid, path: `${path}&sid=${sid}` };
  }

  /** A connection for the test to write on; it is cut with the server. */
  async dial(): Promise<RawConnection> {
    const connection = await RawConnection.open(this.port);
    this.#connections.push(connection);
    return connection;
  }

  /** Waits for every connection to be gone: a leak fails the test. */
  async close(): Promise<void> {
    this.#bystander?.close();
    for (const connection of this.#connections) connection.cut();
    this.engine.close();
    const closed = once(this.http, "close");
    this.http.close();
    this.http.closeAllConnections();
    await closed;
  }
}
