import type { IncomingMessage } from "node:http";
import { type ParsedUrlQuery, parse } from "node:querystring";
import type { CloseReason, Socket as EngineSocket, SocketConsumer } from "@towline/engine.io";
import { PACKET_TYPE, type SocketPacket as Packet, ProtocolError } from "@towline/socket.io-parser";
import createDebug from "debug";
import { ClientNames } from "./compat.ts";
import { consumeForeign, isForeign } from "./foreign-connection.ts";
import type { Namespace } from "./namespace.ts";
import type { IncomingReader, PacketCodec, PacketPart } from "./packet-codec.ts";
import type { PreparedPacket } from "./prepared-packet.ts";
import { type SendFlags, sendOptions } from "./send-flags.ts";
import type { Socket } from "./socket.ts";
import type { DisconnectReason } from "./socket-types.ts";

const debug = createDebug("socket.io:client");

/** Any socket, whatever its events: a connection carries packets, not types. */
// biome-ignore lint/suspicious/noExplicitAny: a socket of one map is no socket of another, yet all are carried alike.
export type AnySocket = Socket<any, any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type AnyNamespace = Namespace<any, any, any, any>;

/** All that a client needs of the server. */
export interface ClientHost {
  readonly opts: { readonly connectTimeout: number; readonly attachmentTimeout: number };
  readonly codec: PacketCodec;
  /** @param onFound told at once, or later when a pattern of the application's takes its time. */
  findNamespace(name: string, auth: Auth, onFound: (namespace: AnyNamespace | undefined) => void): void;
}

export type Auth = Readonly<Record<string, unknown>>;

/** What came with the request to join a namespace. */
export interface JoinRequest {
  readonly auth: Auth;
  readonly query: ParsedUrlQuery | undefined;
}

/** Tells a request from an earlier one for the same namespace, which the client has taken back. */
export type Ticket = object;

/** Most clients say nothing when they join, and each socket keeps what was said. */
const PLAIN_REQUEST: JoinRequest = Object.freeze({ auth: Object.freeze({}), query: undefined });
const NO_FLAGS: SendFlags = Object.freeze({});

/** Namespaces that a client was put out of and that are remembered. More than that are on the way to nobody. */
const MAX_LEFT = 64;

/** One connection, and its sockets: one per namespace. */
export class Client extends ClientNames implements SocketConsumer {
  readonly conn: EngineSocket;
  readonly #host: ClientHost;
  readonly #reader: IncomingReader;
  readonly #isForeign: boolean;
  /** One that middlewares still look at is there as well, so that nobody joins twice. */
  #socket: AnySocket | undefined;
  /** Further ones by namespace. Most clients have none, and a map for each would be a good part of what they cost. */
  #others: Map<string, AnySocket> | undefined;
  /** Requests whose namespace is still looked for, or whose socket is still being recovered, by namespace. */
  #joining: Map<string, Ticket> | undefined;
  /** Namespaces it was put out of. Packets for them may still be under way: that is nobody's fault. */
  #left: Set<string> | undefined;
  #connectTimer: NodeJS.Timeout | undefined;
  /** Runs while a packet waits for its attachments. */
  #attachmentTimer: NodeJS.Timeout | undefined;

  constructor(host: ClientHost, conn: EngineSocket) {
    super();
    this.#host = host;
    this.conn = conn;
    this.#reader = host.codec.createReader((packet) => this.#onPacket(packet));
    this.#isForeign = isForeign(conn);
    if (this.#isForeign) consumeForeign(conn, this);
    else conn.consumer = this;
    this.#connectTimer = setTimeout(() => {
      debug("no namespace joined in time");
      this.close();
    }, host.opts.connectTimeout);
    // Revision 4 of Socket.IO: the server puts every connection into "/" itself.
    if (conn.protocol === 3) this.#join("/", PLAIN_REQUEST);
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

  /** @throws {TypeError} when the packet cannot be encoded. */
  send(packet: Packet, flags: SendFlags = NO_FLAGS): void {
    this.write(this.#host.codec.encode(packet), flags);
  }

  sendPrepared(prepared: PreparedPacket, flags: SendFlags): void {
    if (flags.volatile === true && !this.#keepsUp) return;
    if (this.#isForeign) prepared.sendPlain(this.conn, flags);
    else prepared.sendTo(this.conn, flags);
  }

  /** Sends the parts of a packet that is encoded already. */
  protected override write(parts: readonly PacketPart[], flags: SendFlags): void {
    if (flags.volatile === true && !this.#keepsUp) {
      debug("volatile packet dropped: the transport is not ready");
      return;
    }
    const options = sendOptions(flags);
    for (const part of parts) this.conn.send(part, options);
  }

  /** Closes the connection, and with it every socket. */
  close(reason: DisconnectReason = "forced server close"): void {
    if (this.conn.readyState !== "open") return;
    this.onClose(reason);
    this.conn.close();
  }

  /** Disconnects every socket, then the connection. */
  disconnect(): void {
    for (const socket of this.#sockets()) socket.disconnect();
    this.close();
  }

  /** Whether the client still waits for the answer to a request. */
  isJoining(name: string, ticket: Ticket): boolean {
    return this.conn.readyState === "open" && this.#joining?.get(name) === ticket;
  }

  /** Called by a namespace that has made a socket of this client, before that is let in. */
  add(socket: AnySocket): void {
    this.#endJoining(socket.nsp.name);
    if (this.#socket === undefined) this.#socket = socket;
    else (this.#others ??= new Map()).set(socket.nsp.name, socket);
  }

  /** Called by a socket that has left its namespace. */
  remove(socket: AnySocket, isServersWish: boolean): void {
    const { name } = socket.nsp;
    if (this.#socketIn(name) !== socket) return;
    if (this.#socket === socket) this.#socket = undefined;
    else this.#others?.delete(name);
    if (isServersWish) this.#rememberLeft(name);
  }

  /** Called by a socket that has joined its namespace. */
  onJoined(): void {
    clearTimeout(this.#connectTimer);
    this.#connectTimer = undefined;
  }

  onMessage(data: string | Uint8Array): void {
    let packet: Packet | undefined;
    try {
      packet = typeof data === "string" ? this.#reader.addText(data) : this.#reader.addBinary(data);
    } catch (error) {
      this.#onMalformed(error as Error);
      return;
    }
    if (this.#reader.isWaiting) this.#awaitAttachments();
    else this.#endAttachments();
    for (; packet !== undefined; packet = this.#reader.next?.()) this.#onPacket(packet);
  }

  onClose(given: CloseReason | DisconnectReason, description?: Error): void {
    // Applications have lists of all reasons there are, and this one is not in them.
    const reason = given === "send buffer overflow" ? "transport error" : given;
    clearTimeout(this.#connectTimer);
    this.#endAttachments();
    this.conn.consumer = undefined;
    this.#reader.reset();
    for (const socket of this.#sockets()) socket.onClose(reason, description);
  }

  /** Whether the client keeps up: what is volatile must not be what fills a slow one's buffers. */
  get #keepsUp(): boolean {
    return this.conn.transport.writable && !this.conn.isBehind;
  }

  #sockets(): AnySocket[] {
    const others = this.#others === undefined ? [] : [...this.#others.values()];
    return this.#socket === undefined ? others : [this.#socket, ...others];
  }

  #socketIn(name: string): AnySocket | undefined {
    return this.#socket?.nsp.name === name ? this.#socket : this.#others?.get(name);
  }

  #onMalformed(error: Error): void {
    debug("malformed packet: %s", error.message);
    this.onClose("parse error", error);
    this.conn.close();
  }

  #awaitAttachments(): void {
    this.#attachmentTimer ??= setTimeout(
      () => this.#onMalformed(new ProtocolError("SIO_ATTACHMENTS_LATE")),
      this.#host.opts.attachmentTimeout,
    );
  }

  #endAttachments(): void {
    if (this.#attachmentTimer === undefined) return;
    clearTimeout(this.#attachmentTimer);
    this.#attachmentTimer = undefined;
  }

  #onPacket(packet: Packet): void {
    const name = this.revision === 4 ? withoutQuery(packet.nsp) : packet.nsp;
    const socket = this.#socketIn(name);
    const isForSocket = packet.type !== PACKET_TYPE.CONNECT && packet.type !== PACKET_TYPE.CONNECT_ERROR;
    if (socket !== undefined && isForSocket) socket.onPacket(packet);
    // Asked for twice before there was an answer: one is due.
    else if (packet.type === PACKET_TYPE.CONNECT && (socket?.isJoining ?? this.#joining?.has(name)) === true)
      debug("%s is being joined already", name);
    else if (this.#joining?.has(name) === true && packet.type === PACKET_TYPE.DISCONNECT)
      this.#endJoining(name);
    else if (socket === undefined && packet.type === PACKET_TYPE.CONNECT)
      this.#join(name, this.revision === 4 ? requestIn(packet.nsp) : requestOf(packet));
    else if (socket !== undefined || !this.#isLate(packet.type, name)) {
      debug("packet of type %d for namespace %s makes no sense now", packet.type, name);
      this.close("forced close");
    }
  }

  /**
   * Whether a packet may have been under way when its socket was put out: or is the answer of a handler that was still at
   * work when its client left by itself.
   */
  #isLate(type: Packet["type"], name: string): boolean {
    return type === PACKET_TYPE.ACK || type === PACKET_TYPE.BINARY_ACK || this.#left?.has(name) === true;
  }

  #join(name: string, request: JoinRequest): void {
    const ticket: Ticket = {};
    (this.#joining ??= new Map()).set(name, ticket);
    this.#host.findNamespace(name, request.auth, (namespace) => {
      if (!this.isJoining(name, ticket)) namespace?.dropIfEmpty();
      else if (namespace !== undefined) namespace.join(this, request, ticket);
      else {
        this.#endJoining(name);
        this.send(refusalOf(this.revision, name, new Error("Invalid namespace")));
      }
    });
  }

  #endJoining(name: string): void {
    this.#joining?.delete(name);
    // Most clients join once: an empty map would stay with each of them.
    if (this.#joining?.size === 0) this.#joining = undefined;
  }

  #rememberLeft(name: string): void {
    const left = (this.#left ??= new Set());
    left.add(name);
    for (const oldest of left) {
      if (left.size <= MAX_LEFT) break;
      left.delete(oldest);
    }
  }
}

/** The packet that tells a client that it may not join. */
export function refusalOf(revision: 4 | 5, nsp: string, error: Error & { data?: unknown }): Packet {
  const { message, data } = error;
  // Revision 4 carries the data of an error when it has any, else its message.
  const payload = revision === 4 ? (data ?? message) : data === undefined ? { message } : { message, data };
  return { type: PACKET_TYPE.CONNECT_ERROR, nsp, data: payload };
}

const requestOf = ({ data }: Packet): JoinRequest =>
  data === undefined ? PLAIN_REQUEST : { auth: data as Auth, query: undefined };

/** Clients of revision 4 write the query of a namespace behind its name, and have no other way to say who they are. */
function requestIn(nsp: string): JoinRequest {
  const query = parse(nsp.slice(withoutQuery(nsp).length + 1));
  const last = Object.entries(query).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.at(-1) : value,
  ]);
  return { auth: Object.fromEntries(last), query };
}

function withoutQuery(nsp: string): string {
  const start = nsp.indexOf("?");
  return start === -1 ? nsp : nsp.slice(0, start);
}
