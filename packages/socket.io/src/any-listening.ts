import { type AnyListener, AnyListeners } from "./any-listeners.ts";
import type { Report } from "./call-user.ts";
import { SocketNames } from "./compat.ts";
import type { Event } from "./socket-types.ts";
import type { EventsMap } from "./typed-events.ts";

/** The part of a socket for listeners that hear every event, of either direction. */
export abstract class AnyListening<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap,
> extends SocketNames<ListenEvents, EmitEvents, ReservedEvents> {
  #incoming: AnyListeners | undefined;
  #outgoing: AnyListeners | undefined;

  /** Adds a listener for every incoming event. */
  onAny(listener: AnyListener): this {
    (this.#incoming ??= new AnyListeners()).append(listener);
    return this;
  }

  prependAny(listener: AnyListener): this {
    (this.#incoming ??= new AnyListeners()).prepend(listener);
    return this;
  }

  /** Removes one such listener, or all. */
  offAny(listener?: AnyListener): this {
    this.#incoming?.remove(listener);
    return this;
  }

  listenersAny(): AnyListener[] {
    return this.#incoming?.list() ?? [];
  }

  /** Adds a listener for every outgoing event. */
  onAnyOutgoing(listener: AnyListener): this {
    (this.#outgoing ??= new AnyListeners()).append(listener);
    return this;
  }

  prependAnyOutgoing(listener: AnyListener): this {
    (this.#outgoing ??= new AnyListeners()).prepend(listener);
    return this;
  }

  offAnyOutgoing(listener?: AnyListener): this {
    this.#outgoing?.remove(listener);
    return this;
  }

  listenersAnyOutgoing(): AnyListener[] {
    return this.#outgoing?.list() ?? [];
  }

  /** What tells of an error of the application's while it is called for an event. */
  protected abstract reportFrom(event: string | symbol, args: readonly unknown[]): Report;

  protected notifyIncoming(event: Event): void {
    this.#incoming?.notify(event, this.reportFrom(event[0], event.slice(1)));
  }

  protected override notifyOutgoing(data: unknown[]): void {
    this.#outgoing?.notify(data, this.reportFrom("outgoing", data));
  }
}
