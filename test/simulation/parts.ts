import type { SessionContext, SessionOwner } from "../../packages/engine.io/src/session.ts";
import type { Transport } from "../../packages/engine.io/src/transport.ts";
import type { OpenWebSocket, SendHttp } from "../../packages/engine.io-client/src/network.ts";
import { polling } from "../../packages/engine.io-client/src/polling.ts";
import type { TransportFactory } from "../../packages/engine.io-client/src/transport.ts";
import { websocket } from "../../packages/engine.io-client/src/websocket.ts";
import { type SessionWatcher, WatchedSession } from "./watched-session.ts";

/** What a run is made of. A test puts a broken part in the place of a sound one. */
export interface Parts {
  /** Makes the sessions of the server. */
  createSession(
    owner: SessionOwner,
    transport: Transport,
    context: SessionContext,
    watcher: SessionWatcher,
  ): WatchedSession;
  /** Make the transports of the client. */
  polling(sendHttp: SendHttp): TransportFactory;
  websocket(openWebSocket: OpenWebSocket): TransportFactory;
}

export const SOUND_PARTS: Parts = {
  createSession: (owner, transport, context, watcher) =>
    new WatchedSession(owner, transport, context, watcher),
  polling,
  websocket,
};
