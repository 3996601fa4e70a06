import {
  milliseconds,
  type OptionInput,
  type OptionValues,
  resolveOptions,
  wholeNumber,
} from "@towline/core";

/** What bounds a connection. The README's table is this one. */
export const CONNECTION_OPTIONS = {
  maxPayload: wholeNumber(
    100 * 1024 * 1024,
    "Bytes a message may have, fragments together. A larger one closes the connection with 1009 before it is read.",
  ),
  maxFragments: wholeNumber(131_072, "Frames a message may come in. More close the connection with 1008."),
  maxBufferedAmount: wholeNumber(
    64 * 1024 * 1024,
    "Bytes that may wait for a peer that reads slowly. Above it the connection is cut.",
  ),
  closeTimeout: milliseconds(
    30_000,
    "How long the peer may take over the closing handshake before the connection is cut.",
  ),
};

export type ConnectionOptions = OptionInput<typeof CONNECTION_OPTIONS>;
export type ConnectionLimits = OptionValues<typeof CONNECTION_OPTIONS>;

let latest = resolveOptions(CONNECTION_OPTIONS);

/**
 * Fills in and checks the options of a connection. Connections of equal options share one object.
 *
 * @throws {TypeError} naming every fault at once.
 */
export function connectionLimits(options: ConnectionOptions): ConnectionLimits {
  const limits = resolveOptions(CONNECTION_OPTIONS, options);
  const isSame =
    limits.maxPayload === latest.maxPayload &&
    limits.maxFragments === latest.maxFragments &&
    limits.maxBufferedAmount === latest.maxBufferedAmount &&
    limits.closeTimeout === latest.closeTimeout;
  if (!isSame) latest = limits;
  return latest;
}
