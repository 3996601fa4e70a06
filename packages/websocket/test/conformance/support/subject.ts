import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import {
  type ClientOptions,
  WebSocket,
  WebSocketServer,
  type WebSocketServerOptions,
} from "../../../src/index.ts";
import { WirePeer } from "./wire-peer.ts";

/** One connection between the endpoint under test, which echoes every message, and a raw peer. */
export interface Link {
  readonly peer: WirePeer;
  readonly endpoint: WebSocket;
  /** Codes and reasons of every `close` event so far: there must be one in the end. */
  readonly closes: readonly (readonly [code: number, reason: string])[];
  /** What the endpoint's other listeners heard, in order: "ping 70", "pong ", "error CODE". */
  readonly heard: readonly string[];
  /** Resolves with the first `close` event. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
}

/** The endpoint under test, in one of its two roles. */
export interface Subject {
  readonly role: "server" | "client";
  connect(): Promise<Link>;
}

export interface SubjectOptions {
  readonly server?: Partial<WebSocketServerOptions>;
  readonly client?: ClientOptions;
  /** `Sec-WebSocket-Extensions` of a peer that plays the client, to the server under test. */
  readonly offer?: string;
  /** The same of a peer that plays the server, to the client under test. */
  readonly answer?: string;
}

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Runs `define` for the server and for the client, each over real TCP, and leaves nothing of them open. */
export function conformance(
  title: string,
  define: (subject: Subject) => void,
  options: SubjectOptions = {},
): void {
  for (const Role of [ServerSubject, ClientSubject]) {
    const subject = new Role(options);
    describe(`conformance of the ${subject.role}: ${title}`, () => {
      before(() => subject.start());
      afterEach(() => subject.drop());
      after(() => subject.stop());
      define(subject);
    });
  }
}

/** What both roles do with their connections. */
class Links {
  readonly #links: Link[] = [];

  add(socket: Socket, endpoint: WebSocket, peer: WirePeer): Link {
    const closes: [number, string][] = [];
    const heard: string[] = [];
    endpoint.on("message", (data: unknown, isBinary: boolean) =>
      endpoint.send(data as Buffer, { binary: isBinary }),
    );
    endpoint.on("ping", (data: Buffer) => heard.push(`ping ${data.toString("hex")}`));
    endpoint.on("pong", (data: Buffer) => heard.push(`pong ${data.toString("hex")}`));
    endpoint.on("error", (error: Error & { code?: string }) =>
      heard.push(`error ${error.code ?? error.message}`),
    );
    const closed = new Promise<readonly [number, string]>((resolve) =>
      endpoint.on("close", (code: number, reason: Buffer) => {
        closes.push([code, reason.toString()]);
        resolve([code, reason.toString()]);
      }),
    );
    const link = { socket, peer, endpoint, closes, heard, closed };
    this.#links.push(link);
    return link;
  }

  async drop(): Promise<void> {
    for (const { peer, closed } of this.#links.splice(0)) {
      peer.socket.destroy();
      await closed;
    }
  }
}

class ServerSubject implements Subject {
  readonly role = "server";
  readonly #options: SubjectOptions;
  readonly #links = new Links();
  #server: WebSocketServer | undefined;

  constructor(options: SubjectOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...this.#options.server });
    await once(this.#server, "listening");
  }

  async connect(): Promise<Link> {
    const server = this.#server as WebSocketServer;
    const { port } = server.address() as AddressInfo;
    const accepted = new Promise<WebSocket>((resolve) => server.once("connection", resolve));
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const peer = new WirePeer(socket, true);
    const { offer } = this.#options;
    socket.write(
      `GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n` +
        `${offer === undefined ? "" : `Sec-WebSocket-Extensions: ${offer}\r\n`}\r\n`,
    );
    const link = accepted.then((endpoint) => this.#links.add(socket, endpoint, peer));
    const head = await peer.head();
    if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`The server refused: ${head}`);
    return link;
  }

  drop(): Promise<void> {
    return this.#links.drop();
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()));
  }
}

class ClientSubject implements Subject {
  readonly role = "client";
  readonly #options: SubjectOptions;
  readonly #links = new Links();
  #server: Server | undefined;

  constructor(options: SubjectOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async connect(): Promise<Link> {
    const server = this.#server as Server;
    const accepted = once(server, "connection");
    const { port } = server.address() as AddressInfo;
    const endpoint = new WebSocket(`ws://127.0.0.1:${port}`, [], this.#options.client);
    const [socket] = (await accepted) as [Socket];
    const peer = new WirePeer(socket, false);
    const link = this.#links.add(socket, endpoint, peer);
    const opened = once(endpoint, "open");
    answerHandshake(peer.socket, await peer.head(), this.#options.answer);
    await opened;
    return link;
  }

  drop(): Promise<void> {
    return this.#links.drop();
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

/** Accepts the opening handshake whose head is given, as a server would. */
export function answerHandshake(socket: Socket, head: string, extensions?: string): void {
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}${SUFFIX}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
      `${extensions === undefined ? "" : `Sec-WebSocket-Extensions: ${extensions}\r\n`}\r\n`,
  );
}
