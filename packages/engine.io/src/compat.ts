/** Names that applications and tools know from `engine.io`, kept apart from the core that has no need of them. */
import type { IncomingMessage } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";

/** A request as `engine.io` hands it on: with its parsed query. Middlewares and `socket.handshake.query` read it. */
export type EngineRequest = IncomingMessage & { _query?: ParsedUrlQuery };

export function carryQuery(request: IncomingMessage, query: ParsedUrlQuery): void {
  (request as EngineRequest)._query = query;
}
