import { Emitter } from "@socket.io/component-emitter";
import { clockFor, inTurn, resolveOptions } from "@towline/core";
import type { EnginePacket } from "@towline/engine.io-parser";
import yeast from "yeast";
import { createDebug } from "#debug";
import { type BinaryType, defaultBinaryType, pageLocation, watchNetwork } from "#platform";
import { fromPacketData, type RawData, toPacketData } from "./binary.ts";
import { findEndpoint, originOf, requestUrl } from "./endpoint.ts";
import type { HandshakeData } from "./handshake.ts";
import { SOCKET_OPTIONS, type SocketOptions } from "./options.ts";
import { RevisionMemory } from "./revision.ts";
import type { OutgoingPacket } from "./send-queue.ts";
import { type CloseReason, Session, type SessionConfig, type SessionSink } from "./session.ts";
import { type CloseDetails, type Transport, TransportError } from "./transport.ts";
import { createTransports } from "./transports.ts";

const debug = createDebug("engine.io-client:socket");

export type ReadyState = "opening" | "open" | "closing" | "closed";

export interface WriteOptions {
  /** Accepted for the sake of `engine.io-client`; messages are not compressed yet. */
  compress?: boolean | undefined;
}

/** Events of a `Socket`, with what their listeners get. */
export interface SocketEvents {
  open: () => void;
  handshake: (data: HandshakeData) => void;
  packet: (packet: EnginePacket) => void;
  packetCreate: (packet: OutgoingPacket) => void;
  data: (data: RawData) => void;
  message: (data: RawData) => void;
  /** Nothing waits to be sent any more. */
  drain: () => void;
  /** What waited was handed to the transport. */
  flush: () => void;
  heartbeat: () => void;
  ping: () => void;
  pong: () => void;
  error: (error: Error) => void;
  upgrading: (transport: Transport) => void;
  upgrade: (transport: Transport) => void;
  upgradeError: (error: Error) => void;
  close: (reason: CloseReason, description?: Error | CloseDetails) => void;
}

const memory = new RevisionMemory();

/**
 * An Engine.IO connection: opened by its construction, closed once, never reused.
 *
 * @example
 * const socket = new Socket("https://example.com");
 * socket.on("open", () => socket.send("hello"));
 * socket.on("message", (data) => console.log(data));
 */
export class Socket extends Emitter<Record<never, never>, Record<never, never>, SocketEvents> {
  /** The newest protocol revision that is spoken; older servers are spoken to in theirs. */
  static readonly protocol = 4;
  /** Whether the last attempt at WebSocket succeeded: see the option `rememberUpgrade`. */
  static priorWebsocketSuccess = false;

  /** How bytes are handed to listeners: "nodebuffer" in Node, "arraybuffer" in browsers. */
  binaryType: BinaryType = defaultBinaryType;
  readonly opts: SocketOptions;
  readonly #session: Session;
  #unwatch: (() => void) | undefined;

  /**
   * Opens a connection.
   *
   * @param uri where the server is; its path is ignored, see the option `path`. Without it the options say where.
   * @throws {TypeError} for an address or an option that makes no sense.
   */
  constructor(uri?: string | SocketOptions, opts: SocketOptions = {}) {
    super();
    const [address, given] = typeof uri === "object" ? [undefined, uri] : [uri, opts];
    this.opts = given;
    this.#session = new Session(configure(address, given), clockFor(given), this.#listen());
    this.#unwatch = watchNetwork(
      (description) => this.#session.abort("transport close", { description }),
      given.closeOnBeforeunload === true,
    );
    this.#session.open();
  }

  /** The session's id, which the server gave; undefined before the handshake and after the end. */
  get id(): string | undefined {
    return this.#session.state === "closed" ? undefined : this.#session.handshake?.sid;
  }

  get readyState(): ReadyState {
    const { state } = this.#session;
    if (state === "opening" || state === "detecting") return "opening";
    return state === "closing" || state === "closed" ? state : "open";
  }

  /** What carries the packets now. */
  get transport(): Transport {
    return this.#session.transport;
  }

  /** The protocol revision of this connection, or undefined while it is not known. */
  get revision(): 3 | 4 | undefined {
    return this.#session.revision;
  }

  /** Packets that wait to be sent. */
  get writeBuffer(): readonly EnginePacket[] {
    return this.#session.queued;
  }

  /**
   * Sends a message; `onSent` is called once it was handed to the transport. Without effect once closing.
   *
   * @throws {TypeError} for an object that holds no bytes.
   */
  send(data: RawData, options?: WriteOptions | (() => void), onSent?: () => void): this {
    const callback = typeof options === "function" ? options : onSent;
    this.#session.send({ type: "message", data: toPacketData(data), onSent: callback });
    return this;
  }

  /** The same as `send`. */
  write(data: RawData, options?: WriteOptions | (() => void), onSent?: () => void): this {
    return this.send(data, options, onSent);
  }

  /** Closes the connection once all that was sent before is on its way. */
  close(): this {
    this.#session.close();
    return this;
  }

  /**
   * Whether the server has been heard of in time. If not (the computer slept, the tab was throttled), the connection is
   * closed with "ping timeout" right after this call.
   */
  checkAlive(): boolean {
    if (!this.#session.overdue) return true;
    queueMicrotask(() => this.#session.abort("ping timeout"));
    return false;
  }

  #listen(): SessionSink {
    return {
      onHandshake: (handshake) => void this.emitReserved("handshake", handshake),
      onOpen: () => this.#onOpen(),
      onPacket: (packet) => this.#onPacket(packet),
      onPacketCreate: (packet) => void this.emitReserved("packetCreate", packet),
      onUpgrading: (transport) => void this.emitReserved("upgrading", transport),
      onUpgrade: (transport) => this.#onUpgrade(transport),
      onUpgradeError: (error) => void this.emitReserved("upgradeError", error),
      onFlush: () => void this.emitReserved("flush"),
      onDrain: () => void this.emitReserved("drain"),
      onClose: (reason, description) => this.#onClose(reason, description),
    };
  }

  #onOpen(): void {
    debug?.("open, id %s, revision %d, over %s", this.id, this.revision, this.transport.name);
    Socket.priorWebsocketSuccess = this.transport.name === "websocket";
    this.emitReserved("open");
  }

  #onPacket(packet: EnginePacket): void {
    inTurn(
      () => this.emitReserved("packet", packet),
      () => this.emitReserved("heartbeat"),
      () => packet.type === "message" && this.#onMessage(packet),
      // A ping of the server and our answer to it are told as one, as the reference does.
      () => packet.type === "ping" && this.emitReserved("ping"),
      () => (packet.type === "ping" || packet.type === "pong") && this.emitReserved("pong"),
    );
  }

  #onMessage(packet: EnginePacket): void {
    const data = fromPacketData(packet.data ?? "", this.binaryType);
    inTurn(
      () => this.emitReserved("data", data),
      () => this.emitReserved("message", data),
    );
  }

  #onUpgrade(transport: Transport): void {
    debug?.("upgraded to %s", transport.name);
    Socket.priorWebsocketSuccess = transport.name === "websocket";
    this.emitReserved("upgrade", transport);
  }

  #onClose(reason: CloseReason, description: Error | CloseDetails | undefined): void {
    debug?.("close: %s", reason);
    this.#unwatch?.();
    if (description instanceof TransportError) Socket.priorWebsocketSuccess = false;
    inTurn(
      () => description instanceof Error && this.emitReserved("error", description),
      () => this.emitReserved("close", reason, description),
    );
  }
}

function configure(uri: string | undefined, given: SocketOptions): SessionConfig {
  const options = resolveOptions(SOCKET_OPTIONS, given);
  const endpoint = findEndpoint(uri, given, pageLocation);
  const path = options.path.replace(/\/$/, "") + (options.addTrailingSlash ? "/" : "");
  const begins = options.rememberUpgrade && Socket.priorWebsocketSuccess ? ["websocket"] : [];
  const names = [
    ...new Set([...begins.filter((name) => options.transports.includes(name)), ...options.transports]),
  ];
  const transports = createTransports(names, options, given);
  if (transports.length === 0)
    throw new TypeError(`No transport available: none of ${names.join(", ")} can be used here`);
  return {
    transports,
    upgrade: options.upgrade,
    tryAllTransports: options.tryAllTransports,
    revision: options.protocol,
    supportsBinary: !options.forceBase64,
    openTimeoutMs: options.openTimeout,
    maxQueueBytes: options.maxQueueBytes,
    origin: originOf(endpoint, path),
    memory,
    trace: options.trace,
    url: (transport, revision, sid) => {
      const stamped = options.timestampRequests ?? transport === "polling";
      return requestUrl(endpoint, path, transport, {
        EIO: String(revision),
        transport,
        sid,
        b64: options.forceBase64 ? "1" : undefined,
        [options.timestampParam]: stamped ? yeast() : undefined,
      });
    },
  };
}
