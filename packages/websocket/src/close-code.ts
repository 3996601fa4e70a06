import { isUtf8 } from "node:buffer";
import { ProtocolError } from "./errors.ts";
import { CONTROL_LIMIT_BYTES } from "./opcodes.ts";

/** Reported, never sent: the close frame had no status code (RFC 6455 §7.4.1). */
export const NO_STATUS = 1005;
/** Reported, never sent: there was no close frame. */
export const ABNORMAL_CLOSURE = 1006;

const REASON_LIMIT_BYTES = CONTROL_LIMIT_BYTES - 2;
const EMPTY = Buffer.alloc(0);

/** Whether a close frame may carry `code`: the registered ones, and 3000–4999 for libraries and applications (RFC 6455 §7.4). */
export function isValidCloseCode(code: unknown): code is number {
  if (typeof code !== "number" || !Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/**
 * The payload of a close frame (RFC 6455 §5.5.1): nothing, or a status code and a reason in UTF-8.
 *
 * @throws {TypeError} when the code must not be sent, or a reason comes without one.
 * @throws {RangeError} when the reason takes more than 123 bytes.
 */
export function encodeClosePayload(code?: number, reason = ""): Buffer {
  if (code === undefined) {
    if (reason !== "") throw new TypeError("A close reason needs a close code: call close(code, reason)");
    return EMPTY;
  }
  if (!isValidCloseCode(code))
    throw new TypeError(`Close code must be 1000-1003, 1007-1014 or 3000-4999, got ${String(code)}`);
  if (typeof reason !== "string") throw new TypeError("Close reason must be a string");
  const reasonBytes = Buffer.byteLength(reason);
  if (reasonBytes > REASON_LIMIT_BYTES)
    throw new RangeError(`Close reason must take at most ${REASON_LIMIT_BYTES} bytes, got ${reasonBytes}`);
  const payload = Buffer.allocUnsafe(2 + reasonBytes);
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return payload;
}

/**
 * Reads the payload of a close frame.
 *
 * @throws {ProtocolError} `WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH`, `WS_ERR_INVALID_CLOSE_CODE`, `WS_ERR_INVALID_UTF8`
 */
export function decodeClosePayload(payload: Buffer): { code: number; reason: string } {
  if (payload.length === 0) return { code: NO_STATUS, reason: "" };
  if (payload.length === 1) throw new ProtocolError("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", { length: 1 });
  const code = payload.readUInt16BE();
  if (!isValidCloseCode(code)) throw new ProtocolError("WS_ERR_INVALID_CLOSE_CODE", { code });
  const reason = payload.subarray(2);
  if (!isUtf8(reason)) throw new ProtocolError("WS_ERR_INVALID_UTF8");
  return { code, reason: reason.toString() };
}
