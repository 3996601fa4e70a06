import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { checkDeflateAnswer, type DeflateAgreement, deflateOffer } from "./deflate-negotiation.ts";
import type { DeflateSettings } from "./deflate-options.ts";
import { ConnectionError } from "./errors.ts";
import { acceptKey } from "./handshake.ts";
import { hasToken, isToken } from "./token-list.ts";

/** What a client offers in its opening handshake. */
export interface Offer {
  readonly protocols: readonly string[];
  /** `undefined` when no compression is offered. */
  readonly deflate: DeflateSettings | undefined;
  readonly origin: string | undefined;
  readonly version: 8 | 13;
}

/** A fresh key for an opening handshake: 16 random bytes in base64 (RFC 6455 §4.1 item 7). */
export const newKey = (): string => randomBytes(16).toString("base64");

/** @throws {SyntaxError} unless all are different tokens (RFC 6455 §4.1 item 10). */
export function checkProtocols(protocols: string | readonly string[]): readonly string[] {
  const list = typeof protocols === "string" ? [protocols] : [...protocols];
  if (new Set(list).size !== list.length || !list.every((name) => typeof name === "string" && isToken(name)))
    throw new SyntaxError(`Subprotocols must be different tokens, got ${JSON.stringify(list)}`);
  return list;
}

/** Version 8 is draft 10 to 12 of the protocol: another name for the origin, and nothing else that we would see. */
const ORIGIN_HEADER = { 8: "Sec-WebSocket-Origin", 13: "Origin" } as const;

/** The headers of an opening handshake; `further` ones cannot replace those that make it one. */
export function requestHeaders(
  key: string,
  { protocols, deflate, origin = "", version }: Offer,
  further: OutgoingHttpHeaders = {},
): OutgoingHttpHeaders {
  const own: OutgoingHttpHeaders = {
    ...(origin === "" ? {} : { [ORIGIN_HEADER[version]]: origin }),
    ...(protocols.length === 0 ? {} : { "Sec-WebSocket-Protocol": protocols.join(",") }),
    ...(deflate === undefined ? {} : { "Sec-WebSocket-Extensions": deflateOffer(deflate) }),
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": String(version),
    "Sec-WebSocket-Key": key,
  };
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const free = Object.entries(further).filter(
    ([name, value]) => value !== undefined && !taken.has(name.toLowerCase()),
  );
  return { ...Object.fromEntries(free), ...own };
}

/** What a server's answer agrees on. */
export interface Agreed {
  /** The subprotocol, or "". */
  readonly protocol: string;
  readonly deflate: DeflateAgreement | undefined;
}

/**
 * Checks a server's answer with status 101 (RFC 6455 §4.1, "client's requirements on the response").
 *
 * @throws {ConnectionError} `WS_ERR_HANDSHAKE_FAILED`
 */
export function checkAnswer(
  headers: IncomingHttpHeaders,
  key: string,
  { protocols, deflate }: Pick<Offer, "protocols" | "deflate">,
): Agreed {
  if (headers.upgrade?.toLowerCase() !== "websocket") fail('the "Upgrade" header is not "websocket"');
  if (!hasToken(headers.connection, "upgrade")) fail('the "Connection" header does not hold "Upgrade"');
  if (headers["sec-websocket-accept"] !== acceptKey(key))
    fail('the "Sec-WebSocket-Accept" header does not fit the key');
  return {
    protocol: checkProtocol(headers["sec-websocket-protocol"], protocols),
    deflate: checkDeflateAnswer(headers["sec-websocket-extensions"], deflate),
  };
}

function checkProtocol(chosen: string | undefined, offered: readonly string[]): string {
  if (chosen === undefined && offered.length > 0) fail("the server chose none of the subprotocols");
  if (chosen !== undefined && !offered.includes(chosen))
    fail("the server chose a subprotocol that was not offered");
  return chosen ?? "";
}

function fail(why: string): never {
  throw new ConnectionError("WS_ERR_HANDSHAKE_FAILED", why);
}
