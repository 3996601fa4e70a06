/** The events around sending: `packetCreate`, `flush` and `drain`, in their order. */
import type { Group, Script } from "../step.ts";
import {
  answer,
  frames,
  get,
  openPolling,
  openWebSocket,
  polling,
  post,
  probed,
  script,
  serverCloses,
  serverSends,
  settle,
  text,
  upgraded,
} from "../steps.ts";

const rows = (revision: number): readonly Script[] => [
  script(
    `a message while a poll waits, revision ${revision}`,
    openPolling(revision),
    get("poll", polling(revision)),
    settle,
    serverSends("a"),
    answer("poll"),
  ),
  script(
    `messages before the poll, revision ${revision}`,
    openPolling(revision),
    serverSends("a"),
    serverSends("b"),
    settle,
    get("poll", polling(revision)),
    answer("poll"),
  ),
  script(
    `messages on WebSocket, revision ${revision}`,
    openWebSocket(revision),
    serverSends("a"),
    frames("ws"),
    settle,
    serverSends("b"),
    serverSends(Buffer.from([1])),
    frames("ws", 2),
    settle,
  ),
  script(
    `messages queued during an upgrade, revision ${revision}`,
    probed(revision),
    serverSends("a"),
    serverSends("b"),
    text("ws", "5"),
    frames("ws", 2),
    settle,
  ),
  script(
    `a message after an upgrade, revision ${revision}`,
    upgraded(revision),
    serverSends("a"),
    frames("ws"),
    settle,
  ),
  script(
    `a close with messages that wait, revision ${revision}`,
    openPolling(revision),
    serverSends("a"),
    serverCloses(),
    get("poll", polling(revision)),
    answer("poll"),
    settle,
    // The close waits for another poll, and with it a timer of the reference's.
    get("poll", polling(revision)),
    answer("poll"),
    settle,
  ),
  script(
    `a heartbeat, revision ${revision}`,
    openPolling(revision),
    post("post", polling(revision), revision === 4 ? "3" : "1:2"),
    answer("post"),
    get("poll", polling(revision)),
    settle,
  ),
];

export const FLUSHES: readonly Group[] = [
  { title: "events around sending", withFlushes: true, scripts: [...rows(4), ...rows(3)] },
];
