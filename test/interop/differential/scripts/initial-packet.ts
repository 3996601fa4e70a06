/** The option `initialPacket`: a message that goes with the handshake. */
import type { Group, Script } from "../step.ts";
import {
  frames,
  get,
  openPolling,
  openWebSocket,
  polling,
  script,
  settle,
  state,
  upgraded,
} from "../steps.ts";

const PACKETS: Readonly<Record<string, unknown>> = {
  "a text": "hello",
  "an empty text": "",
  "beyond ASCII": "€😀",
  bytes: Buffer.from([1, 2, 3]),
};

const rows = (revision: number): readonly Script[] => [
  script(
    `on polling, revision ${revision}`,
    openPolling(revision),
    get("poll", polling(revision)),
    settle,
    state,
  ),
  script(`on polling with b64, revision ${revision}`, openPolling(revision, "&b64=1"), settle),
  script(`on WebSocket, revision ${revision}`, openWebSocket(revision), settle, state),
  script(`after an upgrade, revision ${revision}`, upgraded(revision), settle),
];

export const INITIAL_PACKET: readonly Group[] = [
  ...Object.entries(PACKETS).map(
    ([title, initialPacket]): Group => ({
      title: `initialPacket: ${title}`,
      options: { initialPacket },
      scripts: [...rows(4), ...rows(3)],
    }),
  ),
  {
    title: "initialPacket: a text, with flushes",
    options: { initialPacket: "hello" },
    withFlushes: true,
    scripts: [
      script("on polling", openPolling(4), settle),
      script("on WebSocket", openWebSocket(4), frames("ws"), settle),
    ],
  },
];
