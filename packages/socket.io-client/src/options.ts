import { flag, milliseconds, type OptionInput, optional, rule, wholeNumber } from "@towline/core";
import type { SocketOptions as EngineOptions } from "@towline/engine.io-client";
import type { Parser } from "./codec.ts";

export const DEFAULT_BUFFERED_PACKETS = 100_000;

const isAtLeastZero = (value: unknown): boolean => typeof value === "number" && value >= 0;

/** Sentences on options stand as comments here: as strings, each page that loads the client would fetch them. */
const NO_DOC = "";

/** Every option of a `Manager` but those it hands on to the engine. */
export const MANAGER_OPTIONS = {
  /** Whether a lost connection is opened again. */
  reconnection: flag(true, NO_DOC),
  /** How often to try before giving up. */
  reconnectionAttempts: rule<number>(
    Number.POSITIVE_INFINITY,
    NO_DOC,
    "a number, Infinity included",
    isAtLeastZero,
  ),
  /** Milliseconds before the first attempt; doubled with each further one. */
  reconnectionDelay: rule<number>(1000, NO_DOC, "a number of milliseconds", isAtLeastZero),
  /** The longest delay, in milliseconds. */
  reconnectionDelayMax: milliseconds(5000, NO_DOC),
  /** How far a delay may stray, as a part of it. */
  randomizationFactor: rule<number>(
    0.5,
    NO_DOC,
    "a number from 0 to 1",
    (v) => isAtLeastZero(v) && (v as number) <= 1,
  ),
  /** Milliseconds that one attempt may take, or false. */
  timeout: rule<number | false>(
    20_000,
    NO_DOC,
    "a positive number of milliseconds, or false",
    (v) => v === false || (typeof v === "number" && v > 0 && v < 2 ** 31),
  ),
  /** Whether to connect at once. */
  autoConnect: flag(true, NO_DOC),
  /** Events that one Socket may hold back while it is not connected; `emit` throws beyond. */
  maxBufferedPackets: wholeNumber(DEFAULT_BUFFERED_PACKETS, NO_DOC),
  /** Another codec: an object with the classes Encoder and Decoder. */
  parser: optional<Parser>(
    NO_DOC,
    "an object with Encoder and Decoder",
    (v) => typeof (v as Parser)?.Encoder === "function" && typeof (v as Parser).Decoder === "function",
  ),
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Options of a `Manager`, and those of the engine beneath. The README has a sentence on each. */
export interface ManagerOptions
  extends Writable<Required<OptionInput<typeof MANAGER_OPTIONS>>>,
    EngineOptions {
  /** Whether `io()` makes a Manager of its own for this Socket. */
  forceNew: boolean;
  /** Whether `io()` lets Sockets of several namespaces share a connection. Defaults to true. */
  multiplex: boolean;
}
