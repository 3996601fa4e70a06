import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { PacketData, PacketType } from "@towline/engine.io-parser";
import type { PreparedMessage } from "./prepared-message.ts";
import type { Server } from "./server.ts";
import { type CloseReason, Session, type SessionContext, type SessionOwner } from "./session.ts";
import type { OutgoingPacket, Transport } from "./transport.ts";

/** What may be sent. Views and `ArrayBuffer`s are not copied: do not change them until they are flushed. */
export type SendData = string | ArrayBuffer | ArrayBufferView;

/** Per-message options, as in `engine.io`. Compression is not negotiated yet, so they change nothing. */
export interface SendOptions {
  readonly compress?: boolean;
}

/** Hears of messages and the close without an event in between. Set by the Socket.IO server on its connections. */
export interface SocketConsumer {
  onMessage(data: PacketData): void;
  onClose(reason: CloseReason, description: Error | undefined): void;
}

/** What all sockets of a server share. */
export interface SocketContext extends SessionContext {
  forget(socket: Socket, reason: CloseReason): void;
}

const READY_STATE = {
  opening: "opening",
  open: "open",
  probing: "open",
  upgrading: "open",
  upgraded: "open",
  settling: "closing",
  draining: "closing",
  closed: "closed",
} as const;

/**
 * One client of the server, over whichever transport it is on.
 *
 * Emits `message`/`data`, `packet`, `packetCreate`, `flush`, `drain`, `heartbeat`, `upgrading`, `upgrade`, `error`,
 * and `close(reason, description)` exactly once.
 */
export class Socket extends EventEmitter implements SessionOwner {
  readonly id: string;
  readonly server: Server;
  /** The request of the handshake. */
  readonly request: IncomingMessage;
  /** Address of the client, as the connection of the handshake had it. */
  readonly remoteAddress: string | undefined;
  consumer: SocketConsumer | undefined = undefined;
  readonly #context: SocketContext;
  readonly #session: Session;

  constructor(
    id: string,
    server: Server,
    transport: Transport,
    request: IncomingMessage,
    context: SocketContext,
  ) {
    super();
    this.id = id;
    this.server = server;
    this.request = request;
    this.remoteAddress = request.socket.remoteAddress;
    this.#context = context;
    this.#session = new Session(this, transport, context);
  }

  /** Revision of the Engine.IO protocol: 3 or 4. */
  get protocol(): 3 | 4 {
    return this.#session.codec.revision;
  }

  get transport(): Transport {
    return this.#session.transport;
  }

  get readyState(): "opening" | "open" | "closing" | "closed" {
    return READY_STATE[this.#session.state];
  }

  get upgrading(): boolean {
    return this.#session.state === "probing" || this.#session.state === "upgrading";
  }

  get upgraded(): boolean {
    return this.#session.state === "upgraded";
  }

  /** Packets that wait for the transport, oldest first. */
  get writeBuffer(): readonly OutgoingPacket[] {
    return this.#session.queued;
  }

  /** @internal Begins the session. The server calls it once, before anyone knows of the socket. */
  open(handshake: string): void {
    this.#session.open(handshake);
  }

  /** @internal Offers a transport to move to; false when the session cannot move now. */
  offer(candidate: Transport): boolean {
    return this.#session.offer(candidate);
  }

  /**
   * Sends a message.
   *
   * @param callback called when the transport has taken the message.
   * @throws {TypeError} when `data` is neither text nor bytes.
   */
  send(data: SendData, options?: SendOptions | (() => void), callback?: () => void): this {
    const onFlushed = typeof options === "function" ? options : callback;
    const packet = { type: "message", data: toPacketData(data) } as const;
    this.#send(onFlushed === undefined ? packet : { ...packet, onFlushed });
    return this;
  }

  /** The same as {@link send}. */
  write(data: SendData, options?: SendOptions | (() => void), callback?: () => void): this {
    return this.send(data, options, callback);
  }

  /** Sends a message that goes to many sockets: it is encoded and framed once for all of them. */
  sendPrepared(prepared: PreparedMessage): void {
    this.#send({ type: "message", data: prepared.data, prepared });
  }

  /** Closes when everything sent so far is flushed; with `discard`, at once. */
  close(discard = false): void {
    this.#session.close(discard);
  }

  onPacket(type: PacketType, data: PacketData | undefined): void {
    // Asked first: on the way of every message, nothing is made that nobody wants.
    if (this.listenerCount("packet") > 0) this.emit("packet", data === undefined ? { type } : { type, data });
  }

  onMessage(data: PacketData): void {
    this.consumer?.onMessage(data);
    this.emit("data", data);
    this.emit("message", data);
  }

  onHeartbeat(): void {
    this.emit("heartbeat");
  }

  onFlush(packets: readonly OutgoingPacket[]): void {
    this.emit("flush", packets);
    this.server.emit("flush", this, packets);
  }

  onDrain(): void {
    this.emit("drain");
    this.server.emit("drain", this);
  }

  onUpgrading(transport: Transport): void {
    this.emit("upgrading", transport);
  }

  onUpgrade(transport: Transport): void {
    this.emit("upgrade", transport);
  }

  onClose(reason: CloseReason, description: Error | undefined): void {
    this.#context.forget(this, reason);
    this.consumer?.onClose(reason, description);
    this.emit("close", reason, description);
  }

  #send(packet: OutgoingPacket): void {
    if (!this.#session.isOpen) return;
    this.emit("packetCreate", packet);
    this.#session.send(packet);
  }
}

function toPacketData(data: SendData): PacketData {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError(`A message must be a string, an ArrayBuffer or a view of one, got ${typeof data}`);
}
