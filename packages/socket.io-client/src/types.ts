/** Types that carry an application's events through `emit`, `emitWithAck` and `timeout`. */

// biome-ignore lint/suspicious/noExplicitAny: code that names no events is to compile, as it does with the reference.
export type Untyped = any;

export type Listener = (...args: Untyped[]) => void;

/** With a timeout, an acknowledgement's first argument is the error, if there was one. */
type WithError<Args extends Untyped[]> = {
  [K in keyof Args]: Args[K] extends (...args: infer Params) => infer Result
    ? (error: Error, ...args: Params) => Result
    : Args[K];
};

export type DecorateAcknowledgements<Events> = {
  [K in keyof Events]: Events[K] extends (...args: infer Params) => infer Result
    ? (...args: WithError<Params>) => Result
    : Events[K];
};

export type Last<T extends Untyped[]> = T extends [...infer _Head, infer L] ? L : Untyped;
export type AllButLast<T extends Untyped[]> = T extends [...infer Head, infer _L] ? Head : Untyped[];
export type FirstArg<T> = T extends (arg: infer Arg) => unknown ? Arg : Untyped;
