import type { ClientRequest, ClientRequestArgs, OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import type { NetConnectOpts } from "node:net";
import type { Duplex } from "node:stream";
import type { PeerCertificate } from "node:tls";
import {
  flag,
  milliseconds,
  type OptionRule,
  type OptionValues,
  optional,
  resolveOptions,
  rule,
  wholeNumber,
} from "@towline/core";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "./connection-options.ts";
import { compression, type PerMessageDeflateOptions } from "./deflate-options.ts";
import { headerFaults, isHeaderValue } from "./header-faults.ts";
import type { WebSocket } from "./websocket.ts";
import type { CertMeta } from "./ws-types.ts";

/** Options of a client besides its connection's. The README's table is this one. */
export const CLIENT_OPTIONS = {
  handshakeTimeout: milliseconds(
    30_000,
    "How long the opening handshake may take, in milliseconds, redirects included.",
  ),
  followRedirects: flag(
    false,
    "Whether redirects are followed. Credentials are not sent on to another scheme, host or port.",
  ),
  maxRedirects: wholeNumber(10, "How many redirects are followed.", 0),
  protocolVersion: rule<8 | 13>(
    13,
    "Version of the protocol to ask for. Version 8 has the same frames.",
    "8 or 13",
    (value) => value === 8 || value === 13,
  ),
  headers: {
    default: {},
    doc: "Further headers of the request. They cannot replace those of the handshake.",
    check: headerFaults,
  } satisfies OptionRule<OutgoingHttpHeaders>,
  origin: optional<string>(
    "The `Origin` header. None by default.",
    "a header's value",
    (value) => typeof value === "string" && isHeaderValue(value),
  ),
  perMessageDeflate: compression(true, "Whether to offer compression, or the options to offer it with."),
  finishRequest: optional<(request: ClientRequest, webSocket: never) => void>(
    "Called with each request and the WebSocket before the request goes out. It must call `request.end()`, and may do so later.",
    "a function",
    isFunction,
  ),
};

type NodeOptions = Omit<RequestOptions, "headers" | "timeout" | "createConnection" | "checkServerIdentity">;

/**
 * Options of a client: the connection's, its own, and those of `http.request` and `https.request` (agent, TLS, …).
 * The address decides on host, port and path, not an option.
 */
export interface ClientOptions<Owner = WebSocket> extends ConnectionOptions, NodeOptions {
  /** How long the opening handshake may take, in milliseconds, redirects included. Defaults to 30 s. */
  handshakeTimeout?: number | undefined;
  /** Whether redirects are followed. Credentials are not sent on to another origin. Defaults to false. */
  followRedirects?: boolean | undefined;
  /** How many redirects are followed. Defaults to 10. */
  maxRedirects?: number | undefined;
  /** Version of the protocol to ask for: 13, or 8, which has the same frames. Defaults to 13. */
  protocolVersion?: number | undefined;
  /** Further headers of the request. They cannot replace those of the handshake. */
  headers?: OutgoingHttpHeaders | undefined;
  /** The `Origin` header. Defaults to none. */
  origin?: string | undefined;
  /** Whether to offer compression (RFC 7692), or the options to offer it with. Defaults to true. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Called with each request before it goes out. It must call `request.end()`, and may do so later. */
  finishRequest?: ((request: ClientRequest, webSocket: Owner) => void) | undefined;
  /** Makes the socket, as for `http.request`. Defaults to `net.connect` and `tls.connect`. */
  createConnection?(
    options: NetConnectOpts & ClientRequestArgs,
    onCreate: (error?: Error | null, socket?: Duplex) => void,
  ): Duplex | null | undefined;
  /** As for `tls.connect`: gives an error to refuse the certificate. `ws` types what it gives as a boolean. */
  checkServerIdentity?(host: string, certificate: PeerCertificate & CertMeta): Error | boolean | undefined;
}

const ALL_OPTIONS = { ...CONNECTION_OPTIONS, ...CLIENT_OPTIONS };

export type ClientSettings = OptionValues<typeof ALL_OPTIONS>;

/**
 * Fills in and checks the options of a client, those of its connection included.
 *
 * @throws {TypeError} naming every fault at once.
 */
export function clientSettings(options: ClientOptions): ClientSettings {
  return resolveOptions(ALL_OPTIONS, options as Partial<ClientSettings>);
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}
