import type { IncomingMessage } from "node:http";
import {
  flag,
  milliseconds,
  type OptionInput,
  type OptionValues,
  optional,
  resolveOptions,
  rule,
  subsetOf,
  text,
  wholeNumber,
} from "@towline/core";
import type { PerMessageDeflateOptions } from "@towline/websocket";
import { type SerializeOptions, serialize } from "cookie";
import type { CorsOptions, CorsOptionsDelegate } from "cors";
import type { CompressionSettings } from "./body-compressor.ts";
import type { OnBufferFull, SendData } from "./socket.ts";
import { TRANSPORT_NAMES, type TransportName } from "./transport.ts";

/** Decides whether a handshake goes ahead. `success` false refuses it; `error` is then told to the client. */
export type AllowRequest = (
  request: IncomingMessage,
  callback: (error: string | null | undefined, success: boolean) => void,
) => void;

export interface CookieOptions extends SerializeOptions {
  /** Name of the cookie. Defaults to `io`. */
  name?: string;
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

function isCompression(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { threshold = 0 } = value as { readonly threshold?: unknown };
  return Number.isSafeInteger(threshold) && (threshold as number) >= 0;
}

/** Tried at once: of a name with a blank in it, or an age in words, the first client would be the one to find out. */
function isCookie(value: unknown): boolean {
  if (typeof value !== "string" && !isObject(value)) return false;
  const { name = "io", ...options } = typeof value === "string" ? { name: value } : (value as CookieOptions);
  try {
    return serialize(name, "id", options) !== "";
  } catch {
    return false;
  }
}

const DEFAULT_THRESHOLD = Object.freeze({ threshold: 1024 });
const DEFAULT_COOKIE = Object.freeze({ name: "io", path: "/", httpOnly: true, sameSite: "lax" } as const);

/** The README's table of options is this one. */
export const SERVER_OPTIONS = {
  pingInterval: milliseconds(25_000, "Delay between two heartbeats, in milliseconds."),
  pingTimeout: milliseconds(20_000, "How long to wait for the answer to a heartbeat, in milliseconds."),
  upgradeTimeout: milliseconds(
    10_000,
    "How long an upgrade may take before it is given up, in milliseconds.",
  ),
  maxHttpBufferSize: wholeNumber(1e6, "The most bytes that one message or one polling request may have."),
  maxSendBufferBytes: wholeNumber(
    64 * 2 ** 20,
    "The most bytes that may wait for a client that does not read. More close its session, or `onBufferFull` decides.",
  ),
  onBufferFull: optional<OnBufferFull>(
    'Called with the socket, its `bufferedAmount` and the size of a message that does not fit any more; gives "close", "drop" or "send".',
    "a function",
    isFunction,
  ),
  allowRequest: optional<AllowRequest>(
    "`(request, callback)`: decides whether a handshake goes ahead.",
    "a function",
    isFunction,
  ),
  transports: subsetOf<TransportName>(
    TRANSPORT_NAMES,
    ["polling", "websocket"],
    'Transports on offer: "polling", "websocket", "webtransport".',
  ),
  allowUpgrades: flag(true, "Whether a session may move from polling to another transport."),
  allowEIO3: flag(
    true,
    "Whether clients of revision 3 (Socket.IO 1.x and 2.x) are served. `engine.io` has `false`.",
  ),
  perMessageDeflate: rule<boolean | PerMessageDeflateOptions>(
    false,
    "Whether WebSocket messages are compressed where the client can; or options of `permessage-deflate`.",
    "a boolean, or options of permessage-deflate",
    (value) => typeof value === "boolean" || isObject(value),
  ),
  httpCompression: rule<boolean | CompressionSettings>(
    DEFAULT_THRESHOLD,
    "Whether answers to polls are compressed where the client can; or options of `zlib`, and `threshold`, the size in bytes from which on they are.",
    "a boolean, or options of zlib with a threshold of at least 0",
    (value) => typeof value === "boolean" || isCompression(value),
  ),
  wsEngine: optional<new (options: never) => object>(
    "A class like `Server` of the `ws` package that takes the WebSockets. By default they are taken by our own core.",
    "a class",
    isFunction,
  ),
  initialPacket: optional<SendData>(
    "A message that each client is sent right behind the handshake.",
    "a string, an ArrayBuffer or a view of one",
    (value) => typeof value === "string" || value instanceof ArrayBuffer || ArrayBuffer.isView(value),
  ),
  cors: rule<boolean | CorsOptions | CorsOptionsDelegate<IncomingMessage>>(
    false,
    "Options of the `cors` package, or true for its defaults. Without them no page of another origin gets access.",
    'a boolean, "*" for true, or options of the cors package such as { origin: "https://example.com" }',
    (value) => typeof value === "boolean" || isObject(value) || isFunction(value),
  ),
  cookie: rule<boolean | string | CookieOptions>(
    false,
    "Sets a cookie with the session's id at the handshake: true, its name, or options of the `cookie` package.",
    "a boolean, a name, or options of the cookie package, from which a cookie can be made",
    (value) => typeof value === "boolean" || isCookie(value),
  ),
};

export const ATTACH_OPTIONS = {
  path: text("/engine.io", "Path that requests are taken from."),
  addTrailingSlash: flag(true, "Whether a slash is added to the path."),
  destroyUpgrade: flag(true, "Whether an upgrade request that nobody takes is ended."),
  destroyUpgradeTimeout: wholeNumber(1000, "How long such a request may wait, in milliseconds.", 0),
};

export type ServerOptions = OptionInput<typeof SERVER_OPTIONS>;
export type AttachOptions = OptionInput<typeof ATTACH_OPTIONS>;

type CheckedServerOptions = OptionValues<typeof SERVER_OPTIONS>;

/** The options as the server uses them: of what may be `true`, the settings that this stands for. */
export interface ResolvedServerOptions
  extends Omit<CheckedServerOptions, "perMessageDeflate" | "httpCompression" | "cookie"> {
  readonly perMessageDeflate: PerMessageDeflateOptions | false;
  readonly httpCompression: CompressionSettings | false;
  readonly cookie: (CookieOptions & { readonly name: string }) | false;
}

/** @throws {TypeError} naming every option that is not as it must be. */
export function resolveServerOptions(options: ServerOptions): ResolvedServerOptions {
  const checked = resolveOptions(SERVER_OPTIONS, asMeant(options));
  const { perMessageDeflate, httpCompression, cookie } = checked;
  return {
    ...checked,
    perMessageDeflate: settingsOf(perMessageDeflate, DEFAULT_THRESHOLD),
    httpCompression: settingsOf(httpCompression, DEFAULT_THRESHOLD),
    cookie: settingsOf(typeof cookie === "string" ? { name: cookie } : cookie, DEFAULT_COOKIE),
  };
}

/** The most that one message may have where it is said to be without limit: Node has no longer texts. */
const LARGEST_MESSAGE = 2 ** 29;

/** What is not as the table has it, but means one thing only and is found in many applications. */
function asMeant(options: ServerOptions): ServerOptions {
  // `null` stands for an option that is not given.
  const given = Object.entries(options).filter(([, value]) => value !== null);
  const meant: Record<string, unknown> = Object.fromEntries(given);
  if (meant.cors === "*") meant.cors = true;
  if (meant.maxHttpBufferSize === Number.POSITIVE_INFINITY) meant.maxHttpBufferSize = LARGEST_MESSAGE;
  if (typeof meant.transports === "string") meant.transports = [meant.transports];
  return meant;
}

const settingsOf = <T extends object, D extends T>(given: boolean | T, defaults: D): (T & D) | false =>
  given === false ? false : { ...defaults, ...(given === true ? {} : given) };
