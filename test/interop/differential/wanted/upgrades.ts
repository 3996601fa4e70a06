/** Wanted differences of upgrades and of what follows them. By group and title; a title without its revision stands for both. */
import type { Wanted } from "../step.ts";

const LEFT_BEHIND =
  "a request that a session leaves behind is refused, and its connection closed; the reference never answers it";
const STILL_POLLING = "a poll that an upgrade leaves behind ends with nothing; the session is not closed";
const PROBED_TWICE = "a second probe begins no second upgrade";
const NOT_POLLING = "there is nothing to upgrade: the session is on WebSocket";
const REFUSED_IN_JSON = "a refused upgrade gets the JSON that a refused request gets";
const NO_PROBE = "without a probe there is no upgrade: what was under way on polling could be lost";
const OWN_WORDS = "the words are those of our WebSocket, which says them to the client too";
const ONLY_AT_TIMES = "the waiting poll is answered with the probe; the reference looks for one every 100 ms";
const ARRIVED = "a client that arrives on the candidate of a session that is over is told so";
const AT_ONCE = "a close is said at once, without a noop before it";
const FORGOTTEN = "the reference has forgotten its timer with the upgrade";

const POST_LEFT = [
  "post: HTTP 400",
  "post: cache-control: no-store",
  "post: connection: close",
  "post: content-type: application/json",
  String.raw`post: body "{\"code\":3,\"message\":\"Bad request\"}"`,
];
const SWITCHED = [
  "other: HTTP 101",
  "other: connection: Upgrade",
  "other: sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  "other: upgrade: websocket",
  'other: body ""',
];
const OTHER_REFUSED = [
  "other: HTTP 400",
  "other: connection: close",
  "other: content-type: application/json",
  String.raw`other: body "{\"code\":3,\"message\":\"Bad request\"}"`,
  "other: connection closed",
  'server: connection_error 3 "Bad request" "TRANSPORT_MISMATCH"',
];
const POLL_REFUSED = [
  "poll: HTTP 400",
  "poll: content-type: application/json",
  String.raw`poll: body "{\"code\":3,\"message\":\"Bad request\"}"`,
];
const POLL_ANSWERED = [
  "poll: HTTP 200",
  "poll: cache-control: no-store",
  "poll: content-type: text/plain; charset=UTF-8",
];
const POLL_ANSWERED_ALIVE = [
  "poll: HTTP 200",
  "poll: cache-control: no-store",
  "poll: connection: keep-alive",
  "poll: content-type: text/plain; charset=UTF-8",
];

export const UPGRADES: Wanted = {
  upgrades: {
    "a poll that still waits at the upgrade packet, revision 4": {
      because: STILL_POLLING,
      reference: ['poll: body "1"'],
      ours: ['poll: body "6"'],
    },
    "a post that is under way at the upgrade packet": {
      because: LEFT_BEHIND,
      reference: [],
      ours: [...POST_LEFT],
    },
    "two probes": { because: PROBED_TWICE, reference: ["server: upgrading websocket"], ours: [] },
    "an upgrade of a session that has upgraded": {
      because: NOT_POLLING,
      reference: [...SWITCHED, "other: close without a code", "other: connection open"],
      ours: [...OTHER_REFUSED],
    },
    "an upgrade of a session on WebSocket": {
      because: NOT_POLLING,
      reference: [...SWITCHED, "other: connection open", "server: open websocket upgrading"],
      ours: [...OTHER_REFUSED, "server: open websocket"],
    },
    "an upgrade with another revision": {
      because: REFUSED_IN_JSON,
      reference: ["ws: content-type: text/html", 'ws: body "Bad request"'],
      ours: [
        "ws: content-type: application/json",
        String.raw`ws: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
    "a WebSocket handshake without a key in a session": {
      because: REFUSED_IN_JSON,
      reference: ["ws: content-type: text/html", 'ws: body "Missing or invalid Sec-WebSocket-Key header"'],
      ours: [
        "ws: content-type: application/json",
        String.raw`ws: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
    "a poll that still waits at the upgrade packet, revision 3": {
      because: STILL_POLLING,
      reference: ['poll: body "1:1"'],
      ours: ['poll: body "1:6"'],
    },
  },
  "no time to upgrade": {
    "a candidate that has a poll wait, revision 3": {
      because: ONLY_AT_TIMES,
      reference: [],
      ours: [...POLL_ANSWERED_ALIVE, 'poll: body "1:6"'],
    },
    "a candidate that has a poll wait, revision 4": {
      because: ONLY_AT_TIMES,
      reference: [],
      ours: [...POLL_ANSWERED_ALIVE, 'poll: body "6"'],
    },
  },
  "upgrades with the wrong words": {
    "an upgrade packet instead of a probe, revision 4": {
      because: NO_PROBE,
      reference: [
        ...POLL_REFUSED,
        'ws: text "4still here"',
        "server: upgrade websocket",
        "server: open websocket upgraded",
        'server: connection_error 3 "Bad request" "TRANSPORT_MISMATCH"',
      ],
      ours: [
        ...POLL_ANSWERED,
        'poll: body "4still here"',
        "ws: close without a code",
        "server: open polling",
      ],
    },
    "an upgrade packet with data instead of a probe, revision 4": {
      because: NO_PROBE,
      reference: [
        ...POLL_REFUSED,
        'ws: text "4still here"',
        "server: upgrade websocket",
        "server: open websocket upgraded",
        'server: connection_error 3 "Bad request" "TRANSPORT_MISMATCH"',
      ],
      ours: [
        ...POLL_ANSWERED,
        'poll: body "4still here"',
        "ws: close without a code",
        "server: open polling",
      ],
    },
    "a faulty frame instead of a probe": {
      because: OWN_WORDS,
      reference: ['ws: close 1002 ""'],
      ours: ['ws: close 1002 "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"'],
    },
    "a faulty frame after the probe": {
      because: OWN_WORDS,
      reference: ['ws: close 1002 ""'],
      ours: ['ws: close 1002 "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"'],
    },
    "an upgrade packet instead of a probe, revision 3": {
      because: NO_PROBE,
      reference: [
        ...POLL_REFUSED,
        'ws: text "4still here"',
        "server: upgrade websocket",
        "server: open websocket upgraded",
        'server: connection_error 3 "Bad request" "TRANSPORT_MISMATCH"',
      ],
      ours: [
        ...POLL_ANSWERED,
        'poll: body "11:4still here"',
        "ws: close without a code",
        "server: open polling",
      ],
    },
    "an upgrade packet with data instead of a probe, revision 3": {
      because: NO_PROBE,
      reference: [
        ...POLL_REFUSED,
        'ws: text "4still here"',
        "server: upgrade websocket",
        "server: open websocket upgraded",
        'server: connection_error 3 "Bad request" "TRANSPORT_MISMATCH"',
      ],
      ours: [
        ...POLL_ANSWERED,
        'poll: body "11:4still here"',
        "ws: close without a code",
        "server: open polling",
      ],
    },
  },
  "upgrades that come to an end": {
    "the client closes by post after the probe": {
      because: "there is a packet event for every packet",
      reference: [],
      ours: ["server: packet close"],
    },
    "the server closes before the probe, revision 4": {
      because: AT_ONCE,
      reference: [String.raw`poll: body "6\u001e1"`],
      ours: ['poll: body "1"'],
    },
    "the server discards after the probe": { because: ARRIVED, reference: [], ours: ['ws: text "1"'] },
    "the server sends and discards after the probe": {
      because: ARRIVED,
      reference: [],
      ours: ['ws: text "1"'],
    },
    "the server closes before the probe, revision 3": {
      because: AT_ONCE,
      reference: ['poll: body "1:61:1"'],
      ours: ['poll: body "1:1"'],
    },
  },
  heartbeats: {
    "silence after an upgrade, revision 3": {
      because: FORGOTTEN,
      reference: ["server: (no close came)"],
      ours: ["ws: close without a code", 'server: close "ping timeout" undefined, closed websocket upgraded'],
    },
  },
};
