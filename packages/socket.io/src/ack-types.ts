/**
 * What a flag does to the acknowledgement callbacks of events, as types. An acknowledgement is an argument that is a
 * function. `timeout` puts an error first, a broadcast makes a list of the first value, as every client gives one.
 */

// biome-ignore lint/suspicious/noExplicitAny: matches functions of every signature.
export type AnyFunction = (...args: any[]) => any;

/** `Then` for `any`: only `1 & any` is `any` again and holds 0; with every other type nothing is both 1 and 0. */
export type IfAny<T, Then, Else> = 0 extends 1 & T ? Then : Else;

/**
 * The last of some arguments. Taken from the front, one by one: where they may be fewer (`[number, string?]`) or any number
 * (`string[]`), no pattern finds the end, and what the rest holds is the answer.
 */
export type Last<Args extends readonly unknown[]> = Args extends readonly [unknown, ...infer Rest]
  ? Rest extends readonly []
    ? Args[0]
    : Last<Rest>
  : Args[number];

/** What comes before the last argument. Of arguments with no certain end nothing is known. */
// biome-ignore lint/suspicious/noExplicitAny: whoever calls an untyped event knows its arguments.
export type AllButLast<Args extends any[]> = Args extends [...infer Head, unknown] ? Head : any[];

/** What a promise for an acknowledgement gives: its first argument, or the second where an error comes first. */
export type FirstNonErrorArg<Ack> = Ack extends (...args: infer Answer) => unknown
  ? Answer[0] extends Error
    ? Answer[1]
    : Answer[0]
  : // biome-ignore lint/suspicious/noExplicitAny: of an untyped acknowledgement nothing is known.
    any;

/** The arguments of `Ack` if it is a function at all; `Parameters` insists on one. */
export type AnswerOf<Ack> = Ack extends (...args: infer Answer) => unknown ? Answer : never;

/** Events as they are emitted with `timeout`: the receiver answers with `value`, the sender gets `(error, value)`. */
export type DecorateAcknowledgements<Events> = {
  [Name in keyof Events]: Events[Name] extends (...args: infer Args) => infer Result
    ? (...args: WithTimeoutError<Args>) => Result
    : Events[Name];
};

/** Events as they are broadcast: the sender gets a list of the receivers' answers. */
export type DecorateAcknowledgementsWithMultipleResponses<Events> = {
  [Name in keyof Events]: Events[Name] extends (...args: infer Args) => infer Result
    ? (...args: WithResponses<Args>) => Result
    : Events[Name];
};

/** Events as they are broadcast with `timeout`, or sent to the other servers, where a timeout always runs. */
export type DecorateAcknowledgementsWithTimeoutAndMultipleResponses<Events> = {
  [Name in keyof Events]: Events[Name] extends (...args: infer Args) => infer Result
    ? (...args: WithResponses<WithTimeoutError<Args>>) => Result
    : Events[Name];
};

/** An error before what each acknowledgement gets, unless it has one already: `timeout` may be said twice. */
type WithTimeoutError<Args extends unknown[]> = {
  [Index in keyof Args]: Args[Index] extends (...args: infer Answer) => infer Result
    ? Answer[0] extends Error
      ? Args[Index]
      : (err: Error, ...args: Answer) => Result
    : Args[Index];
};

/** A list in place of the value that each acknowledgement gets, past an error. */
type WithResponses<Args extends unknown[]> = {
  [Index in keyof Args]: Args[Index] extends (...args: infer Answer) => infer Result
    ? AckOfResponses<Answer, Result>
    : Args[Index];
};

/** One that may be called in several ways becomes several functions: `Answer` is distributed. */
type AckOfResponses<Answer extends unknown[], Result> = Answer extends [Error]
  ? (err: Error) => Result
  : Answer extends [Error, ...infer Values]
    ? (err: Error, ...responses: ListOfFirst<Values>) => Result
    : Answer extends []
      ? () => Result
      : (...responses: ListOfFirst<Answer>) => Result;

/**
 * An acknowledgement of more than one value counts with its first, so this is `[[…]]`, written as what precedes the other
 * values: that way editors still show the parameter's name.
 */
type ListOfFirst<Values extends unknown[]> = Values extends [unknown, ...infer Others]
  ? ListOfEach<Values> extends [...infer First, ...ListOfEach<Others>]
    ? First
    : never
  : never;

type ListOfEach<Values extends unknown[]> = { [Index in keyof Values]: Values[Index][] };
