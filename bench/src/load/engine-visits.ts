import type { Visit } from "./connect-load.ts";
import { Connection } from "./connection.ts";
import { expectStart } from "./expect-start.ts";
import { readServerFrame } from "./frame.ts";
import { converse } from "./open-connections.ts";
import { textPayload } from "./payload.ts";
import { polling4 } from "./polling-dialect.ts";
import { expectAnswer, PollingSession } from "./polling-session.ts";
import { closeWebSocket, textFrame, upgrade } from "./websocket-conversation.ts";

const READ_BYTES = 1024;
const PAYLOAD_BYTES = 32;

async function hangUp(connection: Connection): Promise<void> {
  connection.end();
  await connection.closed();
}

/** Two connections to the server, for a conversation that ends with both of them closed. */
const onTwoConnections =
  (what: string, hold: (polls: Connection, other: Connection) => Promise<void>): Visit =>
  (port) => {
    const polls = new Connection(port, READ_BYTES);
    const other = new Connection(port, READ_BYTES);
    return converse([polls, other], what, hold(polls, other));
  };

let visits = 0;

/** The message of a visit: not the same as that of the last one, and of one size. */
const nextPacket = (): string => `4${textPayload(visits++ % 1e6, 0, PAYLOAD_BYTES).bytes.toString()}`;

/**
 * A session that begins on polling, moves to WebSocket as the official clients do, has one message echoed there, and is
 * closed.
 */
export const visitByUpgrade: Visit = onTwoConnections("upgrade", async (polls, socket) => {
  const session = await PollingSession.open(polls, polling4);
  polls.write(session.poll);
  await upgrade(socket, session.upgradePath);
  socket.write(textFrame("2probe"));
  expectStart("answer to the probe", await socket.read(readServerFrame), "3probe");
  // Only when no poll is under way any more may the session move.
  await expectAnswer(polls, "the last poll", "200 6");
  socket.write(textFrame("5"));
  const packet = nextPacket();
  socket.write(textFrame(packet));
  expectStart("echo", await socket.read(readServerFrame), packet);
  await closeWebSocket(socket);
  await hangUp(polls);
});

/** A session on polling that is closed while a poll waits. */
export const visitByPolling: Visit = onTwoConnections("session on polling", async (polls, posts) => {
  const session = await PollingSession.open(polls, polling4);
  polls.write(session.poll);
  posts.write(session.post(["1"]));
  await expectAnswer(posts, "closing post", "200 ok");
  await expectAnswer(polls, "last poll", "200 ");
  await Promise.all([hangUp(polls), hangUp(posts)]);
});
