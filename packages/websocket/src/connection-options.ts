import {
  flag,
  milliseconds,
  type OptionInput,
  type OptionValues,
  optional,
  resolveOptions,
  wholeNumber,
} from "@towline/core";

/**
 * What to do with a message that would make more than `maxBufferedAmount` bytes wait: cut the connection, drop the
 * message, or send it all the same.
 */
export type BufferPolicy = "close" | "drop" | "send";

/** @param subject the `WebSocket`, or the `Connection` of those who work below that API. */
export type OnBufferFull = (subject: never, bufferedAmount: number, messageBytes: number) => BufferPolicy;

/** What bounds a connection. The README's table is this one. */
export const CONNECTION_OPTIONS = {
  maxPayload: wholeNumber(
    100 * 1024 * 1024,
    "Bytes a message may have, fragments together, compressed and not. A larger one closes the connection with 1009 before it is read.",
  ),
  maxFragments: wholeNumber(131_072, "Frames a message may come in. More close the connection with 1008."),
  maxBufferedChunks: wholeNumber(
    262_144,
    "Pieces a frame may be cut into by the network. More close the connection with 1008.",
  ),
  maxPendingAutoPongs: wholeNumber(
    60,
    "Pings that are each answered while the answers wait to be written. Of further ones only the latest is answered.",
  ),
  maxBufferedAmount: wholeNumber(
    64 * 1024 * 1024,
    "Bytes that may wait for a peer that reads slowly. Above it the connection is cut, or `onBufferFull` decides.",
  ),
  onBufferFull: optional<OnBufferFull>(
    'Called with the WebSocket, its `bufferedAmount` and the size of a message that does not fit any more; gives "close", "drop" or "send".',
    "a function",
    (value) => typeof value === "function",
  ),
  closeTimeout: milliseconds(
    30_000,
    "How long the peer may take over the closing handshake, in milliseconds, before the connection is cut.",
  ),
  autoPong: flag(true, "Whether pings are answered without your doing."),
  allowSynchronousEvents: flag(
    true,
    "Whether several messages that arrived together are given in one turn of the event loop, or each in its own.",
  ),
  skipUTF8Validation: flag(false, "Whether text is taken without a look at its encoding."),
  generateMask: optional<(mask: Buffer) => void>(
    "Fills the 4 bytes of a masking key, for a client whose keys need not be unpredictable.",
    "a function",
    (value) => typeof value === "function",
  ),
};

export type ConnectionOptions = OptionInput<typeof CONNECTION_OPTIONS>;
export type ConnectionLimits = OptionValues<typeof CONNECTION_OPTIONS>;

const NAMES = Object.keys(CONNECTION_OPTIONS) as (keyof ConnectionLimits)[];

const resolved = new WeakSet<ConnectionOptions>();
let latestInput: ConnectionOptions = {};
let latest = resolve(latestInput);

/**
 * Fills in and checks the options of a connection. What this gave may be given again. A connection with the same options
 * as the one before shares its object, and costs no check.
 *
 * @throws {TypeError} naming every fault at once.
 */
export function connectionLimits(options: ConnectionOptions): ConnectionLimits {
  if (resolved.has(options)) return options as ConnectionLimits;
  if (NAMES.every((name) => options[name] === latestInput[name])) return latest;
  latest = resolve(options);
  latestInput = Object.fromEntries(NAMES.map((name) => [name, options[name]])) as ConnectionOptions;
  return latest;
}

function resolve(options: ConnectionOptions): ConnectionLimits {
  const limits = resolveOptions(CONNECTION_OPTIONS, options);
  resolved.add(limits);
  return limits;
}
