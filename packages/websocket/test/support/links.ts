import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { TLSSocket, connect as tlsConnect } from "node:tls";
import { type ConnectionOptions, WebSocket, WebSocketServer } from "../../src/index.ts";
import { handshakeRequest } from "./raw-client.ts";
import { accept } from "./raw-server.ts";
import { TLS_CERT, TLS_KEY } from "./tls.ts";

export const DEFLATE = "permessage-deflate";

/** What a test may do to our side's peer. */
export interface Peer {
  /** Below TLS, if there is any: what resets or half-closes TCP. */
  readonly tcp: Socket;
  /** What frames are written to and read from. */
  readonly stream: Socket;
}

export interface Link extends Peer {
  readonly ours: WebSocket;
  /** Lets go of the listening sockets, and waits until no connection is left. */
  close(): Promise<void>;
}

export interface LinkKind {
  readonly role: "server" | "client";
  readonly tls: boolean;
  readonly deflate: boolean;
}

/** Every way for one of our sides to be connected to a peer that is a mere socket. */
export const LINK_KINDS: readonly LinkKind[] = (["server", "client"] as const).flatMap((role) =>
  [false, true].flatMap((tls) => [false, true].map((deflate) => ({ role, tls, deflate }))),
);

export const titleOf = ({ role, tls, deflate }: LinkKind): string =>
  `a ${role}, over ${tls ? "TLS" : "TCP"}${deflate ? ", with permessage-deflate" : ""}`;

export const openLink = (kind: LinkKind, options: ConnectionOptions = {}): Promise<Link> =>
  kind.role === "server" ? openServerLink(kind, options) : openClientLink(kind, options);

/** A plain socket to `port` that stays open on its own side. */
export async function dial(port: number): Promise<Socket> {
  const tcp = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  tcp.on("error", () => {});
  await once(tcp, "connect");
  return tcp;
}

/** The head of an HTTP message; what follows it is put back. */
export function readHead(stream: Socket): Promise<string> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end === -1) return;
      stream.off("data", onData).pause();
      if (end + 4 < received.length) stream.unshift(received.subarray(end + 4));
      resolve(received.toString("latin1", 0, end + 4));
    };
    stream.on("data", onData);
  });
}

export const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

export const closed = (server: { close(done: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => void server.close(() => resolve()));

export async function listening<T extends Server>(server: T): Promise<T> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function openServerLink({ tls, deflate }: LinkKind, options: ConnectionOptions): Promise<Link> {
  const http = await listening(
    tls ? createHttpsServer({ key: TLS_KEY, cert: TLS_CERT }) : createHttpServer(),
  );
  const server = new WebSocketServer({ ...options, server: http, perMessageDeflate: deflate });
  const connected = once(server, "connection");
  const tcp = await dial(portOf(http));
  const stream = tls ? tlsConnect({ socket: tcp, rejectUnauthorized: false }) : tcp;
  stream.allowHalfOpen = true;
  stream.on("error", () => {});
  if (stream !== tcp) await once(stream, "secureConnect");
  stream.write(handshakeRequest(deflate ? { "Sec-WebSocket-Extensions": DEFLATE } : {}));
  await readHead(stream);
  const [ours] = (await connected) as [WebSocket];
  const close = async () => {
    await closed(server);
    await closed(http);
  };
  return { ours, tcp, stream, close };
}

async function openClientLink({ tls, deflate }: LinkKind, options: ConnectionOptions): Promise<Link> {
  const listener = await listening(createServer({ allowHalfOpen: true }));
  const dialled = once(listener, "connection");
  const ours = new WebSocket(`${tls ? "wss" : "ws"}://127.0.0.1:${portOf(listener)}`, {
    ...options,
    perMessageDeflate: deflate,
    rejectUnauthorized: false,
  });
  const [tcp] = (await dialled) as [Socket];
  tcp.on("error", () => {});
  const stream = tls ? new TLSSocket(tcp, { isServer: true, key: TLS_KEY, cert: TLS_CERT }) : tcp;
  stream.allowHalfOpen = true;
  stream.on("error", () => {});
  const opened = once(ours, "open");
  const key = /^sec-websocket-key: (.*)\r$/im.exec(await readHead(stream))?.[1] ?? "";
  stream.write(accept({ key }, deflate ? [`Sec-WebSocket-Extensions: ${DEFLATE}`] : []));
  await opened;
  return { ours, tcp, stream, close: () => closed(listener) };
}
