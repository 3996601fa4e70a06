import { io, type ManagerOptions, type Socket, type SocketOptions } from "reference-socket.io-client";
import { next } from "../events.ts";

/** The official client, and the browser beside it, with one application. */
export class Visit {
  readonly #url: string;
  readonly #sockets: Socket[] = [];

  private constructor(url: string) {
    this.#url = url;
  }

  /** Resolves when those who were there before have left: connections end in no order. */
  static async begin(url: string): Promise<Visit> {
    const visit = new Visit(url);
    let others: number;
    do ({ connections: others } = (await visit.get("/census")) as { connections: number });
    while (others > 0);
    return visit;
  }

  socket(nsp = "/", options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
    const socket = io(this.#url + nsp, { forceNew: true, reconnection: false, ...options });
    this.#sockets.push(socket);
    return socket;
  }

  /** A socket that is connected. */
  async connect(nsp?: string, options?: Partial<ManagerOptions & SocketOptions>): Promise<Socket> {
    const socket = this.socket(nsp, options);
    await next(socket, "connect");
    return socket;
  }

  async get(path: string): Promise<unknown> {
    const answer = await fetch(this.#url + path);
    const body = await answer.text();
    return answer.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(body) : body;
  }

  async post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(this.#url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return text === "" ? undefined : JSON.parse(text);
  }

  leave(): void {
    for (const socket of this.#sockets.splice(0)) socket.disconnect();
  }
}
