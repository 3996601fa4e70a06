import type { IncomingMessage, ServerResponse } from "node:http";
import { type Codec, revision3, revision4 } from "@towline/engine.io-parser";
import type { Query } from "./compat.ts";
import type { Refusal } from "./errors.ts";
import type { Route } from "./request-check.ts";
import type { Socket } from "./socket.ts";
import type { Transport, TransportName } from "./transport.ts";

/** One request for a session and its answer, over HTTP or an upgrade: what the server does with it is the same. */
export interface Exchange {
  readonly request: IncomingMessage;
  /** For middlewares: what they put in its head goes out with the answer. */
  readonly response: ServerResponse;
  readonly query: Query;
  /** The transport that it came over. */
  readonly channel: TransportName;
  /** Whether a middleware has answered already. */
  readonly isAnswered: boolean;
  /** Whether the client has left, with no answer. */
  readonly isGone: boolean;
  refuse(refusal: Refusal): void;
  /**
   * Makes the transport of a new session. Refuses by itself, and does not call back, when that cannot be.
   *
   * @param newId id of the session.
   */
  open(route: Route, newId: string, onOpen: (transport: Transport) => void): void;
  /** The session on that transport is open. */
  begin(transport: Transport): void;
  /** Brings the request to the session that it names. */
  join(route: Route, socket: Socket): void;
}

export const codecOf = ({ revision }: Route): Codec => (revision === 3 ? revision3 : revision4);
