import type { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { TypedEmitter } from "./typed-emitter.ts";
import type { WebSocket } from "./websocket.ts";

/** How binary messages are given. `fragments`: as a list of what each of its frames carried. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

/** A message as it is given: text and, unless `binaryType` says otherwise, binary as `Buffer`. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** The events of a `WebSocket` and what their listeners get. */
export interface WebSocketEventMap {
  open: [];
  message: [data: RawData, isBinary: boolean];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** The peer took no more for a time, and now has taken all that waited. */
  drain: [];
  upgrade: [response: IncomingMessage];
  redirect: [url: string, request: ClientRequest];
  "unexpected-response": [request: ClientRequest, response: IncomingMessage];
}

/** What WHATWG listeners get; which members are there follows from `type`. */
export interface WebSocketEvent {
  readonly type: "open" | "message" | "close" | "error";
  readonly target: WebSocket;
}
export interface MessageEvent extends WebSocketEvent {
  /** A string for a text message, else as `binaryType` says. */
  readonly data: string | RawData;
}
export interface CloseEvent extends WebSocketEvent {
  readonly code: number;
  readonly reason: string;
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean;
}
export interface ErrorEvent extends WebSocketEvent {
  readonly error: NodeJS.ErrnoException;
  readonly message: string;
}

/** WHATWG events by their type. */
interface EventByType {
  open: WebSocketEvent;
  message: MessageEvent;
  close: CloseEvent;
  error: ErrorEvent;
}
type EventType = keyof EventByType;
type Handler<E> = (event: E) => void;
type EmitterListener = (...args: unknown[]) => void;

/** Made once somebody asks for it: on most connections nobody does. */
interface WhatwgListeners {
  /** By type and handler: what listens to the emitter in its stead. */
  readonly wrapped: Map<EventType, Map<unknown, EmitterListener>>;
  /** The values of `onopen`, `onmessage`, … */
  readonly assigned: Map<EventType, Handler<never>>;
}

const ABNORMAL = 1006;

// From the arguments of an emitter's event to the members of a WHATWG one.
const MEMBERS = {
  open: () => ({}),
  message: (data: RawData, isBinary: boolean) => ({ data: isBinary ? data : String(data) }),
  close: (code: number, reason: Buffer) => ({
    code,
    reason: reason.toString(),
    wasClean: code !== ABNORMAL,
  }),
  error: (error: Error) => ({ error, message: error.message }),
};

/**
 * An emitter in the style of `ws`, and the part of WHATWG's EventTarget that WebSocket code uses. Both kinds of
 * listener are called in the order in which they were added.
 */
export class WebSocketEvents extends TypedEmitter<WebSocketEventMap> {
  #whatwg: WhatwgListeners | undefined;

  addEventListener<T extends EventType>(
    type: T,
    handler: Handler<EventByType[T]> | { handleEvent: Handler<EventByType[T]> },
    options: { readonly once?: boolean } = {},
  ): void {
    const { wrapped } = this.#listeners();
    const ofType = wrapped.get(type) ?? new Map<unknown, EmitterListener>();
    if (!(type in MEMBERS) || ofType.has(handler)) return;
    const call = typeof handler === "function" ? handler.bind(this) : handler.handleEvent.bind(handler);
    const members = MEMBERS[type] as (...args: unknown[]) => object;
    const listener = (...args: unknown[]): void => {
      if (options.once === true) this.removeEventListener(type, handler);
      call({ type, target: this, ...members(...args) } as unknown as EventByType[T]);
    };
    wrapped.set(type, ofType.set(handler, listener));
    this.#untyped.on(type, listener);
  }

  removeEventListener<T extends EventType>(
    type: T,
    handler: Handler<EventByType[T]> | { handleEvent: Handler<EventByType[T]> },
  ): void {
    const ofType = this.#whatwg?.wrapped.get(type);
    const listener = ofType?.get(handler);
    if (listener === undefined) return;
    ofType?.delete(handler);
    this.#untyped.off(type, listener);
  }

  get onopen(): Handler<WebSocketEvent> | null {
    return this.#handler("open");
  }
  set onopen(handler: Handler<WebSocketEvent> | null) {
    this.#assign("open", handler);
  }

  get onmessage(): Handler<MessageEvent> | null {
    return this.#handler("message");
  }
  set onmessage(handler: Handler<MessageEvent> | null) {
    this.#assign("message", handler);
  }

  get onclose(): Handler<CloseEvent> | null {
    return this.#handler("close");
  }
  set onclose(handler: Handler<CloseEvent> | null) {
    this.#assign("close", handler);
  }

  get onerror(): Handler<ErrorEvent> | null {
    return this.#handler("error");
  }
  set onerror(handler: Handler<ErrorEvent> | null) {
    this.#assign("error", handler);
  }

  // The emitter's types do not follow an event's name that is itself a type parameter.
  get #untyped(): EventEmitter {
    return this as unknown as EventEmitter;
  }

  #listeners(): WhatwgListeners {
    this.#whatwg ??= { wrapped: new Map(), assigned: new Map() };
    return this.#whatwg;
  }

  #handler<T extends EventType>(type: T): Handler<EventByType[T]> | null {
    return (this.#whatwg?.assigned.get(type) as Handler<EventByType[T]> | undefined) ?? null;
  }

  #assign<T extends EventType>(type: T, handler: Handler<EventByType[T]> | null): void {
    const { assigned } = this.#listeners();
    const former = this.#handler(type);
    if (former !== null) this.removeEventListener(type, former);
    assigned.delete(type);
    if (typeof handler !== "function") return;
    assigned.set(type, handler);
    this.addEventListener(type, handler);
  }
}
