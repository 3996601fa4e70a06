import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions } from "@towline/socket.io";
import { WebSocket } from "ws";

/** A client that writes and reads the wire itself: one WebSocket, Engine.IO packets as they are. */
export class RawClient {
  readonly #socket: WebSocket;
  readonly #received: (string | Buffer)[] = [];
  #wake: (() => void) | undefined;
  readonly closed: Promise<unknown>;

  constructor(url: string, revision: 3 | 4) {
    this.#socket = new WebSocket(
      `${url.replace("http", "ws")}/socket.io/?EIO=${revision}&transport=websocket`,
    );
    this.closed = once(this.#socket, "close");
    this.#socket.on("message", (data: Buffer, isBinary) => {
      this.#received.push(isBinary ? data : data.toString());
      this.#wake?.();
    });
    this.#socket.on("close", () => this.#wake?.());
  }

  send(...messages: (string | Buffer)[]): void {
    for (const message of messages) this.#socket.send(message);
  }

  /** The next message; `undefined` once the connection has closed and all is read. */
  async next(): Promise<string | Buffer | undefined> {
    while (this.#received.length === 0) {
      if (this.#socket.readyState === WebSocket.CLOSED) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#received.shift();
  }

  /** Reads the handshake and, in revision 4, joins `/`. @returns the ids of connection and socket. */
  async join(): Promise<{ engineId: string; socketId: string }> {
    const engineId: string = JSON.parse(String(await this.next()).slice(1)).sid;
    this.send("40");
    const { sid } = JSON.parse(String(await this.next()).slice(2));
    return { engineId, socketId: sid };
  }

  close(): void {
    this.#socket.close();
  }
}

const cleanUps: (() => Promise<void> | void)[] = [];

/** Ends what the test has started. For `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const one of cleanUps.splice(0).reverse()) await one();
}

export async function startServer(options: ServerOptions = {}) {
  const http = createServer((_request, response) => response.writeHead(404).end());
  const io = new Server(http, options);
  http.listen(0);
  await once(http, "listening");
  const url = `http://localhost:${(http.address() as AddressInfo).port}`;
  cleanUps.push(() => io.close());
  const connect = (revision: 3 | 4 = 4) => {
    const client = new RawClient(url, revision);
    cleanUps.push(() => client.close());
    return client;
  };
  return { io, url, connect };
}
