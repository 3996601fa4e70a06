/** Wanted differences of sessions on WebSocket. By group and title; a title without its revision stands for both. */
import type { Wanted } from "../step.ts";

const SAYS_WHY = "a parse error says what was wrong, by the description of the close";
const UNREADABLE = "a packet that cannot be read closes the session";
const CLOSE_PACKET = "a client that says close is gone, on WebSocket too";
const OWN_WORDS = "the words are those of our WebSocket, which says them to the client too";
const EMPTY_TEXT = "an empty message is an empty text";
const SAME_DATA = "by the protocol a pong carries the data of its ping";

const PARSER_ERROR_WS = [
  'server: packet error "parser error"',
  'server: close "parse error" undefined, closed websocket',
];

export const WEBSOCKETS: Wanted = {
  "packets on WebSocket": {
    'text "4" of 1': {
      because: EMPTY_TEXT,
      reference: ["server: packet message", "server: message undefined"],
      ours: ['server: packet message ""', 'server: message ""'],
    },
    'text "1" of 1': {
      because: CLOSE_PACKET,
      reference: ["server: open websocket"],
      ours: [
        "ws: close without a code",
        'server: close "transport close" undefined, closed websocket',
        "server: closed websocket",
      ],
    },
    'text "7" of 1': {
      because: SAYS_WHY,
      reference: [...PARSER_ERROR_WS],
      ours: [String.raw`server: close "parse error" Error("unknown packet type: \"7\""), closed websocket`],
    },
    'text "x" of 1': {
      because: SAYS_WHY,
      reference: [...PARSER_ERROR_WS],
      ours: [String.raw`server: close "parse error" Error("unknown packet type: \"x\""), closed websocket`],
    },
    'text "" of 0': {
      because: SAYS_WHY,
      reference: [...PARSER_ERROR_WS],
      ours: ['server: close "parse error" Error("empty packet"), closed websocket'],
    },
    'text "b!!!" of 4, revision 4': {
      because: UNREADABLE,
      reference: ["server: packet message Buffer()", "server: message Buffer()", "server: open websocket"],
      ours: [
        "ws: close without a code",
        'server: close "parse error" Error("invalid base64 data"), closed websocket',
        "server: closed websocket",
      ],
    },
    'text " 4a" of 3': {
      because: SAYS_WHY,
      reference: [...PARSER_ERROR_WS],
      ours: [String.raw`server: close "parse error" Error("unknown packet type: \" 4a\""), closed websocket`],
    },
    "packets behind a close packet": {
      because: CLOSE_PACKET,
      reference: ['server: packet message "b"', 'server: message "b"'],
      ours: ["ws: close without a code", 'server: close "transport close" undefined, closed websocket'],
    },
    'text "2probe" of 6, revision 3': {
      because: SAME_DATA,
      reference: ['ws: text "3"'],
      ours: ['ws: text "3probe"'],
    },
    'text "2abc" of 4, revision 3': {
      because: SAME_DATA,
      reference: ['ws: text "3"'],
      ours: ['ws: text "3abc"'],
    },
    'text "bAQIDBA==" of 9, revision 3': {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer(4080c1)", "server: open websocket"],
      ours: [
        "ws: close without a code",
        String.raw`server: close "parse error" Error("unknown packet type: \"AQIDBA==\""), closed websocket`,
        "server: closed websocket",
      ],
    },
    'text "b" of 1, revision 3': {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer()", "server: open websocket"],
      ours: [
        "ws: close without a code",
        'server: close "parse error" Error("empty packet"), closed websocket',
        "server: closed websocket",
      ],
    },
    'text "b!!!" of 4, revision 3': {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer()", "server: open websocket"],
      ours: [
        "ws: close without a code",
        String.raw`server: close "parse error" Error("unknown packet type: \"!!!\""), closed websocket`,
        "server: closed websocket",
      ],
    },
    "bytes [], revision 3": {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer()", "server: open websocket"],
      ours: [
        "ws: close without a code",
        'server: close "parse error" Error("empty packet"), closed websocket',
        "server: closed websocket",
      ],
    },
    "bytes [1], revision 3": {
      because: CLOSE_PACKET,
      reference: ["server: open websocket"],
      ours: [
        "ws: close without a code",
        'server: close "transport close" undefined, closed websocket',
        "server: closed websocket",
      ],
    },
    "bytes [2], revision 3": { because: SAME_DATA, reference: ['ws: text "3"'], ours: ["ws: binary 03"] },
    "bytes [7,1], revision 3": {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer(01)", "server: open websocket"],
      ours: [
        "ws: close without a code",
        String.raw`server: close "parse error" Error("unknown packet type: \"byte 7\""), closed websocket`,
        "server: closed websocket",
      ],
    },
    "bytes [9], revision 3": {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer()", "server: open websocket"],
      ours: [
        "ws: close without a code",
        String.raw`server: close "parse error" Error("unknown packet type: \"byte 9\""), closed websocket`,
        "server: closed websocket",
      ],
    },
    "bytes [52,97], revision 3": {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer(61)", "server: open websocket"],
      ours: [
        "ws: close without a code",
        String.raw`server: close "parse error" Error("unknown packet type: \"byte 52\""), closed websocket`,
        "server: closed websocket",
      ],
    },
    "bytes [255,0], revision 3": {
      because: UNREADABLE,
      reference: ["server: packet undefined Buffer(00)", "server: open websocket"],
      ours: [
        "ws: close without a code",
        String.raw`server: close "parse error" Error("unknown packet type: \"byte 255\""), closed websocket`,
        "server: closed websocket",
      ],
    },
  },
  "perMessageDeflate true": {
    "the client compresses though nothing was agreed on": {
      because: OWN_WORDS,
      reference: [
        'ws: close 1002 ""',
        'server: close "transport error" Error("RangeError: Invalid WebSocket frame: RSV1 must be clear", "TransportError"), closed websocket',
      ],
      ours: [
        'ws: close 1002 "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"',
        'server: close "transport error" Error("ProtocolError: Invalid WebSocket frame: RSV1 is set where no compression was agreed on", "TransportError", "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"), closed websocket',
      ],
    },
  },
  "perMessageDeflate above 10 bytes": {
    "the client compresses though nothing was agreed on": {
      because: OWN_WORDS,
      reference: [
        'ws: close 1002 ""',
        'server: close "transport error" Error("RangeError: Invalid WebSocket frame: RSV1 must be clear", "TransportError"), closed websocket',
      ],
      ours: [
        'ws: close 1002 "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"',
        'server: close "transport error" Error("ProtocolError: Invalid WebSocket frame: RSV1 is set where no compression was agreed on", "TransportError", "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"), closed websocket',
      ],
    },
  },
  "perMessageDeflate without context takeover": {
    "the client compresses though nothing was agreed on": {
      because: OWN_WORDS,
      reference: [
        'ws: close 1002 ""',
        'server: close "transport error" Error("RangeError: Invalid WebSocket frame: RSV1 must be clear", "TransportError"), closed websocket',
      ],
      ours: [
        'ws: close 1002 "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"',
        'server: close "transport error" Error("ProtocolError: Invalid WebSocket frame: RSV1 is set where no compression was agreed on", "TransportError", "Invalid WebSocket frame: RSV1 is set where no compression was agreed on"), closed websocket',
      ],
    },
  },
};
