import { isObject } from "./binary.ts";
import { ProtocolError } from "./errors.ts";
import { MAX_DEPTH } from "./packet.ts";

type Fields = Record<string, unknown>;

/**
 * Puts attachments where their placeholders stand below `holder`, in place: it comes fresh from `JSON.parse`.
 *
 * @throws {ProtocolError} `SIO_BAD_PLACEHOLDER`, `SIO_TOO_DEEP`.
 */
export function putBinary(holder: object, attachments: readonly unknown[], depth = 0): void {
  if (depth >= MAX_DEPTH) throw new ProtocolError("SIO_TOO_DEEP");
  for (const key of Object.keys(holder)) {
    const item = (holder as Fields)[key];
    if (!isObject(item)) continue;
    // A key named __proto__ is an own one here, and no way to the prototype.
    if ((item as Fields)._placeholder === true) (holder as Fields)[key] = attachmentFor(item, attachments);
    else putBinary(item, attachments, depth + 1);
  }
}

function attachmentFor(placeholder: object, attachments: readonly unknown[]): unknown {
  const { num } = placeholder as { num?: unknown };
  // An index that is no whole number within the list would find nothing, or something that is no attachment.
  if (!Number.isInteger(num) || (num as number) < 0 || (num as number) >= attachments.length)
    throw new ProtocolError("SIO_BAD_PLACEHOLDER");
  return attachments[num as number];
}
