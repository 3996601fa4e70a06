import { setImmediate } from "node:timers";
import { forgetJoined } from "./joined-frames.ts";

export interface Flushable {
  flush(): void;
}

let dirty: Flushable[] = [];

/**
 * Has `flush` called once, when all that has arrived by now has been read: at the end of this turn of the event loop.
 * One call serves all connections.
 */
export function scheduleFlush(outbox: Flushable): void {
  if (dirty.push(outbox) === 1) setImmediate(flushAll);
}

function flushAll(): void {
  const outboxes = dirty;
  dirty = [];
  let done = 0;
  try {
    while (done < outboxes.length) (outboxes[done++] as Flushable).flush();
  } finally {
    forgetJoined();
    // A listener threw: that is its owner's affair, and the others still get their turn.
    if (done < outboxes.length) for (const outbox of outboxes.slice(done)) scheduleFlush(outbox);
  }
}
