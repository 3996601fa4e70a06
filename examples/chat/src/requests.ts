import { ChatError, type ChatErrorCode } from "./chat-error.ts";
import { pictureType } from "./picture-type.ts";
import { LIMITS, type PictureType } from "./protocol.ts";

/** Reads what clients send. Every function takes `unknown`, returns checked values and throws `ChatError` otherwise. */

const ROOM_NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*$/u;
const TOKEN = /^[A-Za-z0-9_-]{16,64}$/;
// Zero-width joiner is left in: emoji are made with it.
const CONTROL = /(?!\u200d)\p{C}/u;

function fields(request: unknown): Readonly<Record<string, unknown>> {
  if (typeof request !== "object" || request === null) throw new ChatError("BAD_REQUEST");
  return request as Record<string, unknown>;
}

function textOf(value: unknown, mostCharacters: number, otherwise: ChatErrorCode): string {
  if (typeof value !== "string") throw new ChatError(otherwise);
  const text = value.trim();
  if (text === "" || text.length > mostCharacters) throw new ChatError(otherwise);
  return text;
}

export function readName(value: unknown): string {
  const name = textOf(value, LIMITS.nameLength, "BAD_NAME").replace(/ +/g, " ").normalize("NFC");
  if (CONTROL.test(name)) throw new ChatError("BAD_NAME");
  return name;
}

/** The name that a person wants from now on. */
export function readNewName(request: unknown): string {
  return readName(fields(request).name);
}

export function readToken(value: unknown): string {
  if (typeof value !== "string" || !TOKEN.test(value)) throw new ChatError("BAD_TOKEN");
  return value;
}

/** Room names are compared in lower case. */
export function readRoom(request: unknown): string {
  const name = textOf(fields(request).room, LIMITS.roomNameLength, "BAD_ROOM").normalize("NFC").toLowerCase();
  if (!ROOM_NAME.test(name)) throw new ChatError("BAD_ROOM");
  return name;
}

/** The id of the last entry the client has, or `undefined` if it wants the whole history. */
export function readAfter(request: unknown): string | undefined {
  const { after } = fields(request);
  return after === undefined || after === null ? undefined : textOf(after, LIMITS.keyLength, "BAD_REQUEST");
}

/** `undefined` when the client sent none: then it cannot repeat the request safely. */
export function readKey(request: unknown): string | undefined {
  const { key } = fields(request);
  return key === undefined || key === null ? undefined : textOf(key, LIMITS.keyLength, "BAD_REQUEST");
}

export function readText(request: unknown): string {
  return textOf(fields(request).text, LIMITS.textLength, "BAD_TEXT");
}

export function readTyping(request: unknown): boolean {
  const { typing } = fields(request);
  if (typeof typing !== "boolean") throw new ChatError("BAD_REQUEST");
  return typing;
}

export function readPicture(request: unknown): { readonly bytes: Uint8Array; readonly type: PictureType } {
  const { bytes } = fields(request);
  if (!(bytes instanceof Uint8Array)) throw new ChatError("BAD_PICTURE");
  if (bytes.byteLength > LIMITS.pictureBytes) throw new ChatError("PICTURE_TOO_BIG");
  const type = pictureType(bytes);
  if (type === undefined) throw new ChatError("BAD_PICTURE");
  return { bytes, type };
}
