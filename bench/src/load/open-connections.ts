import { Connection } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { LoadFailure } from "./load-failure.ts";

const CONVERSATION_TIMEOUT_MS = 10_000;
/** Connections that are opened at a time, to stay below the server's listen backlog. */
const OPENING_BATCH = 100;
const READ_BUFFER_BYTES = { least: 4 * 1024, most: 256 * 1024 };

/** What a connection on which up to `expectedBytes` are under way needs as a read buffer. */
export const readBufferFor = (expectedBytes: number): number =>
  Math.min(READ_BUFFER_BYTES.most, Math.max(READ_BUFFER_BYTES.least, 2 * expectedBytes));

/** Waits for a conversation on `connections`, within 10 s; drops them when it fails. */
export async function converse<T>(
  connections: readonly Connection[],
  what: string,
  conversation: Promise<T>,
): Promise<T> {
  const drop = (cause?: Error) => {
    for (const connection of connections) connection.close(cause);
  };
  const timer = setTimeout(() => {
    drop(new LoadFailure(`no ${what} within ${CONVERSATION_TIMEOUT_MS} ms`));
  }, CONVERSATION_TIMEOUT_MS);
  try {
    return await conversation;
  } catch (cause) {
    drop();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

/** Opens one connection. Rejects with `LoadFailure`, and leaves nothing open, when the server does not play its part. */
export async function openConnection(port: number, dialect: Dialect, readBytes: number): Promise<Connection> {
  const connection = new Connection(port, readBytes);
  await converse([connection], "handshake", dialect.open(connection));
  return connection;
}

/** Closes one connection that `openConnection` gave, as the dialect has it. Rejects in the same way. */
export const closeConnection = (connection: Connection, dialect: Dialect): Promise<void> =>
  converse([connection], "closing handshake", dialect.close(connection));

/** Has `open` called for each index below `count`, some at a time. Rejects when one of them does, after those begun with it. */
export async function openInBatches(count: number, open: (index: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += OPENING_BATCH) {
    const batch = Math.min(OPENING_BATCH, count - first);
    const opened = await Promise.allSettled(Array.from({ length: batch }, (_, index) => open(first + index)));
    for (const outcome of opened) if (outcome.status === "rejected") throw outcome.reason;
  }
}

/**
 * Opens `count` connections, some at a time.
 *
 * @param onOpen gets each one as soon as it is open, and owns it from then on, also when others fail.
 */
export const openConnections = (
  { port, dialect, count, readBytes }: ConnectionsWanted,
  onOpen: (connection: Connection, index: number) => void,
): Promise<void> =>
  openInBatches(count, async (index) => onOpen(await openConnection(port, dialect, readBytes), index));

export interface ConnectionsWanted {
  readonly port: number;
  readonly dialect: Dialect;
  readonly count: number;
  readonly readBytes: number;
}
