import { randomBytes } from "node:crypto";
import type { Connection, Parser } from "./connection.ts";
import { encodeClientFrame, encodeServerFrame, readServerFrame } from "./frame.ts";
import { LoadFailure } from "./load-failure.ts";

/** The bytes of one message and of the one right answer to it. */
export interface Exchange {
  readonly request: Buffer;
  readonly answer: Buffer;
}

/** What the load generator speaks to a server. */
export interface Dialect {
  /** Holds the opening conversation. Rejects with `LoadFailure` when the server does not play its part. */
  open(connection: Connection): Promise<void>;
  /** Encodes an echo of `text`. */
  exchange(text: string): Exchange;
  /** A frame the server may send of itself at any time, and what to answer. */
  readonly heartbeat?: { readonly ping: Buffer; readonly pong: Buffer };
}

const frame = (text: string): Buffer => encodeClientFrame(text, randomBytes(4));

const framedExchange = (text: string): Exchange => ({
  request: frame(text),
  answer: encodeServerFrame(text),
});

const responseHead: Parser<string> = (bytes) => {
  const end = bytes.indexOf("\r\n\r\n");
  return end < 0 ? undefined : { value: bytes.toString("latin1", 0, end), size: end + 4 };
};

function expectStart(what: string, got: string, start: string): void {
  if (!got.startsWith(start))
    throw new LoadFailure(
      `${what}: expected ${JSON.stringify(start)}…, got ${JSON.stringify(got.slice(0, 80))}`,
    );
}

async function upgrade(connection: Connection, path: string): Promise<void> {
  const request = [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "\r\n",
  ];
  connection.write(Buffer.from(request.join("\r\n")));
  expectStart("WebSocket handshake", await connection.read(responseHead), "HTTP/1.1 101 ");
}

/** Raw TCP: the same bytes as below, without any handshake, sent back as they are. */
export const tcp: Dialect = {
  open: async () => {},
  exchange(text) {
    const request = frame(text);
    return { request, answer: request };
  },
};

/** Plain WebSocket, carrying the same text as Socket.IO does. */
export const websocket: Dialect = {
  open: (connection) => upgrade(connection, "/"),
  exchange: framedExchange,
};

/** Socket.IO 5 in Engine.IO 4, WebSocket only. */
export const socketIo: Dialect = {
  async open(connection) {
    await upgrade(connection, "/socket.io/?EIO=4&transport=websocket");
    expectStart("Engine.IO handshake", await connection.read(readServerFrame), '0{"sid":');
    connection.write(frame("40"));
    expectStart("Socket.IO handshake", await connection.read(readServerFrame), '40{"sid":');
  },
  exchange: framedExchange,
  heartbeat: { ping: encodeServerFrame("2"), pong: frame("3") },
};
