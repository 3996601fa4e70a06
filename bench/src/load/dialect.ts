import type { Connection } from "./connection.ts";
import { expectStart } from "./expect-start.ts";
import { encodeServerFrame, readServerFrame } from "./frame.ts";
import type { Payload } from "./payload.ts";
import { clientFrame, closeWebSocket, textFrame, upgrade } from "./websocket-conversation.ts";

/** The bytes of one message and of the one right answer to it. */
export interface Exchange {
  readonly request: Buffer;
  readonly answer: Buffer;
}

/** Encodes an echo of `payload`. */
export type Exchanger = (payload: Payload) => Exchange;

/** What the load generator speaks to a server. */
export interface Dialect {
  /** Holds the opening conversation. Rejects with `LoadFailure` when the server does not play its part. */
  open(connection: Connection): Promise<void>;
  /** Holds the closing conversation, to the end of the connection. Rejects in the same way. */
  close(connection: Connection): Promise<void>;
  readonly exchange: Exchanger;
  /** A frame the server may send of itself at any time, and what to answer. */
  readonly heartbeat?: { readonly ping: Buffer; readonly pong: Buffer };
}

const framedExchange: Exchanger = ({ kind, bytes }) => ({
  request: clientFrame(kind, bytes),
  answer: encodeServerFrame(kind, bytes),
});

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

async function openEngine(connection: Connection, path: string): Promise<void> {
  await upgrade(connection, `${path}?EIO=4&transport=websocket`);
  expectStart("Engine.IO handshake", await connection.read(readServerFrame), '0{"sid":');
}

const ENGINE_HEARTBEAT = { ping: encodeServerFrame("text", Buffer.from("2")), pong: textFrame("3") };

/** Engine.IO 4, WebSocket only. */
export const engineIo: Dialect = {
  open: (connection) => openEngine(connection, "/engine.io/"),
  close: closeWebSocket,
  exchange: framedExchange,
  heartbeat: ENGINE_HEARTBEAT,
};

/** Socket.IO 5 in Engine.IO 4, WebSocket only. */
export const socketIo: Dialect = {
  async open(connection) {
    await openEngine(connection, "/socket.io/");
    connection.write(textFrame("40"));
    expectStart("Socket.IO handshake", await connection.read(readServerFrame), '40{"sid":');
  },
  close: closeWebSocket,
  exchange: framedExchange,
  heartbeat: ENGINE_HEARTBEAT,
};
