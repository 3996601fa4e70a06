import { createHash } from "node:crypto";
import fc from "fast-check";
import type { AnySocket } from "./implementations.ts";

/** A message, and how to send it. */
export interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
  /** Where its fragments end, but for the last one. */
  readonly cuts: readonly number[];
  readonly compress: boolean;
  /** Of text in one fragment: whether to give it as a string. */
  readonly asString: boolean;
}

export const messageOf = (content: string | Buffer, how: Partial<Message> = {}): Message => ({
  data: Buffer.from(content as string),
  isBinary: typeof content !== "string",
  cuts: [],
  compress: true,
  asString: true,
  ...how,
});

/** Compresses well, unless `step` is large. */
export function patterned(length: number, step: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at++) bytes[at] = at * step + (at >> 8);
  return bytes;
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 100 }),
  // Surrogate pairs, and what compresses.
  fc.nat({ max: 3000 }).map((length) => "😀é".repeat(length)),
  fc.constantFrom("", "\u{10ffff}", "\0", "a".repeat(125), "a".repeat(126), "€".repeat(21_846)),
);
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.nat({ max: 200_000 }), fc.nat({ max: 255 })).map(([length, step]) => patterned(length, step)),
);

const message: fc.Arbitrary<Message> = fc
  .record({
    content: fc.oneof(text, binary),
    shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    compress: fc.boolean(),
    asString: fc.boolean(),
  })
  .map(({ content, shares, ...how }) => {
    const { length } = Buffer.from(content as string);
    const cuts = shares.map((share) => Math.floor(share * length)).sort((a, b) => a - b);
    return messageOf(content, { cuts, ...how });
  });

export const messages: fc.Arbitrary<Message[]> = fc.array(message, { maxLength: 8 });

/** Text may be cut inside a character: a fragment is but bytes (RFC 6455 §5.6). */
export function send(from: AnySocket, { data, isBinary, cuts, compress, asString }: Message): void {
  if (cuts.length === 0 && asString && !isBinary) {
    from.send(data.toString(), { binary: false, compress });
    return;
  }
  const ends = [...cuts, data.length];
  ends.forEach((end, index) => {
    const fin = index === ends.length - 1;
    from.send(data.subarray(ends[index - 1] ?? 0, end), { binary: isBinary, fin, compress });
  });
}

/** `messages` for a client that does not send fragments. */
export const whole = (messages: readonly Message[]): Message[] =>
  messages.map((each) => ({ ...each, cuts: [] }));

/** What tells one message from another, without the bytes: those would fill the screen. */
const summary = (data: Buffer, isBinary: boolean): string => {
  const shown = data.length > 40 ? createHash("sha256").update(data).digest("hex") : data.toString("latin1");
  return `${isBinary ? "binary" : "text"}, ${data.length}: ${shown}`;
};

export const summaries = (messages: readonly Message[]): string[] =>
  messages.map(({ data, isBinary }) => summary(data, isBinary));

/** The next `count` messages, in short. */
export function received(by: AnySocket, count: number): Promise<string[]> {
  if (count === 0) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    const got: string[] = [];
    const stop = () => by.off("message", onMessage).off("close", onClose);
    const onClose = (code: number, reason: Buffer) =>
      reject(new Error(`closed with ${code} ${reason} after ${got.length} of ${count} messages`));
    const onMessage = (data: Buffer, isBinary: boolean) => {
      if (got.push(summary(data, isBinary)) < count) return;
      stop();
      resolve(got);
    };
    by.on("message", onMessage).on("close", onClose);
  });
}
