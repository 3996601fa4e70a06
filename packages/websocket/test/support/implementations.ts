import { EventEmitter } from "node:events";
import { WebSocket as UndiciSocket } from "undici";
import * as reference from "ws";
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from "../../src/index.ts";

/** What a WebSocket of any implementation can do. Events as those of `ws`. */
export interface AnySocket extends EventEmitter {
  readonly protocol: string;
  readonly extensions: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Buffer, options: { binary: boolean; fin?: boolean; compress?: boolean }): void;
  ping(data: string): void;
  pong(data: string): void;
  pause(): void;
  resume(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
}

export type AnyServer = WebSocketServer | reference.WebSocketServer;

export type Deflate = boolean | PerMessageDeflateOptions;

/** What `ws` calls by the same name and understands in the same way. */
export interface AnyServerOptions {
  readonly perMessageDeflate: Deflate;
  readonly handleProtocols?: (protocols: Set<string>) => string | false;
}

export interface Pair {
  readonly title: string;
  listen(options: AnyServerOptions): AnyServer;
  connect(url: string, protocols: string[], perMessageDeflate: Deflate): AnySocket;
  /** A client for browsers: it sends whole messages and never compresses, pings or pauses; it closes with few codes. */
  readonly isPlainClient?: boolean;
}

const LOCAL = { port: 0, host: "127.0.0.1" } as const;

const ourServer: Pair["listen"] = (options) => new WebSocketServer({ ...LOCAL, ...options });
const itsServer: Pair["listen"] = ({ perMessageDeflate, ...options }) =>
  new reference.WebSocketServer({ ...LOCAL, ...options, perMessageDeflate: perMessageDeflate as boolean });
const ourClient: Pair["connect"] = (url, protocols, perMessageDeflate) =>
  new WebSocket(url, protocols, { perMessageDeflate }) as AnySocket;
const itsClient: Pair["connect"] = (url, protocols, perMessageDeflate) =>
  new reference.WebSocket(url, protocols, { perMessageDeflate: perMessageDeflate as boolean }) as AnySocket;

// Node has a client of its own from version 22 on.
const Native = (globalThis as { WebSocket?: typeof UndiciSocket }).WebSocket;

export const PAIRS: readonly Pair[] = [
  { title: "our server, the client of ws", listen: ourServer, connect: itsClient },
  { title: "the server of ws, our client", listen: itsServer, connect: ourClient },
  { title: "our server, our client", listen: ourServer, connect: ourClient },
  plainPair("our server, the client of undici", UndiciSocket),
  ...(Native === undefined ? [] : [plainPair("our server, the client of Node", Native)]),
];

function plainPair(title: string, Client: typeof UndiciSocket): Pair {
  const connect: Pair["connect"] = (url, protocols) => new PlainClient(new Client(url, protocols));
  return { title, listen: ourServer, connect, isPlainClient: true };
}

/** Whether `socket` takes what `prepareText` makes. */
export const isOurs = (socket: unknown): socket is WebSocket => socket instanceof WebSocket;

/** A client with the API of browsers, with the events of `ws`. */
class PlainClient extends EventEmitter implements AnySocket {
  readonly #socket: UndiciSocket;

  constructor(socket: UndiciSocket) {
    super();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.emit("open"));
    socket.addEventListener("message", ({ data }) =>
      this.emit("message", Buffer.from(data), typeof data !== "string"),
    );
    socket.addEventListener("close", ({ code, reason }) => this.emit("close", code, Buffer.from(reason)));
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
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
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
    throw new Error("A client for browsers sends no pings");
  }
  pong(): never {
    throw new Error("A client for browsers sends no pongs of its own");
  }
  pause(): never {
    throw new Error("A client for browsers does not pause");
  }
  resume(): never {
    throw new Error("A client for browsers does not pause");
  }
}
