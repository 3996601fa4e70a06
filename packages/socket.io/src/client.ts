import type { IncomingMessage } from "node:http";
import { type ParsedUrlQuery, parse } from "node:querystring";
import type { CloseReason, Socket as EngineSocket, SocketConsumer } from "@towline/engine.io";
import { encode, PACKET_TYPE, type Packet, PacketReader, ProtocolError } from "@towline/socket.io-parser";
import createDebug from "debug";
import type { Namespace } from "./namespace.ts";
import { type PreparedPacket, toBytes } from "./prepared-packet.ts";
import type { DisconnectReason, Socket } from "./socket.ts";

const debug = createDebug("socket.io:client");

/** Any socket, whatever its events: a connection carries packets, not types. */
// biome-ignore lint/suspicious/noExplicitAny: a socket of one map is no socket of another, yet all are carried alike.
export type AnySocket = Socket<any, any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type AnyNamespace = Namespace<any, any, any, any>;

/** All that a client needs of the server. */
export interface ClientHost {
  readonly connectTimeoutMs: number;
  findNamespace(name: string): AnyNamespace | undefined;
}

/** What came with the request to join a namespace. */
export interface JoinRequest {
  readonly auth: Record<string, unknown>;
  readonly query: ParsedUrlQuery | undefined;
}

const NO_AUTH: Readonly<Record<string, unknown>> = Object.freeze({});

/** One connection, and its sockets: one per namespace. */
export class Client implements SocketConsumer {
  readonly conn: EngineSocket;
  readonly #host: ClientHost;
  readonly #reader: PacketReader;
  /** Sockets by namespace; one that middlewares still look at is there as well, so nobody joins twice. */
  readonly #sockets = new Map<string, AnySocket>();
  /** Namespaces it was in. Packets for them may still be under way: that is nobody's fault. */
  #left: Set<string> | undefined;
  /** What the reader has put together; acted upon outside of the `try` that guards the reading. */
  #decoded: Packet | undefined;
  #connectTimer: NodeJS.Timeout | undefined;

  constructor(host: ClientHost, conn: EngineSocket) {
    this.#host = host;
    this.conn = conn;
    this.#reader = new PacketReader((packet) => {
      this.#decoded = packet;
    });
    conn.consumer = this;
    if (conn.protocol === 3) {
      // Revision 4 of Socket.IO: the server puts every connection into "/" itself.
      this.#join("/", { auth: NO_AUTH, query: undefined });
    } else {
      this.#connectTimer = setTimeout(() => {
        debug("no namespace joined in time");
        this.close();
      }, host.connectTimeoutMs);
    }
  }

  /** Id of the connection. */
  get id(): string {
    return this.conn.id;
  }

  /** The request that opened the connection. */
  get request(): IncomingMessage {
    return this.conn.request;
  }

  /** Which revision of Socket.IO the client speaks. */
  get revision(): 4 | 5 {
    return this.conn.protocol === 3 ? 4 : 5;
  }

  send(packet: Packet): void {
    const { text, attachments } = encode(packet);
    this.conn.send(text);
    for (const attachment of attachments) this.conn.send(toBytes(attachment));
  }

  sendPrepared(prepared: PreparedPacket): void {
    prepared.sendTo(this.conn);
  }

  /** Closes the connection, and with it every socket, as the server's wish. */
  close(): void {
    if (this.conn.readyState !== "open") return;
    this.conn.close();
    this.onClose("forced server close");
  }

  /** Disconnects every socket, then the connection. */
  disconnect(): void {
    for (const socket of [...this.#sockets.values()]) socket.disconnect();
    this.close();
  }

  /** Called by a socket that has left its namespace. */
  remove(socket: AnySocket): void {
    const { name } = socket.nsp;
    if (this.#sockets.get(name) !== socket) return;
    this.#sockets.delete(name);
    (this.#left ??= new Set()).add(name);
  }

  /** Called by a socket that has joined its namespace. */
  onJoined(): void {
    clearTimeout(this.#connectTimer);
  }

  onMessage(data: string | Uint8Array): void {
    try {
      if (typeof data === "string") this.#reader.addText(data);
      else this.#reader.addBinary(data);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      debug("malformed packet: %s", error.message);
      this.onClose("parse error", error);
      this.conn.close();
      return;
    }
    const packet = this.#decoded;
    this.#decoded = undefined;
    if (packet !== undefined) this.#onPacket(packet);
  }

  onClose(reason: CloseReason | DisconnectReason, description?: Error): void {
    clearTimeout(this.#connectTimer);
    this.conn.consumer = undefined;
    this.#reader.reset();
    for (const socket of [...this.#sockets.values()]) socket.onClose(reason, description);
  }

  #onPacket(packet: Packet): void {
    const { path, query } = splitQuery(packet.nsp);
    const socket = this.#sockets.get(path);
    const isForSocket = packet.type !== PACKET_TYPE.CONNECT && packet.type !== PACKET_TYPE.CONNECT_ERROR;
    if (socket !== undefined && isForSocket) socket.onPacket(packet);
    else if (socket === undefined && packet.type === PACKET_TYPE.CONNECT)
      this.#join(path, { auth: authOf(packet), query });
    else if (socket !== undefined || this.#left?.has(path) !== true) {
      debug(
        "packet of type %d for namespace %s, which the client is %s",
        packet.type,
        path,
        socket ? "in" : "not in",
      );
      this.close();
    }
  }

  #join(name: string, request: JoinRequest): void {
    const namespace = this.#host.findNamespace(name);
    if (namespace === undefined) {
      this.send(refusalOf(this.revision, name, new Error("Invalid namespace")));
      return;
    }
    const socket = namespace.createSocket(this, request);
    this.#sockets.set(name, socket);
    namespace.admit(socket);
  }
}

/** The packet that tells a client that it may not join. */
export function refusalOf(revision: 4 | 5, nsp: string, error: Error & { data?: unknown }): Packet {
  const { message, data } = error;
  // Revision 4 carries the data of an error when it has any, else its message.
  const payload = revision === 4 ? (data ?? message) : data === undefined ? { message } : { message, data };
  return { type: PACKET_TYPE.CONNECT_ERROR, nsp, data: payload };
}

const authOf = ({ data }: Packet): Record<string, unknown> => (data ?? NO_AUTH) as Record<string, unknown>;

/** Clients of revision 4 write the query of a namespace behind its name. */
function splitQuery(nsp: string): { path: string; query: ParsedUrlQuery | undefined } {
  const start = nsp.indexOf("?");
  return start === -1
    ? { path: nsp, query: undefined }
    : { path: nsp.slice(0, start), query: parse(nsp.slice(start + 1)) };
}
