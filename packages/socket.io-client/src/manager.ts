import { type DefaultEventsMap, Emitter, type EventsMap } from "@socket.io/component-emitter";
import { clockFor, deliver, inTurn, resolveOptions } from "@towline/core";
import { Socket as Engine, type RawData } from "@towline/engine.io-client";
import { PACKET_TYPE, type SocketPacket as Packet } from "@towline/socket.io-parser";
import { createDebug } from "#debug";
import { type Codec, createCodec } from "./codec.ts";
import { defaultParser } from "./default-parser.ts";
import type { DisconnectDescription, DisconnectReason } from "./disconnect.ts";
import { Keeper, type ReconnectionPolicy } from "./keeper.ts";
import type { Carrier, Member } from "./link.ts";
import { MANAGER_OPTIONS, type ManagerOptions } from "./options.ts";
import { Socket, type SocketOptions } from "./socket.ts";

const debug = createDebug("socket.io-client:manager");

const DEFAULT_PATH = "/socket.io";
const ROOT = "/";

/** Options that may be changed by calling a method of their name. */
type Tunable =
  | "reconnection"
  | "reconnectionAttempts"
  | "reconnectionDelay"
  | "reconnectionDelayMax"
  | "randomizationFactor"
  | "timeout";

/** Events of a `Manager`, with what their listeners get. */
export interface ManagerReservedEvents {
  open: () => void;
  error: (error: Error) => void;
  ping: () => void;
  packet: (packet: Packet) => void;
  close: (reason: DisconnectReason, description?: DisconnectDescription) => void;
  reconnect_failed: () => void;
  reconnect_attempt: (attempt: number) => void;
  reconnect_error: (error: Error) => void;
  reconnect: (attempt: number) => void;
}

/**
 * One connection to one server, and the Sockets that share it. Opens the connection again when it is lost.
 *
 * @example
 * const manager = new Manager("https://example.com", { reconnectionDelayMax: 10_000 });
 * const socket = manager.socket("/");
 * const admin = manager.socket("/admin", { auth: { token } });
 */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<Record<never, never>, Record<never, never>, ManagerReservedEvents> {
  /** Options of this Manager. A change takes effect with the next attempt to connect. */
  readonly opts: Partial<ManagerOptions>;
  /** The Sockets of this Manager by their namespaces, connected or not. */
  readonly nsps: Record<string, Socket<ListenEvents, EmitEvents>> = Object.create(null);
  /** The connection beneath: the newest, if there was one. */
  engine: Engine | undefined;
  /** @internal What Sockets are carried by. */
  readonly carrier: Carrier;
  readonly #uri: string | undefined;
  readonly #keeper: Keeper;
  readonly #members = new Map<string, Member>();
  #current: Engine | undefined;
  #codec: Codec;
  #onOpened: ((error?: Error) => void) | undefined;
  /** A revision 3 server puts every connection into "/" by itself, once, whether or not there is a Socket for it yet. */
  #root: "awaited" | "joined" | "left" = "awaited";

  /**
   * @param uri where the server is. Without it, where the page came from.
   * @throws {TypeError} for an option that makes no sense.
   */
  constructor(uri?: string | Partial<ManagerOptions>, opts: Partial<ManagerOptions> = {}) {
    super();
    const [address, given] = typeof uri === "object" ? [undefined, uri] : [uri, opts];
    const { autoConnect } = resolveOptions(MANAGER_OPTIONS, given);
    this.#uri = address;
    this.opts = { ...given, path: given.path ?? DEFAULT_PATH };
    this.#codec = this.#createCodec();
    this.carrier = this.#createCarrier();
    this.#keeper = new Keeper(() => this.#policy(), clockFor(given), Math.random, {
      connect: () => this.#connect(),
      onTimeout: () => this.#fail(new Error("timeout")),
      onAttempt: (attempt) => void this.emitReserved("reconnect_attempt", attempt),
    });
    if (autoConnect) this.open();
  }

  /** Whether a lost connection is opened again. */
  reconnection(): boolean;
  reconnection(value: boolean): this;
  reconnection(value?: boolean): boolean | this {
    return this.#option("reconnection", value);
  }

  /** How often to try before giving up. */
  reconnectionAttempts(): number;
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(value?: number): number | this {
    return this.#option("reconnectionAttempts", value);
  }

  /** Milliseconds before the first attempt. */
  reconnectionDelay(): number;
  reconnectionDelay(value: number): this;
  reconnectionDelay(value?: number): number | this {
    return this.#option("reconnectionDelay", value);
  }

  /** The longest delay between two attempts, in milliseconds. */
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(value?: number): number | this {
    return this.#option("reconnectionDelayMax", value);
  }

  /** How far a delay may stray, as a part of it. */
  randomizationFactor(): number;
  randomizationFactor(value: number): this;
  randomizationFactor(value?: number): number | this {
    return this.#option("randomizationFactor", value);
  }

  /** Milliseconds that one attempt may take, or false. */
  timeout(): number | boolean;
  timeout(value: number | boolean): this;
  timeout(value?: number | boolean): number | boolean | this {
    return this.#option("timeout", value as number | false | undefined);
  }

  /** In the words of the reference, a Manager that waits for its next attempt is closed. */
  get _readyState(): "opening" | "open" | "closed" {
    const { state } = this.#keeper;
    return state === "waiting" ? "closed" : state === "reopening" ? "opening" : state;
  }

  get _reconnecting(): boolean {
    const { state } = this.#keeper;
    return state === "waiting" || state === "reopening";
  }

  /**
   * Opens the connection, unless it is open or about to be.
   *
   * @param onOpened called once, with an error if the attempt failed; then no other attempt follows.
   */
  open(onOpened?: (error?: Error) => void): this {
    const { state } = this.#keeper;
    if (state === "closed" || state === "waiting") {
      this.#onOpened = onOpened;
      this.#keeper.open();
    }
    return this;
  }

  /** The same as `open`. */
  connect(onOpened?: (error?: Error) => void): this {
    return this.open(onOpened);
  }

  /** The Socket of a namespace: always the same one for the same namespace. */
  socket(nsp: string, opts?: Partial<SocketOptions>): Socket<ListenEvents, EmitEvents> {
    const existing = this.nsps[nsp];
    const autoConnect = this.opts.autoConnect ?? true;
    if (existing !== undefined) {
      if (autoConnect && !existing.active) existing.connect();
      return existing;
    }
    const socket = new Socket<ListenEvents, EmitEvents>(this, nsp, opts);
    this.nsps[nsp] = socket;
    if (autoConnect) socket.connect();
    return socket;
  }

  /** Closes the connection, for all Sockets; it is not opened again by itself. */
  _close(): void {
    const wasOpen = this.#keeper.state === "open";
    this.#keeper.close();
    this.#dropEngine();
    if (wasOpen) this.#tellClosed("forced close", undefined);
  }

  #policy(): ReconnectionPolicy {
    const options = resolveOptions(MANAGER_OPTIONS, this.opts);
    return {
      enabled: options.reconnection,
      attempts: options.reconnectionAttempts,
      delayMs: options.reconnectionDelay,
      maxDelayMs: options.reconnectionDelayMax,
      jitter: options.randomizationFactor,
      timeoutMs: options.timeout === false ? undefined : options.timeout,
    };
  }

  #option<K extends Tunable>(
    name: K,
    value: ManagerOptions[K] | undefined,
  ): NonNullable<ManagerOptions[K]> | this {
    if (value === undefined)
      return resolveOptions(MANAGER_OPTIONS, this.opts)[name] as NonNullable<ManagerOptions[K]>;
    resolveOptions(MANAGER_OPTIONS, { [name]: value });
    this.opts[name] = value;
    return this;
  }

  // ---- the connection beneath

  #connect(): void {
    debug?.("connecting to %s", this.#uri);
    const engine = this.#createEngine();
    const isCurrent = (): boolean => this.#current === engine;
    this.engine = this.#current = engine;
    this.#root = "awaited";
    this.#codec = this.#createCodec();
    engine.on("open", () => isCurrent() && this.#onOpen());
    engine.on("ping", () => isCurrent() && this.emitReserved("ping"));
    engine.on("data", (data) => isCurrent() && this.#onData(data));
    engine.on("error", (error) => isCurrent() && this.#onError(error));
    engine.on("close", (reason, description) => isCurrent() && this.#onClose(reason, description));
  }

  #createCodec(): Codec {
    return createCodec(this.opts.parser ?? defaultParser);
  }

  #createEngine(): Engine {
    try {
      return new Engine(this.#uri, this.opts);
    } catch (error) {
      // The options make no sense, and will make none at the next attempt.
      this.#keeper.close();
      throw error;
    }
  }

  #dropEngine(): void {
    const engine = this.#current;
    this.#current = undefined;
    engine?.close();
  }

  #onOpen(): void {
    const attempt = this.#keeper.opened();
    const onOpened = this.#takeCallback();
    inTurn(
      () => deliver([...this.#members.values()], (member) => member.onOpen()),
      () => this.emitReserved("open"),
      () => onOpened?.(),
      () => attempt > 0 && this.emitReserved("reconnect", attempt),
    );
  }

  #onData(data: unknown): void {
    let packet: Packet | undefined;
    try {
      packet = this.#codec.decode(data);
    } catch (error) {
      this.#onClose("parse error", error as Error);
      return;
    }
    if (packet !== undefined) this.#dispatch(packet);
  }

  #dispatch(packet: Packet): void {
    // Old servers send the query of a namespace back with its name.
    const nsp = packet.nsp.split("?", 1).join("");
    if (nsp === ROOT && packet.type === PACKET_TYPE.CONNECT) this.#root = "joined";
    inTurn(
      () => deliver(this.#membersFor(nsp, packet), (member) => member.onPacket(packet)),
      () => this.emitReserved("packet", packet),
    );
  }

  #membersFor(nsp: string, { type }: Packet): readonly Member[] {
    // A revision 3 server lets nobody into any namespace whom it does not let into "/".
    if (nsp === ROOT && type === PACKET_TYPE.CONNECT_ERROR && this.carrier.revision() === 3)
      return [...this.#members.values()];
    const member = this.#members.get(nsp);
    return member === undefined ? [] : [member];
  }

  #onError(error: Error): void {
    if (this.#keeper.state === "open") this.emitReserved("error", error);
    else this.#fail(error);
  }

  #onClose(reason: DisconnectReason, description: DisconnectDescription | undefined): void {
    if (this.#keeper.state !== "open") {
      this.#fail(new Error(reason));
      return;
    }
    debug?.("connection lost: %s", reason);
    this.#dropEngine();
    const givenUp = this.#keeper.lost();
    inTurn(
      () => this.#tellClosed(reason, description),
      () => givenUp && this.emitReserved("reconnect_failed"),
    );
  }

  #fail(error: Error): void {
    debug?.("no connection: %s", error.message);
    this.#dropEngine();
    const wasReconnecting = this.#keeper.state === "reopening";
    const onOpened = this.#takeCallback();
    const givenUp = this.#keeper.failed(onOpened === undefined);
    inTurn(
      () => deliver([...this.#members.values()], (member) => member.onError(error)),
      () => this.emitReserved("error", error),
      () => onOpened?.(error),
      () => givenUp && this.emitReserved("reconnect_failed"),
      () => wasReconnecting && this.emitReserved("reconnect_error", error),
    );
  }

  #takeCallback(): ((error?: Error) => void) | undefined {
    const onOpened = this.#onOpened;
    this.#onOpened = undefined;
    return onOpened;
  }

  #tellClosed(reason: DisconnectReason, description: DisconnectDescription | undefined): void {
    inTurn(
      () => deliver([...this.#members.values()], (member) => member.onClose(reason, description)),
      () => this.emitReserved("close", reason, description),
    );
  }

  // ---- what Sockets see

  #createCarrier(): Carrier {
    const engine = (): Engine | undefined => (this.#keeper.state === "open" ? this.#current : undefined);
    return {
      isOpen: () => engine() !== undefined,
      isAlive: () => engine()?.checkAlive() ?? false,
      isWritable: () => engine()?.transport.writable ?? false,
      revision: () => engine()?.revision ?? 4,
      engineId: () => engine()?.id ?? "",
      query: () => this.opts.query ?? {},
      join: (nsp, member) => this.#join(nsp, member),
      open: () => this.#openUnlessWaiting(),
      fail: (error) => this.#onClose("parse error", error),
      leave: (nsp) => this.#leave(nsp),
      send: (packet) => {
        for (const part of this.#codec.encode(packet)) engine()?.write(part as RawData);
      },
    };
  }

  #join(nsp: string, member: Member): void {
    this.#members.set(nsp, member);
    this.#openUnlessWaiting();
    if (this.#keeper.state !== "open") return;
    member.onOpen();
    if (nsp !== ROOT || this.carrier.revision() !== 3) return;
    if (this.#root === "joined") member.onPacket({ type: PACKET_TYPE.CONNECT, nsp });
    // It cannot be entered again on this connection: the next one starts in it.
    if (this.#root === "left") this.#current?.close();
  }

  /** A Socket that wants to connect does not cut the wait between two attempts short. */
  #openUnlessWaiting(): void {
    if (!this._reconnecting) this.open();
  }

  #leave(nsp: string): void {
    this.#members.delete(nsp);
    if (nsp === ROOT) this.#root = "left";
    if (this.#members.size === 0) this._close();
  }
}
