import { flag, milliseconds, type OptionInput, optional, rule, text, wholeNumber } from "@towline/core";
import type { EndpointOptions } from "./endpoint.ts";
import type { Trace } from "./trace.ts";

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const TRANSPORTS = ["polling", "websocket", "webtransport"] as const;

/** Sentences on options stand as comments here: as strings, each page that loads the client would fetch them. */
const NO_DOC = "";

/** Every option of a `Socket` but those that say where the server is. */
export const SOCKET_OPTIONS = {
  /** Transports in the order to try them; those behind the first may upgrade it. */
  transports: rule<readonly string[]>(
    TRANSPORTS,
    NO_DOC,
    `a non-empty list of ${TRANSPORTS.join(", ")}`,
    (v) => Array.isArray(v) && v.length > 0 && v.every((name) => TRANSPORTS.includes(name)),
  ),
  /** Protocol revision: 3 for Socket.IO 1.x and 2.x servers, 4 for later ones, or found out. */
  protocol: rule<3 | 4 | "auto">("auto", NO_DOC, '3, 4 or "auto"', (v) => v === 3 || v === 4 || v === "auto"),
  /** Path of the server. */
  path: text("/engine.io", NO_DOC),
  /** Whether the path is made to end with a slash. */
  addTrailingSlash: flag(true, NO_DOC),
  /** Whether to move to a better transport. */
  upgrade: flag(true, NO_DOC),
  /** Whether to begin with WebSocket when it worked the last time. */
  rememberUpgrade: flag(false, NO_DOC),
  /** Whether to try the next transport when one cannot open the session. */
  tryAllTransports: flag(false, NO_DOC),
  /** Whether bytes are sent as base64 also where they need not be. */
  forceBase64: flag(false, NO_DOC),
  /** Whether each request gets a parameter that no cache has seen. Polling does by default. */
  timestampRequests: optional<boolean>(NO_DOC, "true or false", (v) => typeof v === "boolean"),
  /** Name of that parameter. */
  timestampParam: text("t", NO_DOC),
  /** Whether a browser sends cookies to other origins. */
  withCredentials: flag(false, NO_DOC),
  /** Headers of each request. */
  extraHeaders: rule<Record<string, string>>({}, NO_DOC, "an object", isObject),
  /** WebSocket subprotocols to offer. */
  protocols: rule<string | readonly string[]>(
    [],
    NO_DOC,
    "a string or a list of strings",
    (v) => typeof v === "string" || Array.isArray(v),
  ),
  /** Options for one transport, by its name. */
  transportOptions: rule<Record<string, NetworkInput | undefined>>({}, NO_DOC, "an object", isObject),
  /** Whether the session is closed, without a word, when the page is left. */
  closeOnBeforeunload: flag(false, NO_DOC),
  /** Whether Node may end while the session is open. */
  autoUnref: flag(false, NO_DOC),
  /** Milliseconds that one request may take; with 0 only the heartbeat bounds it. */
  requestTimeout: rule<number>(
    0,
    NO_DOC,
    "a number of milliseconds",
    (v) => Number.isSafeInteger(v) && (v as number) >= 0,
  ),
  /** Milliseconds that opening the session may take. */
  openTimeout: milliseconds(60_000, NO_DOC),
  /** Largest response or message taken from the server. */
  maxMessageBytes: wholeNumber(100 * 2 ** 20, NO_DOC),
  /** What may wait to be sent; more closes the session. */
  maxQueueBytes: wholeNumber(64 * 2 ** 20, NO_DOC),
  /** Called with every packet and every change of a transport. */
  trace: optional<Trace>(NO_DOC, "a function", (v) => typeof v === "function"),
};

/** What Node passes on to `http.request`, `https.request` and the WebSocket. Browsers ignore these. */
export interface NodeNetworkOptions {
  agent?: unknown;
  pfx?: unknown;
  key?: unknown;
  passphrase?: string | undefined;
  cert?: unknown;
  ca?: unknown;
  ciphers?: string | undefined;
  rejectUnauthorized?: boolean | undefined;
  localAddress?: string | undefined;
  family?: number | undefined;
}

export const NODE_OPTIONS = [
  "agent",
  "pfx",
  "key",
  "passphrase",
  "cert",
  "ca",
  "ciphers",
  "rejectUnauthorized",
  "localAddress",
  "family",
] as const satisfies readonly (keyof NodeNetworkOptions)[];

/** What may differ between transports. */
export interface NetworkInput extends NodeNetworkOptions {
  extraHeaders?: Record<string, string> | undefined;
  withCredentials?: boolean | undefined;
  requestTimeout?: number | undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Options of a `Socket`; the README has a sentence on each. */
export interface SocketOptions
  extends Writable<OptionInput<typeof SOCKET_OPTIONS>>,
    EndpointOptions,
    NodeNetworkOptions {}
