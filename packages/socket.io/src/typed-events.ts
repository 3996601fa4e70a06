/** Events as types: which names there are, and which arguments go with each. */
import { EventEmitter } from "node:events";

/** Maps an event's name to the signature of its listeners. */
export interface EventsMap {
  // biome-ignore lint/suspicious/noExplicitAny: users write interfaces here, which no stricter index signature accepts.
  [event: string]: any;
}

/** What holds when a user gives no map: every event, with any arguments. */
export interface DefaultEventsMap {
  // biome-ignore lint/suspicious/noExplicitAny: listeners of unknown events declare their parameters as they know them.
  [event: string]: (...args: any[]) => void;
}

export type EventNames<Map extends EventsMap> = keyof Map & (string | symbol);
export type EventParams<Map extends EventsMap, Event extends EventNames<Map>> = Parameters<Map[Event]>;

/** Listeners of an event that is either the user's or one of the class's own. */
export type ListenerOf<
  Listen extends EventsMap,
  Reserved extends EventsMap,
  Event extends EventNames<Listen> | EventNames<Reserved>,
> =
  Event extends EventNames<Reserved>
    ? Reserved[Event]
    : Event extends EventNames<Listen>
      ? Listen[Event]
      : never;

type Last<T extends readonly unknown[]> = T extends readonly [...infer _, infer L] ? L : unknown;
type AllButLast<T extends readonly unknown[]> = T extends readonly [...infer H, infer _] ? H : T;
// biome-ignore lint/suspicious/noExplicitAny: matches callbacks of every signature.
type AnyCallback = (...args: any[]) => void;
type FirstArgument<T> = T extends (argument: infer A) => void ? A : unknown;

/** The arguments of an event without the acknowledgement callback that may end them. */
export type ArgsWithoutAck<T extends readonly unknown[]> =
  // `unknown[]`-like rests have no last element to take.
  number extends T["length"] ? T : Last<T> extends AnyCallback ? AllButLast<T> : T;

/** What `emitWithAck` resolves with: the first argument of the event's acknowledgement callback. */
export type AckResult<T extends readonly unknown[]> = number extends T["length"]
  ? // biome-ignore lint/suspicious/noExplicitAny: of an untyped event nothing is known.
    any
  : FirstArgument<Last<T>>;

/** An acknowledgement with a timeout gets an error before its other arguments. */
export type WithTimeoutError<T extends readonly unknown[]> = number extends T["length"]
  ? T
  : Last<T> extends (...args: infer A) => infer R
    ? [...AllButLast<T>, (error: Error, ...args: A) => R]
    : T;

/** A map whose acknowledgements all get an error first. */
export type TimeoutEvents<Map extends EventsMap> = {
  [Event in keyof Map]: (...args: WithTimeoutError<Parameters<Map[Event]>>) => void;
};

/** An `EventEmitter` whose events have types. What the class emits itself goes through `emitReserved`. */
export class TypedEmitter<Listen extends EventsMap, Reserved extends EventsMap> extends EventEmitter {
  override on<E extends EventNames<Listen> | EventNames<Reserved>>(
    event: E,
    listener: ListenerOf<Listen, Reserved, E>,
  ): this {
    return super.on(event, listener);
  }

  override once<E extends EventNames<Listen> | EventNames<Reserved>>(
    event: E,
    listener: ListenerOf<Listen, Reserved, E>,
  ): this {
    return super.once(event, listener);
  }

  override off<E extends EventNames<Listen> | EventNames<Reserved>>(
    event: E,
    listener: ListenerOf<Listen, Reserved, E>,
  ): this {
    return super.off(event, listener);
  }

  protected emitReserved<E extends EventNames<Reserved>>(
    event: E,
    ...args: EventParams<Reserved, E>
  ): boolean {
    return super.emit(event, ...args);
  }
}
