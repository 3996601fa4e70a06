/** Requests that name a session: an unknown one, or one that is elsewhere. */
import { join, METHODS, REVISIONS } from "../axes.ts";
import { refusedUpgrade, upgradeToPolling } from "../differences.ts";
import type { Group, Script } from "../step.ts";
import {
  answer,
  differs,
  get,
  openPolling,
  openWebSocket,
  polling,
  request,
  script,
  settle,
  upgrade,
  websocket,
} from "../steps.ts";

const SIDS = ["sid=unknown", "sid=__proto__", "sid=constructor", "sid=toString", "sid=a&sid=b", "sid=%00"];
const EMPTY_SIDS = ["sid=", "sid"];

const unknown: readonly Script[] = SIDS.flatMap((sid) => [
  ...["transport=polling", "transport=websocket", "transport=smoke"].map((transport) =>
    script(`GET ?${transport}&${sid}`, get("a", join("EIO=4", transport, sid)), answer("a")),
  ),
  ...METHODS.map((method) =>
    script(
      `${method} ?${sid}`,
      request("a", method, join("EIO=4&transport=polling", sid), { "Content-Length": "0" }),
      answer("a"),
    ),
  ),
  ...["transport=websocket", "transport=polling"].map((transport) =>
    differs(
      script(`upgrade ?${transport}&${sid}`, upgrade("a", join("EIO=4", transport, sid)), answer("a")),
      refusedUpgrade(1, "Session ID unknown"),
    ),
  ),
]);

const empty: readonly Script[] = EMPTY_SIDS.flatMap((sid) => [
  script(`GET ?${sid}`, get("a", join("EIO=4&transport=polling", sid)), answer("a")),
  script(
    `POST ?${sid}`,
    request("a", "POST", join("EIO=4&transport=polling", sid), { "Content-Length": "0" }),
    answer("a"),
  ),
  script(`upgrade ?${sid}`, upgrade("a", join("EIO=4&transport=websocket", sid)), answer("a")),
  differs(
    script(`upgrade to polling ?${sid}`, upgrade("a", join("EIO=4&transport=polling", sid)), answer("a")),
    upgradeToPolling("TRANSPORT_HANDSHAKE_ERROR"),
  ),
]);

const methods: readonly Script[] = METHODS.slice(1).flatMap((method) => [
  ...[3, 4].map((revision) =>
    script(
      `${method} of a session on polling, revision ${revision}`,
      openPolling(revision),
      request("a", method, polling(revision), { "Content-Length": "0" }),
      answer("a"),
    ),
  ),
  script(
    `${method} of a session on WebSocket`,
    openWebSocket(4),
    request("a", method, polling(4), { "Content-Length": "0" }),
    answer("a"),
  ),
]);

const revisions: readonly Script[] = [3, 4].flatMap((revision) =>
  REVISIONS.flatMap((other) => [
    script(
      `a poll with ${other || "no EIO"} in a session of revision ${revision}`,
      openPolling(revision),
      get("a", join(other, "transport=polling&sid={sid}")),
      settle,
    ),
  ]),
);

const elsewhere: readonly Script[] = [
  script("a poll of a session on WebSocket", openWebSocket(4), get("a", polling(4)), answer("a")),
  script("a poll of a session on WebSocket, revision 3", openWebSocket(3), get("a", polling(3)), answer("a")),
  script(
    "GET transport=websocket in a session on polling",
    openPolling(4),
    get("a", websocket(4)),
    answer("a"),
  ),
  differs(
    script(
      "GET transport=websocket in a session on WebSocket",
      openWebSocket(4),
      get("a", websocket(4)),
      settle,
    ),
    {
      because: "the reference never answers",
      reference: [],
      ours: [
        "a: HTTP 400",
        "a: connection: keep-alive",
        "a: content-type: application/json",
        String.raw`a: body "{\"code\":3,\"message\":\"Bad request\"}"`,
        'server: connection_error 3 "Bad request" "TRANSPORT_MISMATCH"',
      ],
    },
  ),
  script(
    "transport=smoke in a session on polling",
    openPolling(4),
    get("a", "EIO=4&transport=smoke&sid={sid}"),
    answer("a"),
  ),
  ...[openPolling(4), openWebSocket(4)].map((open, index) =>
    differs(
      script(
        `upgrade to polling in a session on ${index === 0 ? "polling" : "WebSocket"}`,
        open,
        upgrade("a", polling(4)),
        answer("a"),
      ),
      upgradeToPolling("TRANSPORT_MISMATCH"),
    ),
  ),
];

export const SESSION_IDS: readonly Group[] = [
  { title: "session ids", scripts: [...unknown, ...empty, ...methods, ...revisions, ...elsewhere] },
];
