/** The end of a session on polling, and what the application hears of it. */
import type { Group, Script } from "../step.ts";
import {
  answer,
  event,
  frames,
  get,
  openPolling,
  openWebSocket,
  polling,
  post,
  script,
  server,
  serverCloses,
  serverSends,
  settle,
  state,
  text,
  upgraded,
} from "../steps.ts";

const wire = (revision: number, message: string): string =>
  revision === 4 ? message : `${message.length}:${message}`;

const closes = (revision: number): readonly Script[] => {
  const poll = (on = "poll") => get(on, polling(revision));
  return [
    ...[false, true].flatMap((discard) => {
      const how = discard ? "discards" : "closes";
      return [
        script(
          `the server ${how} while a poll waits, revision ${revision}`,
          openPolling(revision),
          poll(),
          settle,
          serverCloses(discard),
          answer("poll"),
          settle,
          poll(),
          answer("poll"),
        ),
        script(
          `the server ${how} while no poll waits, revision ${revision}`,
          openPolling(revision),
          serverCloses(discard),
          state,
          poll(),
          answer("poll"),
          settle,
          state,
          poll(),
          answer("poll"),
        ),
        script(
          `the server sends and ${how} while a poll waits, revision ${revision}`,
          openPolling(revision),
          poll(),
          settle,
          serverSends("last"),
          serverCloses(discard),
          answer("poll"),
          settle,
          state,
          poll(),
          answer("poll"),
        ),
        script(
          `the server sends and ${how} while no poll waits, revision ${revision}`,
          openPolling(revision),
          serverSends("a"),
          serverSends("b"),
          serverCloses(discard),
          state,
          poll(),
          answer("poll"),
          settle,
          state,
          poll(),
          settle,
        ),
      ];
    }),
    script(
      `the server sends after it closed, revision ${revision}`,
      openPolling(revision),
      serverCloses(),
      serverSends("too late"),
      poll(),
      answer("poll"),
      settle,
    ),
    script(
      `the server closes, then discards, revision ${revision}`,
      openPolling(revision),
      serverSends("a"),
      serverCloses(),
      serverCloses(true),
      state,
      poll(),
      answer("poll"),
    ),
    script(
      `the client posts to a session that is closing, revision ${revision}`,
      openPolling(revision),
      serverCloses(),
      post("post", polling(revision), wire(revision, "4late")),
      answer("post"),
      state,
      poll(),
      answer("poll"),
    ),
    script(
      `the client says close to a session that is closing, revision ${revision}`,
      openPolling(revision),
      serverCloses(),
      post("post", polling(revision), wire(revision, "1")),
      answer("post"),
      settle,
      state,
    ),
    script(
      `the client says close while a poll waits, revision ${revision}`,
      openPolling(revision),
      poll(),
      settle,
      post("post", polling(revision), wire(revision, "1")),
      answer("post"),
      answer("poll"),
      event("close"),
    ),
    script(
      `the client says close while messages wait, revision ${revision}`,
      openPolling(revision),
      serverSends("a"),
      post("post", polling(revision), wire(revision, "1")),
      answer("post"),
      event("close"),
      poll(),
      answer("poll"),
    ),
    script(
      `the client posts after the end, revision ${revision}`,
      openPolling(revision),
      serverCloses(true),
      post("post", polling(revision), wire(revision, "4late")),
      answer("post"),
    ),
  ];
};

/** Only one script in a group, since it closes the server. */
const wholeServer = (title: string, ...steps: Script["steps"]): Group => ({
  title: `the server as a whole closes, ${title}`,
  scripts: [script("its sessions end", steps, server({ act: "closeServer" }), settle, state)],
});

const PONG = 30;

const beats = (revision: number): readonly Script[] => [
  script(
    `silence on polling, revision ${revision}`,
    openPolling(revision),
    get("poll", polling(revision)),
    answer("poll"),
    event("close"),
    settle,
  ),
  script(`silence on WebSocket, revision ${revision}`, openWebSocket(revision), event("close"), settle),
  script(`silence after an upgrade, revision ${revision}`, upgraded(revision), event("close", 300), settle),
  script(
    `a sign of life, revision ${revision}`,
    openWebSocket(revision),
    revision === 4 ? frames("ws") : [],
    text("ws", revision === 4 ? "3" : "2"),
    event("heartbeat"),
    event("close"),
  ),
];

export const CLOSES: readonly Group[] = [
  { title: "the end of a session on polling", scripts: [...closes(4), ...closes(3)] },
  wholeServer("on polling", ...openPolling(4)),
  wholeServer("while a poll waits", ...openPolling(4), get("poll", polling(4)), settle),
  wholeServer("on WebSocket", ...openWebSocket(4)),
  wholeServer("on WebSocket of revision 3", ...openWebSocket(3)),
  wholeServer("with messages that wait", ...openPolling(4), serverSends("a")),
  {
    title: "heartbeats",
    options: { pingInterval: 2 * PONG, pingTimeout: PONG },
    scripts: [...beats(4), ...beats(3)],
  },
];
