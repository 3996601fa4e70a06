import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { EnginePacketType, PacketData } from "@towline/engine.io-parser";
import { forgetListeners, queryOf } from "./compat.ts";
import type { PreparedMessage } from "./prepared-message.ts";
import type { Server } from "./server.ts";
import { type CloseReason, Session, type SessionContext, type SessionOwner } from "./session.ts";
import {
  type BufferPolicy,
  MAY_COMPRESS,
  type OutgoingPacket,
  type PacketOptions,
  type SendCallback,
  type Transport,
} from "./transport.ts";

/** What may be sent. Views and `ArrayBuffer`s are not copied: do not change them until they are flushed. */
export type SendData = string | ArrayBuffer | ArrayBufferView;

/** Per-message options. */
export interface SendOptions {
  /** Whether the message may be compressed, where that is agreed on. Defaults to true. */
  readonly compress?: boolean | undefined;
}

const DO_NOT_COMPRESS: PacketOptions = Object.freeze({ compress: false });

/** Hears of messages and the close without an event in between. Set by the Socket.IO server on its connections. */
export interface SocketConsumer {
  onMessage(data: PacketData): void;
  onClose(reason: CloseReason, description: Error | undefined): void;
}

/** What to do when a message of `messageBytes` does not fit into what may wait for `socket`. */
export type OnBufferFull = (socket: Socket, bufferedAmount: number, messageBytes: number) => BufferPolicy;

/** What all sockets of a server share. */
export interface SocketContext extends SessionContext {
  readonly onBufferFull: OnBufferFull | undefined;
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
  /** Address of the client, as the connection of the handshake had it; "" when it is gone already. */
  readonly remoteAddress: string;
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
    forgetListeners(this);
    this.id = id;
    this.server = server;
    this.request = request;
    this.remoteAddress = request.socket.remoteAddress ?? "";
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

  /** Whether it has moved to another transport than it began with. */
  get upgraded(): boolean {
    return this.transport.name !== queryOf(this.request).transport;
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

  /** Bytes that were sent and that the network has not taken yet, about. `drain` tells when there are none any more. */
  get bufferedAmount(): number {
    return this.#session.bufferedAmount;
  }

  /** Whether the network has not yet taken all that was sent before this turn. */
  get isBehind(): boolean {
    return this.#session.isBehind;
  }

  /**
   * Sends a message.
   *
   * @param callback called with the transport when that has handed the message to the network.
   * @throws {TypeError} when `data` is neither text nor bytes.
   */
  send(data: SendData, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    if (typeof options === "function") return this.send(data, undefined, options);
    const packet = {
      type: "message",
      data: toPacketData(data),
      options: options?.compress === false ? DO_NOT_COMPRESS : MAY_COMPRESS,
    } as const;
    if (this.#session.isOpen) {
      this.onPacketCreate(packet);
      this.#session.send(packet, callback);
    }
    return this;
  }

  /** The same as {@link send}. */
  write(data: SendData, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    return this.send(data, options, callback);
  }

  /** Sends a message that goes to many sockets: it is encoded and framed once for all of them. */
  sendPrepared(prepared: PreparedMessage, options?: SendOptions): void {
    if (!this.#session.isOpen) return;
    const packet = {
      type: "message",
      data: prepared.data,
      options: options?.compress === false ? DO_NOT_COMPRESS : MAY_COMPRESS,
      prepared,
    } as const;
    this.onPacketCreate(packet);
    this.#session.send(packet);
  }

  /** Closes when everything sent so far is flushed; with `discard`, at once. */
  close(discard = false): void {
    this.#session.close(discard);
  }

  // Of what comes with every message, it is asked first whether anybody listens: an event for nobody costs more.

  onPacketCreate(packet: OutgoingPacket): void {
    if (this.listenerCount("packetCreate") > 0) this.emit("packetCreate", packet);
  }

  onPacket(type: EnginePacketType, data: PacketData | undefined): void {
    if (this.listenerCount("packet") > 0) this.emit("packet", data === undefined ? { type } : { type, data });
  }

  onMessage(data: PacketData): void {
    this.consumer?.onMessage(data);
    if (this.listenerCount("data") > 0) this.emit("data", data);
    this.emit("message", data);
  }

  onHeartbeat(): void {
    this.emit("heartbeat");
  }

  onFlush(packets: readonly OutgoingPacket[]): void {
    if (this.listenerCount("flush") > 0) this.emit("flush", packets);
    if (this.server.listenerCount("flush") > 0) this.server.emit("flush", this, packets);
  }

  onDrain(): void {
    if (this.listenerCount("drain") > 0) this.emit("drain");
    if (this.server.listenerCount("drain") > 0) this.server.emit("drain", this);
  }

  onBufferFull(bufferedBytes: number, messageBytes: number): BufferPolicy {
    return this.#context.onBufferFull?.(this, bufferedBytes, messageBytes) ?? "close";
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
}

function toPacketData(data: SendData): PacketData {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError(`A message must be a string, an ArrayBuffer or a view of one, got ${typeof data}`);
}
