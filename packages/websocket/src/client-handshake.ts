import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { ConnectionError } from "./errors.ts";
import { acceptKey } from "./handshake.ts";
import { isToken } from "./token-list.ts";

/** A fresh key for an opening handshake: 16 random bytes in base64 (RFC 6455 §4.1 item 7). */
export const newKey = (): string => randomBytes(16).toString("base64");

/** @throws {SyntaxError} unless all are different tokens (RFC 6455 §4.1 item 10). */
export function checkProtocols(protocols: string | readonly string[]): readonly string[] {
  const list = typeof protocols === "string" ? [protocols] : [...protocols];
  if (new Set(list).size !== list.length || !list.every((name) => typeof name === "string" && isToken(name)))
    throw new SyntaxError(`Subprotocols must be different tokens, got ${JSON.stringify(list)}`);
  return list;
}

/** The headers of an opening handshake; `further` ones cannot replace those that make it one. */
export function requestHeaders(
  key: string,
  protocols: readonly string[],
  origin: string | undefined,
  further: OutgoingHttpHeaders = {},
): OutgoingHttpHeaders {
  const own: OutgoingHttpHeaders = {
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(protocols.length === 0 ? {} : { "Sec-WebSocket-Protocol": protocols.join(",") }),
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": key,
  };
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const free = Object.entries(further).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...Object.fromEntries(free), ...own };
}

/**
 * Checks a server's answer with status 101 (RFC 6455 §4.1, "client's requirements on the response").
 *
 * @returns the subprotocol it chose, or "".
 * @throws {ConnectionError} `WS_ERR_HANDSHAKE_FAILED`
 */
export function checkAnswer(headers: IncomingHttpHeaders, key: string, protocols: readonly string[]): string {
  if (headers.upgrade?.toLowerCase() !== "websocket") fail('the "Upgrade" header is not "websocket"');
  if (headers["sec-websocket-accept"] !== acceptKey(key))
    fail('the "Sec-WebSocket-Accept" header does not fit the key');
  if (headers["sec-websocket-extensions"] !== undefined)
    fail("the server chose an extension that was not offered");
  const protocol = headers["sec-websocket-protocol"] ?? "";
  if (protocol !== "" && !protocols.includes(protocol))
    fail("the server chose a subprotocol that was not offered");
  if (protocol === "" && protocols.length > 0) fail("the server chose none of the subprotocols");
  return protocol;
}

function fail(why: string): never {
  throw new ConnectionError("WS_ERR_HANDSHAKE_FAILED", why);
}
