/** Upgrades in which one of the two sides leaves. */
import type { Group, Script } from "../step.ts";
import {
  answer,
  end,
  event,
  openPolling,
  polling,
  post,
  probed,
  reset,
  script,
  serverCloses,
  serverSends,
  settle,
  state,
  text,
  upgrade,
  upgraded,
  websocket,
  wsClose,
} from "../steps.ts";
import { candidate, poll, wire } from "../upgrade-steps.ts";

/** How a candidate can go away. */
const LEAVES = {
  "a close frame": wsClose("ws", 1000),
  "the end of the connection": end("ws"),
  "a reset": reset("ws"),
} as const;

const endings = (revision: number): readonly Script[] => [
  ...Object.entries(LEAVES).flatMap(([title, leave]) => [
    script(
      `${title} before the probe, revision ${revision}`,
      candidate(revision),
      leave,
      settle,
      serverSends("a"),
      poll(revision),
      answer("poll"),
      state,
    ),
    script(
      `${title} after the probe, revision ${revision}`,
      probed(revision),
      leave,
      settle,
      serverSends("a"),
      poll(revision),
      settle,
      state,
    ),
    script(`${title} after the upgrade, revision ${revision}`, upgraded(revision), leave, event("close")),
  ]),
  ...[false, true].flatMap((discard) => {
    const how = discard ? "discards" : "closes";
    return [
      script(
        `the server ${how} before the probe, revision ${revision}`,
        candidate(revision),
        serverCloses(discard),
        settle,
        state,
        poll(revision),
        settle,
      ),
      script(
        `the server ${how} after the probe while a poll waits, revision ${revision}`,
        openPolling(revision),
        upgrade("ws", websocket(revision)),
        answer("ws"),
        poll(revision),
        settle,
        serverCloses(discard),
        settle,
        state,
      ),
      script(
        `the server ${how} after the probe, revision ${revision}`,
        probed(revision),
        serverCloses(discard),
        settle,
        state,
        text("ws", "5"),
        settle,
        poll(revision),
        settle,
      ),
      script(
        `the server sends and ${how} after the probe, revision ${revision}`,
        probed(revision),
        serverSends("last"),
        serverCloses(discard),
        settle,
        text("ws", "5"),
        settle,
        poll(revision),
        settle,
      ),
      script(
        `the server ${how} after the upgrade, revision ${revision}`,
        upgraded(revision),
        serverSends("last"),
        serverCloses(discard),
        settle,
        state,
        wsClose("ws"),
        event("close"),
      ),
    ];
  }),
  script(
    `the client closes by post after the probe, revision ${revision}`,
    probed(revision),
    post("post", polling(revision), wire(revision, "1")),
    answer("post"),
    event("close"),
    settle,
  ),
  script(
    `the poll is reset after the probe, revision ${revision}`,
    candidate(revision),
    poll(revision, "a"),
    settle,
    reset("a"),
    event("close"),
    settle,
  ),
];

export const UPGRADE_ENDINGS: readonly Group[] = [
  { title: "upgrades that come to an end", scripts: [...endings(4), ...endings(3)] },
];
