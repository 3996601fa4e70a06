import type { Query } from "./compat.ts";
import { Refusal } from "./errors.ts";
import type { TransportName } from "./transport.ts";

/** What a check needs to know of a request. */
export interface RequestFacts {
  readonly method: string | undefined;
  readonly query: Query;
  readonly origin: string | undefined;
  /** The transport that it came over. */
  readonly channel: TransportName;
}

/** What a check needs to know of the session that the request names. A `Socket` tells it. */
export interface SessionFacts {
  readonly protocol: 3 | 4;
  readonly transport: { readonly name: TransportName };
}

/** What a sound request asks for. */
export interface Route {
  readonly transport: TransportName;
  readonly revision: 3 | 4;
  /** Absent when the request opens a session. */
  readonly sid: string | undefined;
}

const INVALID_HEADER_CHARACTER = /[^\t\x20-\x7e\x80-\xff]/;

const isTransport = (value: unknown, offered: readonly string[]): value is TransportName =>
  typeof value === "string" && offered.includes(value);

/** Everything but 4 counts as 3: clients of the time before the parameter had meaning send other values, or none. */
const revisionOf = (query: Query): 3 | 4 => (query.EIO === "4" ? 4 : 3);

/**
 * Checks a request before anything is done with it.
 *
 * @returns where it is to go, or why it is refused.
 */
export function checkRequest(
  { method, query, origin, channel }: RequestFacts,
  options: { readonly transports: readonly string[]; readonly allowEIO3: boolean },
  sessions: ReadonlyMap<string, SessionFacts>,
): Route | Refusal {
  const { transport, sid } = query;
  if (!isTransport(transport, options.transports)) return new Refusal("UNKNOWN_TRANSPORT", { transport });
  if (origin !== undefined && INVALID_HEADER_CHARACTER.test(origin))
    return new Refusal("BAD_REQUEST", { name: "INVALID_ORIGIN", origin });

  const revision = revisionOf(query);
  if (sid === undefined || sid === "") {
    if (method !== "GET") return new Refusal("BAD_HANDSHAKE_METHOD", { method });
    if (transport !== channel)
      return new Refusal("BAD_REQUEST", { name: "TRANSPORT_HANDSHAKE_ERROR", transport });
    if (revision === 3 && !options.allowEIO3)
      return new Refusal("UNSUPPORTED_PROTOCOL_VERSION", { protocol: revision });
    return { transport, revision, sid: undefined };
  }

  if (typeof sid !== "string") return new Refusal("UNKNOWN_SID", { sid });
  const session = sessions.get(sid);
  if (session === undefined) return new Refusal("UNKNOWN_SID", { sid });
  if (session.protocol !== revision)
    return new Refusal("BAD_REQUEST", { name: "PROTOCOL_MISMATCH", protocol: revision });
  // Requests go to sessions on polling: a poll, a post, or the transport they may move to.
  if (transport !== channel || session.transport.name !== "polling")
    return new Refusal("BAD_REQUEST", {
      name: "TRANSPORT_MISMATCH",
      transport,
      previousTransport: session.transport.name,
    });
  return { transport, revision, sid };
}
