/** Names that applications and tools know from `engine.io`, kept apart from the core that has no need of them. */
import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parse } from "node:querystring";
import { REFUSALS } from "./errors.ts";

/** The parameters of a request: of one that is repeated, the last. */
export type Query = Record<string, string>;

/** A request as `engine.io` hands it on: with its parsed query, and the answer while there is none yet. */
export type EngineRequest = IncomingMessage & {
  _query?: Query;
  res?: ServerResponse | undefined;
};

/** The parsed query of a request, left where middlewares and applications look for it, or found there. */
export function queryOf(request: IncomingMessage): Query {
  const carrier = request as EngineRequest;
  carrier._query ??= parseQuery(request.url ?? "");
  return carrier._query;
}

/** Whether a query has anything in it that is written otherwise than it reads. */
const ESCAPED = /[%+]/;

function parseQuery(url: string): Query {
  const start = url.indexOf("?");
  if (start === -1) return {};
  const text = url.slice(start + 1);
  return (ESCAPED.test(text) ? undefined : parsePlain(text)) ?? parseForeign(text);
}

/** The parameters of the protocol. */
const PARAMETERS = new Set(["EIO", "transport", "sid", "t", "b64", "j"]);

/**
 * Parses what official clients send, and nothing else: each request has a query, and a session keeps its first one. An
 * object without prototype, which only foreign names call for, would take three times as much.
 */
function parsePlain(text: string): Query | undefined {
  const query: Query = {};
  for (let start = 0; start < text.length; ) {
    const end = endOf(text, "&", start);
    const equals = Math.min(endOf(text, "=", start), end);
    const name = text.slice(start, equals);
    if (!PARAMETERS.has(name)) return undefined;
    query[name] = text.slice(equals + 1, end);
    start = end + 1;
  }
  return query;
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found;
}

function parseForeign(text: string): Query {
  const query = parse(text);
  for (const [name, value] of Object.entries(query)) if (Array.isArray(value)) query[name] = value.at(-1);
  return query as Query;
}

/** Leaves the answer to a request where Express and its middlewares look for it, until it is over. */
export function carryResponse(request: IncomingMessage, response: ServerResponse | undefined): void {
  (request as EngineRequest).res = response;
}

/** A map as an object that can be read like one, for those who know it as that. Nothing is copied. */
export function recordOf<V>(map: ReadonlyMap<string, V>): Readonly<Record<string, V>> {
  return new Proxy<Record<string, V>>(Object.create(null), {
    get: (_target, key) => (typeof key === "string" ? map.get(key) : undefined),
    has: (_target, key) => typeof key === "string" && map.has(key),
    ownKeys: () => [...map.keys()],
    getOwnPropertyDescriptor: (_target, key) =>
      typeof key === "string" && map.has(key)
        ? { value: map.get(key), enumerable: true, configurable: true, writable: false }
        : undefined,
    set: () => false,
    deleteProperty: () => false,
  });
}

/**
 * Has a new emitter make room for listeners when the first comes, as Node does for one without: most sockets below
 * Socket.IO never get any, and an empty table takes 184 bytes.
 */
export function forgetListeners(emitter: EventEmitter): void {
  (emitter as EventEmitter & { _events?: object | undefined })._events = undefined;
}

type Refusals = typeof REFUSALS;
type ProtocolRefusal = Exclude<keyof Refusals, `SERVER_${string}`>;

const PROTOCOL_REFUSALS = (Object.keys(REFUSALS) as (keyof Refusals)[]).filter(
  (name): name is ProtocolRefusal => !name.startsWith("SERVER_"),
);

/** The protocol's codes by their names. */
export const ERRORS = Object.fromEntries(
  PROTOCOL_REFUSALS.map((name) => [name, REFUSALS[name].code]),
) as unknown as { readonly [N in ProtocolRefusal]: Refusals[N]["code"] };

/** What clients are told, by code. */
export const ERROR_MESSAGES = Object.fromEntries(
  PROTOCOL_REFUSALS.map((name) => [REFUSALS[name].code, REFUSALS[name].message]),
) as unknown as { readonly [N in ProtocolRefusal as Refusals[N]["code"]]: Refusals[N]["message"] };

export type ErrorCallback = (
  errorCode?: (typeof ERRORS)[keyof typeof ERRORS],
  errorContext?: Record<string, unknown> & { name?: string; message?: string },
) => void;

/** `engine.io` has a server on uWebSockets.js by this name. Here there is none: ours needs no addon. */
export class uServer {
  constructor() {
    throw new Error(
      "There is no uServer here: use Server, with a server of node:http, node:https or node:http2",
    );
  }
}
