import { IncomingMessage, ServerResponse } from "node:http";
import { isIP, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { queryOf } from "./compat.ts";
import type { WebTransportSession } from "./webtransport-types.ts";

/** What the request is taken to be of when the server of HTTP/3 does not say. */
const DEFAULT_URL = "/?EIO=4&transport=webtransport";

/**
 * The request that a session of WebTransport began with, as middlewares and applications know requests. It was
 * answered before the session came to us: `url`, `headers` and the address are what the session carries of it.
 */
export class WebTransportRequest extends IncomingMessage {
  readonly webTransport: WebTransportSession;

  /** @param sid the Engine.IO session that is to move, if there is one. */
  constructor(webTransport: WebTransportSession, sid: string | undefined) {
    super(new AbsentSocket(addressOf(webTransport)) as Duplex as Socket);
    this.webTransport = webTransport;
    const fields = new Map(Object.entries(webTransport.header ?? {}));
    const path: unknown = fields.get(":path");
    this.method = "GET";
    this.httpVersion = "3.0";
    this.httpVersionMajor = 3;
    this.httpVersionMinor = 0;
    this.url = typeof path === "string" && path.startsWith("/") ? path : DEFAULT_URL;
    this.headers = headersOf(fields);
    this.complete = true;
    this.push(null);
    // The client says it in the first packet, not in the URL.
    const query = queryOf(this);
    Object.assign(query, { EIO: "4", transport: "webtransport" });
    if (sid === undefined) delete query.sid;
    else query.sid = sid;
  }
}

/** For middlewares. What they put in its head goes nowhere; what they answer ends the session. */
export function responseFor(request: WebTransportRequest, onAnswered: () => void): ServerResponse {
  const response = new ServerResponse(request);
  response.assignSocket(request.socket);
  return response.on("finish", onAnswered);
}

function headersOf(fields: ReadonlyMap<string, unknown>): IncomingMessage["headers"] {
  const headers = new Map<string, string | string[]>();
  const authority = fields.get(":authority");
  if (typeof authority === "string") headers.set("host", authority);
  for (const [name, value] of fields)
    if (!name.startsWith(":") && isFieldValue(value)) headers.set(name.toLowerCase(), value);
  return Object.fromEntries(headers);
}

const isFieldValue = (value: unknown): value is string | string[] =>
  typeof value === "string" || (Array.isArray(value) && value.every((one) => typeof one === "string"));

/** The address without the port: `192.0.2.1:4433`, `[2001:db8::1]:4433` or `2001:db8::1:4433`. */
function addressOf({ peerAddress = "" }: WebTransportSession): string {
  const address = peerAddress.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isIP(address) === 0 ? peerAddress : address;
}

/** Stands where a request has its connection. */
class AbsentSocket extends Duplex {
  readonly remoteAddress: string;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
    callback();
  }
}
