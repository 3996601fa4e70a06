import { createHash, randomBytes } from "node:crypto";
import type { Connection, Parser } from "./connection.ts";
import { encodeClientFrame, encodeServerFrame, type FrameKind, readServerFrame } from "./frame.ts";
import { LoadFailure } from "./load-failure.ts";
import type { Payload } from "./payload.ts";

/** The bytes of one message and of the one right answer to it. */
export interface Exchange {
  readonly request: Buffer;
  readonly answer: Buffer;
}

/** What the load generator speaks to a server. */
export interface Dialect {
  /** Holds the opening conversation. Rejects with `LoadFailure` when the server does not play its part. */
  open(connection: Connection): Promise<void>;
  /** Holds the closing conversation, to the end of the connection. Rejects in the same way. */
  close(connection: Connection): Promise<void>;
  /** Encodes an echo of `payload`. */
  exchange(payload: Payload): Exchange;
  /** A frame the server may send of itself at any time, and what to answer. */
  readonly heartbeat?: { readonly ping: Buffer; readonly pong: Buffer };
}

/** What a server adds to the key before it hashes it (RFC 6455 §1.3). */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Status 1000. */
const CLOSE_PAYLOAD = Buffer.from("03e8", "hex");

const clientFrame = (kind: FrameKind, payload: Buffer): Buffer =>
  encodeClientFrame(kind, payload, randomBytes(4));
const textFrame = (text: string): Buffer => clientFrame("text", Buffer.from(text));

const framedExchange = ({ kind, bytes }: Payload): Exchange => ({
  request: clientFrame(kind, bytes),
  answer: encodeServerFrame(kind, bytes),
});

const responseHead: Parser<string> = (bytes) => {
  const end = bytes.indexOf("\r\n\r\n");
  return end < 0 ? undefined : { value: bytes.toString("latin1", 0, end), size: end + 4 };
};

const someBytes =
  (size: number): Parser<string> =>
  (bytes) =>
    bytes.length < size ? undefined : { value: bytes.toString("hex", 0, size), size };

function expectStart(what: string, got: string, start: string): void {
  if (!got.startsWith(start))
    throw new LoadFailure(
      `${what}: expected ${JSON.stringify(start)}…, got ${JSON.stringify(got.slice(0, 80))}`,
    );
}

function expectAccept(head: string, key: string): void {
  const accept = createHash("sha1")
    .update(key + KEY_SUFFIX)
    .digest("base64");
  const got = /^sec-websocket-accept: *(\S*)/im.exec(head)?.[1];
  if (got !== accept)
    throw new LoadFailure(`WebSocket handshake: expected the accept key ${accept}, got ${got ?? "none"}`);
}

async function upgrade(connection: Connection, path: string): Promise<void> {
  const key = randomBytes(16).toString("base64");
  const request = [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    "\r\n",
  ];
  connection.write(Buffer.from(request.join("\r\n")));
  const head = await connection.read(responseHead);
  expectStart("WebSocket handshake", head, "HTTP/1.1 101 ");
  expectAccept(head, key);
}

/** The closing handshake (RFC 6455 §7): the server sends the status back and then closes the connection. */
async function closeWebSocket(connection: Connection): Promise<void> {
  const answer = encodeServerFrame("close", CLOSE_PAYLOAD);
  connection.write(clientFrame("close", CLOSE_PAYLOAD));
  const got = await connection.read(someBytes(answer.length));
  expectStart("closing handshake", got, answer.toString("hex"));
  await connection.closed();
}

/** Raw TCP: the same bytes as below, without any handshake, sent back as they are. */
export const tcp: Dialect = {
  open: (connection) => connection.connected(),
  async close(connection) {
    connection.end();
    await connection.closed();
  },
  exchange({ kind, bytes }) {
    const request = clientFrame(kind, bytes);
    return { request, answer: request };
  },
};

/** Plain WebSocket. */
export const websocket: Dialect = {
  open: (connection) => upgrade(connection, "/"),
  close: closeWebSocket,
  exchange: framedExchange,
};

/** Socket.IO 5 in Engine.IO 4, WebSocket only. */
export const socketIo: Dialect = {
  async open(connection) {
    await upgrade(connection, "/socket.io/?EIO=4&transport=websocket");
    expectStart("Engine.IO handshake", await connection.read(readServerFrame), '0{"sid":');
    connection.write(textFrame("40"));
    expectStart("Socket.IO handshake", await connection.read(readServerFrame), '40{"sid":');
  },
  close: closeWebSocket,
  exchange: framedExchange,
  heartbeat: { ping: encodeServerFrame("text", Buffer.from("2")), pong: textFrame("3") },
};
