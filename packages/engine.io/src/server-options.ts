import type { IncomingMessage } from "node:http";
import {
  flag,
  milliseconds,
  type OptionInput,
  type OptionValues,
  optional,
  rule,
  subsetOf,
  text,
  wholeNumber,
} from "@towline/core";
import type { SerializeOptions } from "cookie";
import type { CorsOptions, CorsOptionsDelegate } from "cors";

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
    "The most bytes that may wait for a client that does not read; more ends its session.",
  ),
  allowRequest: optional<AllowRequest>(
    "`(request, callback)`: decides whether a handshake goes ahead.",
    "a function",
    isFunction,
  ),
  transports: subsetOf(["polling", "websocket"], ["polling", "websocket"], "Transports on offer."),
  allowUpgrades: flag(true, "Whether a session may move from polling to WebSocket."),
  allowEIO3: flag(
    true,
    "Whether clients of revision 3 (Socket.IO 1.x and 2.x) are served. `engine.io` has `false`.",
  ),
  cors: optional<CorsOptions | CorsOptionsDelegate<IncomingMessage>>(
    "Options of the `cors` package. Without them no page of another origin gets access.",
    "options of the cors package",
    (value) => isObject(value) || isFunction(value),
  ),
  cookie: rule<boolean | string | CookieOptions>(
    false,
    "Sets a cookie with the session's id at the handshake: true, its name, or options of the `cookie` package.",
    "a boolean, a name, or options of the cookie package",
    (value) => typeof value === "boolean" || (typeof value === "string" && value !== "") || isObject(value),
  ),
};

export const ATTACH_OPTIONS = {
  path: text("/engine.io", "Path that requests are taken from."),
  addTrailingSlash: flag(true, "Whether a slash is added to the path."),
  destroyUpgrade: flag(true, "Whether an upgrade request that nobody takes is ended."),
  destroyUpgradeTimeout: milliseconds(1000, "How long such a request may wait, in milliseconds."),
};

export type ServerOptions = OptionInput<typeof SERVER_OPTIONS>;
export type ResolvedServerOptions = OptionValues<typeof SERVER_OPTIONS>;
export type AttachOptions = OptionInput<typeof ATTACH_OPTIONS>;
