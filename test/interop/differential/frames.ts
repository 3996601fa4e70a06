/** The frames of a client, built byte by byte. */
export {
  BINARY,
  CLOSE,
  frame,
  hex,
  PING,
  PONG,
  TEXT,
} from "../../../packages/websocket/test/support/bytes.ts";
