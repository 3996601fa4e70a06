/** The end of sessions on WebSocket. */
import { frame, TEXT } from "../frames.ts";
import type { Group, Script } from "../step.ts";
import {
  end,
  ended,
  event,
  openWebSocket,
  reset,
  say,
  script,
  serverCloses,
  serverSends,
  settle,
  state,
  text,
  wsClose,
} from "../steps.ts";

const ends = (revision: number): readonly Script[] => [
  ...[undefined, 1000, 1001, 1011, 3000, 4000, 4999].map((code) =>
    script(
      `a close frame with ${code ?? "no code"}, revision ${revision}`,
      openWebSocket(revision),
      wsClose("ws", code, "bye"),
      event("close"),
      settle,
    ),
  ),
  script(
    `the client ends the connection, revision ${revision}`,
    openWebSocket(revision),
    end("ws"),
    event("close"),
  ),
  script(
    `the client resets the connection, revision ${revision}`,
    openWebSocket(revision),
    reset("ws"),
    event("close"),
  ),
  script(
    `the client ends the connection within a frame, revision ${revision}`,
    openWebSocket(revision),
    say("ws", frame(TEXT, "4hello").subarray(0, 8)),
    end("ws"),
    event("close"),
  ),
  script(`the server closes, revision ${revision}`, openWebSocket(revision), serverCloses(), settle, state),
  script(
    `the server closes and the client agrees, revision ${revision}`,
    openWebSocket(revision),
    serverCloses(),
    settle,
    wsClose("ws"),
    event("close"),
    ended("ws"),
  ),
  script(
    `the server closes and the client's TCP connection ends, revision ${revision}`,
    openWebSocket(revision),
    serverCloses(),
    settle,
    end("ws"),
    event("close"),
  ),
  script(
    `the server closes and the client goes on sending, revision ${revision}`,
    openWebSocket(revision),
    serverCloses(),
    settle,
    text("ws", "4late"),
    settle,
    wsClose("ws"),
    event("close"),
  ),
  script(
    `the server sends and closes, revision ${revision}`,
    openWebSocket(revision),
    serverSends("last"),
    serverCloses(),
    settle,
    wsClose("ws"),
    event("close"),
  ),
  script(
    `the server sends after it closed, revision ${revision}`,
    openWebSocket(revision),
    serverCloses(),
    serverSends("too late"),
    settle,
  ),
  script(
    `the server discards, revision ${revision}`,
    openWebSocket(revision),
    serverCloses(true),
    settle,
    state,
  ),
  script(
    `the server sends and discards, revision ${revision}`,
    openWebSocket(revision),
    serverSends("last"),
    serverCloses(true),
    settle,
    state,
  ),
  script(
    `the server closes twice, revision ${revision}`,
    openWebSocket(revision),
    serverCloses(),
    serverCloses(),
    serverCloses(true),
    settle,
    state,
  ),
];

export const WS_ENDS: readonly Group[] = [
  { title: "the end of a session on WebSocket", scripts: [...ends(4), ...ends(3)] },
];
