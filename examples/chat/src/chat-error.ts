import { LIMITS } from "./protocol.ts";

/** Every way a request can be refused: the code a client may switch on, the sentence a person reads. */
const CHAT_ERRORS = {
  BAD_REQUEST: "the request must be an object with the fields that README.md lists",
  BAD_TOKEN: "a token has 16 to 64 characters from A-Z, a-z, 0-9, _ and -",
  BAD_NAME: `a name has 1 to ${LIMITS.nameLength} characters, none of them control characters`,
  BAD_ROOM: `a room name has 1 to ${LIMITS.roomNameLength} letters, digits or hyphens and starts with no hyphen`,
  BAD_TEXT: `a message has 1 to ${LIMITS.textLength} characters`,
  BAD_PICTURE: "a picture must be PNG, JPEG, GIF or WebP, sent as binary",
  PICTURE_TOO_BIG: `a picture must not exceed ${LIMITS.pictureBytes / 1024} KiB`,
  NOT_IN_ROOM: "join the room first",
  TOO_MANY_ROOMS: "there are too many rooms: join one that exists",
  TOO_MANY_JOINED: "leave a room before you join another",
  TOO_FAST: "too much at once: wait a moment",
  SERVER_FULL: "the chat is full: try again later",
} as const;

export type ChatErrorCode = keyof typeof CHAT_ERRORS;

/** A request that the chat refuses. Sent to the client, never a fault of the server. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly code: ChatErrorCode;
  /** Socket.IO hands this to the client with a refused connection. */
  readonly data: { readonly code: ChatErrorCode };

  constructor(code: ChatErrorCode) {
    super(CHAT_ERRORS[code]);
    this.code = code;
    this.data = { code };
  }
}
