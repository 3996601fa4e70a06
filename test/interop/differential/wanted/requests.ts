/** Wanted differences of requests on polling. By group and title; a title without its revision stands for both. */
import type { Wanted } from "../step.ts";

const LEFT_BEHIND =
  "a request that a session leaves behind is refused, and its connection closed; the reference never answers it";
const OVER_THE_LIMIT = "a body over the limit ends the session and its connection";
const NO_FIELD = "a form without the field d is a malformed payload";
const MALFORMED = "a malformed payload is refused as a whole, and its session closed";
const BUFFER_AS_JSON = "the reference writes its buffer as an object, which no client reads";
const NOT_ALLOWED = "405 says what is wrong";
const EMPTY_TEXT = "an empty message is an empty text";
const EVERY_PACKET = "there is a packet event for every packet";
const SAME_DATA = "by the protocol a pong carries the data of its ping";
const JSON_BODY = "every refusal has its JSON body";
const AT_ONCE = "a close is said at once, without a noop before it";
const WHEN_TAKEN = "drain comes when the network has taken what was sent";
const EACH_REFUSED =
  "every refusal has its JSON body, that of the request left behind too; a waiting poll ends with nothing";

const POST_TAKEN = ["post: HTTP 200", "post: content-type: text/html", 'post: body "ok"'];
const POST_LEFT = [
  "post: HTTP 400",
  "post: cache-control: no-store",
  "post: connection: close",
  "post: content-type: application/json",
  String.raw`post: body "{\"code\":3,\"message\":\"Bad request\"}"`,
];
const POST_REFUSED = [
  "post: HTTP 400",
  "post: content-type: application/json",
  String.raw`post: body "{\"code\":3,\"message\":\"Bad request\"}"`,
];
const POST_TOO_LONG = [
  "post: cache-control: no-store",
  "post: connection: close",
  "post: content-type: text/plain",
  "post: connection closed",
];
const POST_KEPT = ["post: connection: keep-alive", "post: connection open"];
const SESSION_GONE = [
  "poll: HTTP 400",
  "poll: connection: keep-alive",
  "poll: content-type: application/json",
  String.raw`poll: body "{\"code\":1,\"message\":\"Session ID unknown\"}"`,
];
const TOO_LONG = [
  'server: close "transport error" Error("payload larger than maxHttpBufferSize (100 bytes)", "TransportError"), closed polling',
];
const UNKNOWN_SID = ['server: connection_error 1 "Session ID unknown" sid="<sid>"'];
const POLL_ANSWERED_ALIVE = [
  "poll: HTTP 200",
  "poll: cache-control: no-store",
  "poll: connection: keep-alive",
  "poll: content-type: text/plain; charset=UTF-8",
];
const PARSER_ERROR = [
  'server: packet error "parser error"',
  'server: close "parse error" undefined, closed polling',
];

export const REQUESTS: Wanted = {
  "session ids": {
    "PUT of a session on polling": {
      because: NOT_ALLOWED,
      reference: ["a: HTTP 500"],
      ours: ["a: HTTP 405", "a: cache-control: no-store", "a: content-type: text/plain"],
    },
    "DELETE of a session on polling": {
      because: NOT_ALLOWED,
      reference: ["a: HTTP 500"],
      ours: ["a: HTTP 405", "a: cache-control: no-store", "a: content-type: text/plain"],
    },
    "OPTIONS of a session on polling": {
      because: NOT_ALLOWED,
      reference: ["a: HTTP 500"],
      ours: ["a: HTTP 405", "a: cache-control: no-store", "a: content-type: text/plain"],
    },
    "HEAD of a session on polling": {
      because: NOT_ALLOWED,
      reference: ["a: HTTP 500"],
      ours: ["a: HTTP 405", "a: cache-control: no-store", "a: content-type: text/plain"],
    },
    "PATCH of a session on polling": {
      because: NOT_ALLOWED,
      reference: ["a: HTTP 500"],
      ours: ["a: HTTP 405", "a: cache-control: no-store", "a: content-type: text/plain"],
    },
  },
  payloads: {
    '"4", revision 4': {
      because: EMPTY_TEXT,
      reference: ["server: message undefined"],
      ours: ['server: message ""'],
    },
    '"1", revision 4': { because: EVERY_PACKET, reference: [], ours: ["server: packet close"] },
    '"4a\\u001e1\\u001e4b", revision 4': {
      because: EVERY_PACKET,
      reference: [],
      ours: ["server: packet close"],
    },
    '"1:4", revision 3': {
      because: EMPTY_TEXT,
      reference: ["server: message undefined"],
      ours: ['server: message ""'],
    },
    '"6:2probe", revision 3': {
      because: SAME_DATA,
      reference: ['poll: body "1:3"'],
      ours: ['poll: body "6:3probe"'],
    },
    '"1:1", revision 3': { because: EVERY_PACKET, reference: [], ours: ["server: packet close"] },
    '"01:4", revision 3': {
      because: EMPTY_TEXT,
      reference: ["server: message undefined"],
      ours: ['server: message ""'],
    },
    '"2:4a1:12:4b", revision 3': { because: EVERY_PACKET, reference: [], ours: ["server: packet close"] },
    "octets: a ping as bytes, revision 3": {
      because: SAME_DATA,
      reference: ["poll: content-type: text/plain; charset=UTF-8", 'poll: body "1:3"'],
      ours: ["poll: content-type: application/octet-stream", "poll: body 0101ff03"],
    },
    "octets: a close, revision 3": { because: EVERY_PACKET, reference: [], ours: ["server: packet close"] },
    'content type "application/octet-stream", revision 4': {
      because: JSON_BODY,
      reference: ['post: body ""'],
      ours: [
        "post: cache-control: no-store",
        "post: content-type: application/json",
        String.raw`post: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
  },
  "requests in each other's way": {
    "a second poll while one waits, revision 4": {
      because: JSON_BODY,
      reference: ['poll: body "1"', 'second: body ""'],
      ours: [
        'poll: body "6"',
        "second: cache-control: no-store",
        "second: content-type: application/json",
        String.raw`second: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
    "a second post while one is under way": {
      because: EACH_REFUSED,
      reference: ['second: body ""'],
      ours: [
        ...POST_LEFT,
        "second: cache-control: no-store",
        "second: content-type: application/json",
        String.raw`second: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
    "a second post while one is under way and a poll waits, revision 4": {
      because: EACH_REFUSED,
      reference: ['poll: body "1"', 'second: body ""'],
      ours: [
        'poll: body "6"',
        ...POST_LEFT,
        "second: cache-control: no-store",
        "second: content-type: application/json",
        String.raw`second: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
    "posts one after another on one connection": {
      because: LEFT_BEHIND,
      reference: [],
      ours: [...POST_LEFT],
    },
    "a second poll while one waits, revision 3": {
      because: JSON_BODY,
      reference: ['poll: body "1:1"', 'second: body ""'],
      ours: [
        'poll: body "1:6"',
        "second: cache-control: no-store",
        "second: content-type: application/json",
        String.raw`second: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
    "a second post while one is under way and a poll waits, revision 3": {
      because: EACH_REFUSED,
      reference: ['poll: body "1:1"', 'second: body ""'],
      ours: [
        'poll: body "1:6"',
        ...POST_LEFT,
        "second: cache-control: no-store",
        "second: content-type: application/json",
        String.raw`second: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
  },
  "a limit of 100 bytes": {
    "a body one byte too long": {
      because: OVER_THE_LIMIT,
      reference: [...POST_KEPT],
      ours: [...SESSION_GONE, ...POST_TOO_LONG, ...TOO_LONG, ...UNKNOWN_SID],
    },
    "a declared length over the limit": {
      because: OVER_THE_LIMIT,
      reference: ["post: connection open"],
      ours: [
        "post: HTTP 413",
        "post: cache-control: no-store",
        "post: connection: close",
        "post: content-type: text/plain",
        'post: body ""',
        "post: connection closed",
        ...TOO_LONG,
      ],
    },
    "chunks over the limit": {
      because: OVER_THE_LIMIT,
      reference: [...POST_KEPT],
      ours: [...SESSION_GONE, ...POST_TOO_LONG, ...TOO_LONG, ...UNKNOWN_SID],
    },
    "a body that is too long while a poll waits, revision 4": {
      because: OVER_THE_LIMIT,
      reference: [...POST_KEPT],
      ours: [...POLL_ANSWERED_ALIVE, 'poll: body "6"', ...POST_TOO_LONG, ...TOO_LONG],
    },
    "too many bytes, though not characters": {
      because: OVER_THE_LIMIT,
      reference: [...POST_KEPT],
      ours: [...POST_TOO_LONG, ...TOO_LONG],
    },
    "a body that is too long while a poll waits, revision 3": {
      because: OVER_THE_LIMIT,
      reference: [...POST_KEPT],
      ours: [...POLL_ANSWERED_ALIVE, 'poll: body "1:6"', ...POST_TOO_LONG, ...TOO_LONG],
    },
  },
  JSONP: {
    "the client posts the field twice": {
      because: NO_FIELD,
      reference: [...POST_TAKEN],
      ours: [
        ...SESSION_GONE,
        ...POST_REFUSED,
        'server: close "parse error" Error("empty payload"), closed polling',
        ...UNKNOWN_SID,
      ],
    },
    "the client posts no field": {
      because: NO_FIELD,
      reference: [...POST_TAKEN],
      ours: [
        ...SESSION_GONE,
        ...POST_REFUSED,
        'server: close "parse error" Error("empty payload"), closed polling',
        ...UNKNOWN_SID,
      ],
    },
    "the client posts an empty field": {
      because: MALFORMED,
      reference: [...POST_TAKEN, ...PARSER_ERROR],
      ours: [...POST_REFUSED, 'server: close "parse error" Error("empty payload"), closed polling'],
    },
    "the client posts a field without a value": {
      because: MALFORMED,
      reference: [...POST_TAKEN, ...PARSER_ERROR],
      ours: [...POST_REFUSED, 'server: close "parse error" Error("empty payload"), closed polling'],
    },
    "the client posts nothing at all": {
      because: NO_FIELD,
      reference: [...POST_TAKEN],
      ours: [
        ...SESSION_GONE,
        ...POST_REFUSED,
        'server: close "parse error" Error("empty payload"), closed polling',
        ...UNKNOWN_SID,
      ],
    },
    "the client posts the payload without a field": {
      because: NO_FIELD,
      reference: [...POST_TAKEN],
      ours: [
        ...SESSION_GONE,
        ...POST_REFUSED,
        'server: close "parse error" Error("empty payload"), closed polling',
        ...UNKNOWN_SID,
      ],
    },
    "the client posts a malformed payload, revision 4": {
      because: MALFORMED,
      reference: [...POST_TAKEN, ...PARSER_ERROR],
      ours: [
        ...POST_REFUSED,
        String.raw`server: close "parse error" Error("unknown packet type: \"x\""), closed polling`,
      ],
    },
    "the client posts a faulty escape, revision 4": {
      because: MALFORMED,
      reference: [...POST_TAKEN, ...PARSER_ERROR],
      ours: [
        ...POST_REFUSED,
        String.raw`server: close "parse error" Error("unknown packet type: \"%zz\""), closed polling`,
      ],
    },
    "octets, revision 4": {
      because: JSON_BODY,
      reference: ['post: body ""'],
      ours: [
        "post: cache-control: no-store",
        "post: content-type: application/json",
        String.raw`post: body "{\"code\":3,\"message\":\"Bad request\"}"`,
      ],
    },
    "the server sends bytes, revision 3": {
      because: BUFFER_AS_JSON,
      reference: [String.raw`poll: body "___eio[0]({\"type\":\"Buffer\",\"data\":[1,5,255,4,1,2,3,4]});"`],
      ours: [String.raw`poll: body "___eio[0](\"10:b4AQIDBA==\");"`],
    },
    "several messages, revision 3": {
      because: BUFFER_AS_JSON,
      reference: [
        String.raw`poll: body "___eio[0]({\"type\":\"Buffer\",\"data\":[0,2,255,52,97,0,2,255,52,98,1,2,255,4,1]});"`,
      ],
      ours: [String.raw`poll: body "___eio[0](\"2:4a2:4b6:b4AQ==\");"`],
    },
    "the client posts a malformed payload, revision 3": {
      because: MALFORMED,
      reference: [...POST_TAKEN, ...PARSER_ERROR],
      ours: [
        ...POST_REFUSED,
        'server: close "parse error" Error("payload length is not a number"), closed polling',
      ],
    },
    "the client posts a faulty escape, revision 3": {
      because: MALFORMED,
      reference: [...POST_TAKEN, ...PARSER_ERROR],
      ours: [
        ...POST_REFUSED,
        'server: close "parse error" Error("payload length is not a number"), closed polling',
      ],
    },
    "octets, revision 3": {
      because: MALFORMED,
      reference: [...POST_TAKEN],
      ours: [
        ...POST_REFUSED,
        'server: close "parse error" Error("binary payload must mark each packet as text or binary"), closed polling',
      ],
    },
  },
  "the end of a session on polling": {
    "the server closes while no poll waits, revision 4": {
      because: AT_ONCE,
      reference: [String.raw`poll: body "6\u001e1"`],
      ours: ['poll: body "1"'],
    },
    "the server sends and closes while a poll waits, revision 4": {
      because: AT_ONCE,
      reference: [String.raw`poll: body "6\u001e1"`],
      ours: ['poll: body "1"'],
    },
    "the server sends and closes while no poll waits, revision 4": {
      because: AT_ONCE,
      reference: [String.raw`poll: body "6\u001e1"`],
      ours: ['poll: body "1"'],
    },
    "the server sends after it closed, revision 4": {
      because: AT_ONCE,
      reference: [String.raw`poll: body "6\u001e1"`],
      ours: ['poll: body "1"'],
    },
    "the client posts to a session that is closing, revision 4": {
      because: AT_ONCE,
      reference: [String.raw`poll: body "6\u001e1"`],
      ours: ['poll: body "1"'],
    },
    "the client says close while a poll waits": {
      because: EVERY_PACKET,
      reference: [],
      ours: ["server: packet close"],
    },
    "the client says close while messages wait": {
      because: EVERY_PACKET,
      reference: [],
      ours: ["server: packet close"],
    },
    "the server closes while no poll waits, revision 3": {
      because: AT_ONCE,
      reference: ['poll: body "1:61:1"'],
      ours: ['poll: body "1:1"'],
    },
    "the server sends and closes while a poll waits, revision 3": {
      because: AT_ONCE,
      reference: ['poll: body "1:61:1"'],
      ours: ['poll: body "1:1"'],
    },
    "the server sends and closes while no poll waits, revision 3": {
      because: AT_ONCE,
      reference: ['poll: body "1:61:1"'],
      ours: ['poll: body "1:1"'],
    },
    "the server sends after it closed, revision 3": {
      because: AT_ONCE,
      reference: ['poll: body "1:61:1"'],
      ours: ['poll: body "1:1"'],
    },
    "the client posts to a session that is closing, revision 3": {
      because: AT_ONCE,
      reference: ['poll: body "1:61:1"'],
      ours: ['poll: body "1:1"'],
    },
  },
  "cors: no origin": {
    "preflight of a session": {
      because: NOT_ALLOWED,
      reference: ["a: HTTP 500"],
      ours: ["a: HTTP 405", "a: cache-control: no-store", "a: content-type: text/plain"],
    },
  },
  "cors: not at all": {
    "preflight of a session": {
      because: NOT_ALLOWED,
      reference: ["a: HTTP 500"],
      ours: ["a: HTTP 405", "a: cache-control: no-store", "a: content-type: text/plain"],
    },
  },
  "listeners that add headers": {
    "a second poll": {
      because: JSON_BODY,
      reference: ['poll: body "1"', 'a: body ""'],
      ours: [
        'poll: body "6"',
        "a: cache-control: no-store",
        "a: content-type: application/json",
        "a: x-every: 2",
        String.raw`a: body "{\"code\":3,\"message\":\"Bad request\"}"`,
        "server: headers Content-Length,Content-Type,cache-control",
      ],
    },
  },
  "initialPacket: a text, with flushes": {
    "on WebSocket": {
      because: "the initial packet has gone with the handshake, before anybody listens",
      reference: ['server: flush message "hello"'],
      ours: [],
    },
    "on polling": { because: WHEN_TAKEN, reference: [], ours: ["server: drain"] },
  },
  "events around sending": {
    "a message while a poll waits": { because: WHEN_TAKEN, reference: [], ours: ["server: drain"] },
    "messages before the poll": { because: WHEN_TAKEN, reference: [], ours: ["server: drain"] },
    "messages on WebSocket": { because: WHEN_TAKEN, reference: ["server: drain"], ours: ["server: drain"] },
    "messages queued during an upgrade": { because: WHEN_TAKEN, reference: [], ours: ["server: drain"] },
    "a message after an upgrade": { because: WHEN_TAKEN, reference: [], ours: ["server: drain"] },
    "a close with messages that wait, revision 4": {
      because: `${WHEN_TAKEN}; ${AT_ONCE}`,
      reference: [String.raw`poll: body "6\u001e1"`],
      ours: ['poll: body "1"', "server: drain"],
    },
    "a close with messages that wait, revision 3": {
      because: `${WHEN_TAKEN}; ${AT_ONCE}`,
      reference: ['poll: body "1:61:1"'],
      ours: ['poll: body "1:1"', "server: drain"],
    },
    "a heartbeat": { because: WHEN_TAKEN, reference: [], ours: ["server: drain"] },
  },
};
