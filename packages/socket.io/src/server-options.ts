import type { EventEmitter } from "node:events";
import { flag, milliseconds, type OptionInput, optional, resolveOptions, rule, text } from "@towline/core";
import { ATTACH_OPTIONS, type AttachOptions, type ServerOptions as EngineOptions } from "@towline/engine.io";
import { type Adapter, RECOVERY_OPTIONS as LOG_OPTIONS } from "@towline/socket.io-adapter";
import { ATTACHMENT_OPTIONS } from "@towline/socket.io-parser";
import { callUser, passOn } from "./call-user.ts";
import type { Namespace } from "./namespace.ts";
import { isParser, type Parser } from "./packet-codec.ts";

/** What an adapter has for everyone to see: it need not stand on our class, official ones may come with another. */
type AnyAdapter = Omit<Adapter, keyof EventEmitter> & EventEmitter;

/** A class of adapters, or a function that makes one. */
export type AdapterConstructor =
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; adapters are written for namespaces of any make.
  (new (namespace: any) => AnyAdapter) | ((namespace: Namespace) => AnyAdapter);

/** What is kept for a client that is away, and for how long. */
export const RECOVERY_OPTIONS = {
  ...LOG_OPTIONS,
  skipMiddlewares: flag(true, "Whether a client that comes back is let in without asking the middlewares."),
};

export type RecoveryOptions = OptionInput<typeof RECOVERY_OPTIONS>;

const isFunction = (value: unknown): boolean => typeof value === "function";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** The README's table of options is this one, with those of the engine. */
export const SERVER_OPTIONS = {
  path: text("/socket.io", "Path that requests are taken from."),
  serveClient: flag(true, "Whether the browser client is served below the path."),
  ...ATTACHMENT_OPTIONS,
  connectTimeout: milliseconds(45_000, "How long a client may take to join a namespace, in milliseconds."),
  adapter: optional<AdapterConstructor>(
    "The adapter of each namespace: a class or a function. Defaults to rooms in memory.",
    "a class or a function",
    isFunction,
  ),
  parser: optional<Parser>(
    "Another codec for packets, as `socket.io-msgpack-parser` is. Clients must use the same.",
    "an object with the classes Encoder and Decoder",
    isParser,
  ),
  connectionStateRecovery: rule<RecoveryOptions | undefined>(
    undefined,
    "Has a client that comes back soon find its id, rooms and data, and what it has missed. See below.",
    "an object, or true for the defaults",
    (value) => value === undefined || typeof value === "boolean" || isObject(value),
  ),
  cleanupEmptyChildNamespaces: flag(
    false,
    "Whether a namespace made for a pattern is removed when its last socket has left.",
  ),
};

/**
 * The options as the engine gets them. A message of its own may be half of a packet, so that dropping one would break the
 * client's parser: `onBufferFull` can let it pass or end the connection.
 */
export function engineOptions<O extends EngineOptions>(options: O): O {
  const { onBufferFull } = options;
  if (typeof onBufferFull !== "function") return options;
  return {
    ...options,
    onBufferFull: (...asked) =>
      callUser(() => onBufferFull(...asked), passOn) === "send" ? "send" : "close",
  };
}

export type ServerOptions = OptionInput<typeof SERVER_OPTIONS> & EngineOptions & AttachOptions;

export type ResolvedServerOptions = ReturnType<typeof resolveServerOptions>;

const withoutLastSlash = (path: string): string => path.replace(/\/$/, "");

/** @throws {TypeError} naming every option that is not as it must be. */
export function resolveServerOptions(given: ServerOptions) {
  const table = { ...ATTACH_OPTIONS, ...SERVER_OPTIONS };
  const { path, connectionStateRecovery, ...rest } = resolveOptions(table, withoutNulls(given));
  return {
    ...rest,
    path: withoutLastSlash(path),
    connectionStateRecovery: resolveRecovery(connectionStateRecovery),
  };
}

/** `null` stands for an option that is not given, as many write it. */
const withoutNulls = (given: ServerOptions): ServerOptions =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

/** The longest that a timer can run. Sessions that are kept "for ever" are, with this, kept for 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** @param given as the types have it, or a boolean, as many write it. */
function resolveRecovery(given: RecoveryOptions | boolean | undefined) {
  if (given === undefined || given === false) return undefined;
  const options = given === true ? {} : given;
  const isEndless = options.maxDisconnectionDuration === Number.POSITIVE_INFINITY;
  return resolveOptions(
    RECOVERY_OPTIONS,
    isEndless ? { ...options, maxDisconnectionDuration: LONGEST_MS } : options,
  );
}
