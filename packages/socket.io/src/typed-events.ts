/** Events as types: which names there are, which arguments go with each, and an emitter that holds to them. */
import { EventEmitter } from "node:events";
import type { AnswerOf, AnyFunction, IfAny, Last } from "./ack-types.ts";

export type * from "./ack-types.ts";

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

/** The arguments of an event, its acknowledgement included. */
export type EventParams<Map extends EventsMap, Name extends EventNames<Map>> = Parameters<Map[Name]>;

/** The events whose last argument is an acknowledgement. */
export type EventNamesWithAck<
  Map extends EventsMap,
  Names extends EventNames<Map> = EventNames<Map>,
> = IfUntyped<Map, Names, Names, Names extends unknown ? NameIf<HasAck<Map[Names]>, Names> : never>;

/** The events that end in no acknowledgement: a broadcast without a timeout could never tell that all have answered. */
export type EventNamesWithoutAck<
  Map extends EventsMap,
  Names extends EventNames<Map> = EventNames<Map>,
> = IfUntyped<Map, Names, Names, Names extends unknown ? NameUnless<HasAck<Map[Names]>, Names> : never>;

/** The events whose acknowledgement gets an error first, as it does with a timeout. */
export type EventNamesWithError<
  Map extends EventsMap,
  Names extends EventNamesWithAck<Map> = EventNamesWithAck<Map>,
> = IfUntyped<Map, Names, Names, Names extends unknown ? NameIf<HasErrorFirst<Map[Names]>, Names> : never>;

/** A map without the events that end in an acknowledgement. */
export type RemoveAcknowledgements<Map extends EventsMap> = {
  [Name in EventNamesWithoutAck<Map>]: Map[Name];
};

/** `any` as a listener or as its last argument may be an acknowledgement or not: such a map is not held to either. */
type IfUntyped<Map extends EventsMap, Names extends EventNames<Map>, Then, Else> = IfAny<
  Map[Names] | Last<Parameters<Map[Names]>>,
  Then,
  Else
>;

/** `never[]` is what no arguments are; without that case the last of none, `never`, would pass for a function. */
type HasAck<Listener extends AnyFunction> =
  Parameters<Listener> extends never[]
    ? false
    : Last<Parameters<Listener>> extends AnyFunction
      ? true
      : false;

type HasErrorFirst<Listener extends AnyFunction> = AnswerOf<Last<Parameters<Listener>>>[0] extends Error
  ? true
  : false;

type NameIf<Condition, Name> = Condition extends true ? Name : never;
type NameUnless<Condition, Name> = Condition extends true ? never : Name;

export type ReservedOrUserEventNames<Reserved extends EventsMap, User extends EventsMap> =
  | EventNames<Reserved>
  | EventNames<User>;

/** Listeners of an event that is one of the class's own, or else the user's. */
export type ReservedOrUserListener<
  Reserved extends EventsMap,
  User extends EventsMap,
  Name extends ReservedOrUserEventNames<Reserved, User>,
> = UntypedIfNever<
  Name extends EventNames<Reserved> ? Reserved[Name] : Name extends EventNames<User> ? User[Name] : never
>;

/**
 * Before TypeScript 5.0 a member of a string enum was taken for a name, and then found in neither map
 * (microsoft/TypeScript#41778). No listener would do, so every listener does. The brackets keep `never` from being
 * distributed away.
 */
type UntypedIfNever<Listener> = [Listener] extends [never]
  ? // biome-ignore lint/suspicious/noExplicitAny: a listener of an event that nobody knows.
    (...args: any[]) => void | Promise<void>
  : Listener;

/** Emits events with types without being an emitter: a broadcast, a socket of another server. */
export interface TypedEventBroadcaster<EmitEvents extends EventsMap> {
  emit<Name extends EventNames<EmitEvents>>(event: Name, ...args: EventParams<EmitEvents, Name>): boolean;
}

/**
 * An `EventEmitter` whose events have types: those that are listened to, those that are emitted, and its own, which it
 * emits by `emitReserved`. `off` and the rest stay as Node has them: whatever was added can be removed.
 */
export abstract class TypedEmitter<
    ListenEvents extends EventsMap,
    EmitEvents extends EventsMap,
    // biome-ignore lint/complexity/noBannedTypes: a map with no event.
    ReservedEvents extends EventsMap = {},
  >
  extends EventEmitter
  implements TypedEventBroadcaster<EmitEvents>
{
  override on<Name extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Name,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Name>,
  ): this {
    return super.on(event, listener);
  }

  override once<Name extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Name,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Name>,
  ): this {
    return super.once(event, listener);
  }

  override emit<Name extends EventNames<EmitEvents>>(
    event: Name,
    ...args: EventParams<EmitEvents, Name>
  ): boolean {
    return super.emit(event, ...args);
  }

  override listeners<Name extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Name,
  ): ReservedOrUserListener<ReservedEvents, ListenEvents, Name>[] {
    return super.listeners(event) as ReservedOrUserListener<ReservedEvents, ListenEvents, Name>[];
  }

  /** Calls the listeners, though a subclass's `emit` may send. */
  protected emitReserved<Name extends EventNames<ReservedEvents>>(
    event: Name,
    ...args: EventParams<ReservedEvents, Name>
  ): boolean {
    return super.emit(event, ...args);
  }

  /** Calls the listeners of an event that came from outside, and whose arguments nobody vouches for. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  protected emitUntyped(event: string, ...args: any[]): boolean {
    return super.emit(event, ...args);
  }
}

/** By the name that `socket.io/dist/typed-events` has for it. */
export type { TypedEmitter as StrictEventEmitter };
