/**
 * Bytes inside of data. JSON has no room for them, so each is sent as an attachment of its own, and a placeholder
 * `{"_placeholder":true,"num":<index>}` stands where it was.
 */
import { ProtocolError } from "./errors.ts";
import { MAX_DEPTH } from "./packet.ts";

/** An attachment on its way out. Only browsers hand in Blobs: their bytes are not there yet. */
export type Attachment = Uint8Array | Blob;

interface Placeholder {
  readonly _placeholder: true;
  readonly num: number;
}

type Fields = Record<string, unknown>;

const hasBlob = typeof Blob === "function";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

export function isBinary(value: object): value is ArrayBuffer | ArrayBufferView | Blob {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || (hasBlob && value instanceof Blob);
}

function toAttachment(value: ArrayBuffer | ArrayBufferView | Blob): Attachment {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

/**
 * Takes the bytes out of `value`.
 *
 * @param attachments gets the bytes, in the order of their placeholders.
 * @returns `value` itself when it holds none, else a copy with placeholders: the caller's data is never changed.
 * @throws {TypeError} when `value` is nested deeper than `MAX_DEPTH` levels, as one that holds itself is.
 */
export function takeBinary(value: unknown, attachments: Attachment[], depth = 0): unknown {
  if (!isObject(value)) return value;
  if (isBinary(value)) {
    const placeholder: Placeholder = { _placeholder: true, num: attachments.length };
    attachments.push(toAttachment(value));
    return placeholder;
  }
  if (depth >= MAX_DEPTH)
    throw new TypeError(`Cannot send data nested deeper than ${MAX_DEPTH} levels: does it refer to itself?`);
  if (Array.isArray(value)) return takeFromArray(value, attachments, depth);
  if (value instanceof Date) return value;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    const before = attachments.length;
    const taken = takeBinary(toJSON.call(value), attachments, depth + 1);
    // Without bytes inside, the original is kept: `JSON.stringify` will ask it again, with its key.
    return attachments.length === before ? value : taken;
  }
  return takeFromFields(value as Fields, attachments, depth);
}

function takeFromArray(list: readonly unknown[], attachments: Attachment[], depth: number): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (!isObject(item)) continue;
    const taken = takeBinary(item, attachments, depth + 1);
    if (taken !== item) (copy ??= list.slice())[index] = taken;
  }
  return copy ?? list;
}

function takeFromFields(fields: Fields, attachments: Attachment[], depth: number): unknown {
  let copy: Fields | undefined;
  for (const key of Object.keys(fields)) {
    const item = fields[key];
    if (!isObject(item)) continue;
    const taken = takeBinary(item, attachments, depth + 1);
    if (taken !== item) setOwn((copy ??= { ...fields }), key, taken);
  }
  return copy ?? fields;
}

/**
 * Puts attachments where their placeholders stand, in place: `value` comes fresh from `JSON.parse`.
 *
 * @throws {ProtocolError} `SIO_BAD_PLACEHOLDER`, `SIO_TOO_DEEP`.
 */
export function putBinary(value: unknown, attachments: readonly unknown[], depth = 0): unknown {
  if (!isObject(value)) return value;
  if (depth > MAX_DEPTH) throw new ProtocolError("SIO_TOO_DEEP");
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      value[index] = putBinary(value[index], attachments, depth + 1);
    return value;
  }
  const fields = value as Fields;
  if (fields._placeholder === true) return attachmentFor(fields, attachments);
  for (const key of Object.keys(fields)) {
    const item = fields[key];
    if (isObject(item)) setOwn(fields, key, putBinary(item, attachments, depth + 1));
  }
  return value;
}

function attachmentFor({ num }: Fields, attachments: readonly unknown[]): unknown {
  // An index that is no whole number within the list would find nothing, or something that is no attachment.
  if (!Number.isInteger(num) || (num as number) < 0 || (num as number) >= attachments.length)
    throw new ProtocolError("SIO_BAD_PLACEHOLDER");
  return attachments[num as number];
}

/** Whether `value`, fresh from `JSON.parse`, is nested deeper than `MAX_DEPTH`. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (!isObject(value)) return false;
  if (depth > MAX_DEPTH) return true;
  const items = Array.isArray(value) ? value : Object.values(value);
  return items.some((item) => isObject(item) && isTooDeep(item, depth + 1));
}

/** Assignment that treats `__proto__` as the plain key it is in JSON. */
function setOwn(fields: Fields, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  else fields[key] = value;
}
