import {
  type ClientRequest,
  type ClientRequestArgs,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { isIP, type NetConnectOpts, connect as netConnect } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions as TlsOptions, connect as tlsConnect } from "node:tls";
import type { Hop } from "./redirect.ts";

/**
 * Makes the request of an opening handshake, and does not end it.
 *
 * @throws what Node has against an option, such as an agent for the other scheme.
 */
export function handshakeRequest({ target, options }: Hop, headers: OutgoingHttpHeaders): ClientRequest {
  const { isSecure, hostname, port, path, socketPath } = target;
  const args: RequestOptions = {
    ...(options as RequestOptions),
    // The address decides, not an option of the same name.
    protocol: isSecure ? "https:" : "http:",
    host: hostname,
    hostname,
    port,
    // Without an agent Node needs to be told which port goes unsaid.
    defaultPort: isSecure ? 443 : 80,
    path,
    socketPath,
    auth: target.auth ?? options.auth,
    method: "GET",
    headers,
    timeout: undefined,
    // Unless the user brings an agent: a connection of its own, never a used one out of a pool.
    createConnection: (options as RequestOptions).createConnection ?? (isSecure ? dialTls : dial),
  };
  const request = (isSecure ? httpsRequest : httpRequest)(args);
  // Once the answer is read Node would leave a socket open that no agent takes back.
  if (options.agent === undefined)
    request.once("response", ({ socket }: IncomingMessage) => socket.once("free", destroySelf));
  return request;
}

function destroySelf(this: Duplex): void {
  this.destroy();
}

function dial(options: ClientRequestArgs): Duplex {
  return netConnect(options as NetConnectOpts);
}

function dialTls(options: ClientRequestArgs): Duplex {
  const given = options as TlsOptions;
  const host = given.host ?? "";
  return tlsConnect({
    ...given,
    // RFC 6066 §3: a name, never an address.
    servername: given.servername ?? (isIP(host) === 0 ? host : ""),
    // The handshake is one of HTTP/1.1, which a server that speaks HTTP/2 as well should hear in time.
    ALPNProtocols: given.ALPNProtocols ?? ["http/1.1"],
  });
}
