import type { EventOf } from "../../packages/core/src/machine.ts";
import {
  Session,
  type SessionContext,
  type SessionOwner,
  type SessionState,
} from "../../packages/engine.io/src/session.ts";
import type { SESSION } from "../../packages/engine.io/src/session-states.ts";
import type { Transport } from "../../packages/engine.io/src/transport.ts";

export type SessionWatcher = (from: SessionState, to: SessionState, event: EventOf<typeof SESSION>) => void;

/** A session of the server that shows each of its moves. */
export class WatchedSession extends Session {
  readonly #watcher: SessionWatcher;

  constructor(owner: SessionOwner, transport: Transport, context: SessionContext, watcher: SessionWatcher) {
    super(owner, transport, context);
    this.#watcher = watcher;
  }

  override fire(event: EventOf<typeof SESSION>): boolean {
    const from = this.state;
    const hasMoved = super.fire(event);
    if (hasMoved) this.#watcher(from, this.state, event);
    return hasMoved;
  }
}
