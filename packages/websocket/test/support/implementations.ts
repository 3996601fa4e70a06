import { EventEmitter } from "node:events";
import { WebSocket as UndiciSocket } from "undici";
import * as reference from "ws";
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from "../../src/index.ts";

/** What a WebSocket of any implementation can do. Events as those of `ws`. */
export interface AnySocket extends EventEmitter {
  readonly protocol: string;
  readonly extensions: string;
  readonly readyState: number;
  send(data: string | Buffer, options: { binary: boolean; fin?: boolean; compress?: boolean }): void;
  ping(data: string): void;
  pause(): void;
  resume(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

export type AnyServer = WebSocketServer | reference.WebSocketServer;

export interface Pair {
  readonly title: string;
  listen(perMessageDeflate: boolean | PerMessageDeflateOptions): AnyServer;
  connect(url: string, perMessageDeflate: boolean | PerMessageDeflateOptions): AnySocket;
  /** What the client of `undici` cannot do: send fragments, compress, ping, pause, close with any code. */
  readonly isPlainClient?: boolean;
}

const LOCAL = { port: 0, host: "127.0.0.1" } as const;
const PROTOCOLS = ["second", "first"];

const ourServer: Pair["listen"] = (perMessageDeflate) => new WebSocketServer({ ...LOCAL, perMessageDeflate });
const itsServer: Pair["listen"] = (perMessageDeflate) =>
  new reference.WebSocketServer({ ...LOCAL, perMessageDeflate: perMessageDeflate as boolean });
const ourClient: Pair["connect"] = (url, perMessageDeflate) =>
  new WebSocket(url, PROTOCOLS, { perMessageDeflate }) as AnySocket;
const itsClient: Pair["connect"] = (url, perMessageDeflate) =>
  new reference.WebSocket(url, PROTOCOLS, { perMessageDeflate: perMessageDeflate as boolean }) as AnySocket;

export const PAIRS: readonly Pair[] = [
  { title: "our server, the client of ws", listen: ourServer, connect: itsClient },
  { title: "the server of ws, our client", listen: itsServer, connect: ourClient },
  {
    title: "our server, the client of undici",
    listen: ourServer,
    connect: (url) => new UndiciClient(url),
    isPlainClient: true,
  },
  { title: "our server, our client", listen: ourServer, connect: ourClient },
];

/** The WHATWG client of `undici`, with the events of `ws`. */
class UndiciClient extends EventEmitter implements AnySocket {
  readonly #socket: UndiciSocket;

  constructor(url: string) {
    super();
    this.#socket = new UndiciSocket(url, PROTOCOLS);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("open", () => this.emit("open"));
    this.#socket.addEventListener("message", ({ data }) =>
      this.emit("message", Buffer.from(data), typeof data !== "string"),
    );
    this.#socket.addEventListener("close", ({ code, reason }) =>
      this.emit("close", code, Buffer.from(reason)),
    );
  }

  get protocol(): string {
    return this.#socket.protocol;
  }
  get extensions(): string {
    return this.#socket.extensions;
  }
  get readyState(): number {
    return this.#socket.readyState;
  }

  send(data: string | Buffer, { binary }: { binary: boolean }): void {
    this.#socket.send(binary ? (data as Buffer) : data.toString());
  }
  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }
  /** There is no cutting it. */
  terminate(): void {
    this.#socket.close();
  }
  ping(): never {
    throw new Error("undici sends no pings");
  }
  pause(): never {
    throw new Error("undici does not pause");
  }
  resume(): void {}
}
