import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import type { Role } from "../../src/reader-rules.ts";
import { frame } from "./bytes.ts";

/** What a peer that follows the rules, or nearly, may send. */
export interface StreamShape {
  /** Who reads it: only frames to a server are masked. */
  readonly role: Role;
  /** Whether permessage-deflate was agreed on. */
  readonly deflate: boolean;
}

type Key = readonly [number, number, number, number] | null;

const octet = fc.integer({ min: 0, max: 255 });
const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array.buffer, array.byteOffset, array.length));

/** Right for its role nearly always. */
const keyFor = (role: Role): fc.Arbitrary<Key> => {
  const key: fc.Arbitrary<Key> = fc.tuple(octet, octet, octet, octet);
  const right = role === "server" ? key : fc.constant(null);
  const wrong = role === "server" ? fc.constant(null) : key;
  return fc.oneof({ arbitrary: right, weight: 60 }, { arbitrary: wrong, weight: 1 });
};

/** RFC 7692 §7.2.1. */
const compressed = (payload: Uint8Array, windowBits: number): Buffer => {
  const whole = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH, windowBits });
  return whole.subarray(0, whole.length - 4);
};

/** Payloads of text, some of them not valid, and of binary, some of which compress well beyond any limit. */
const content = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: bytes(150) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 3000 }).map((length) => Buffer.alloc(length, "a")) },
  // Half a character, and what no character can begin with.
  { weight: 1, arbitrary: fc.constantFrom(Buffer.of(0x61, 0xe2, 0x82), Buffer.of(0x61, 0xff, 0x62)) },
);

const control = (role: Role): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.constantFrom(0x89, 0x8a), bytes(20), keyFor(role))
    .map(([first, payload, key]) => frame(first, payload, key));

/** A message in one frame or several, with control frames in between. */
const message = ({ role, deflate }: StreamShape): fc.Arbitrary<Buffer> =>
  fc
    .record({
      opcode: fc.constantFrom(1, 2),
      payload: content,
      coding: deflate
        ? fc.constantFrom("plain", "compressed", "compressed", "nonsense")
        : fc.constant("plain"),
      windowBits: fc.constantFrom(9, 15),
      cuts: fc.array(fc.nat({ max: 120 }), { maxLength: 4 }),
      keys: fc.array(keyFor(role), { minLength: 1, maxLength: 5 }),
      between: fc.array(fc.option(control(role)), { minLength: 1, maxLength: 5 }),
    })
    .map(({ opcode, payload, coding, windowBits, cuts, keys, between }) => {
      const body = coding === "compressed" ? compressed(payload, windowBits) : payload;
      const ends = [...cuts.filter((cut) => cut <= body.length), body.length].sort((a, b) => a - b);
      const rsv1 = coding === "plain" ? 0 : 0x40;
      return Buffer.concat(
        ends.flatMap((end, index) => {
          const isLast = index === ends.length - 1;
          const first = (isLast ? 0x80 : 0) | (index === 0 ? opcode | rsv1 : 0);
          const key = keys[index % keys.length] as Key;
          const piece = frame(first, body.subarray(ends[index - 1] ?? 0, end), key);
          const after = isLast ? null : between[index % between.length];
          return after == null ? [piece] : [piece, after];
        }),
      );
    });

const closing = (role: Role): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.constantFrom("", "00", "03e8", "03ed", "0fa0", "03e86279", "03e8ff", "ffff"), keyFor(role))
    .map(([payload, key]) => frame(0x88, Buffer.from(payload, "hex"), key));

/** A header that says anything, and some bytes. */
const anyFrame = (role: Role): fc.Arbitrary<Buffer> =>
  fc.tuple(octet, bytes(130), keyFor(role)).map(([first, payload, key]) => frame(first, payload, key));

/** Lengths in the wrong form, and larger than what follows. */
const lyingLength = fc
  .tuple(octet, fc.constantFrom(0x7e, 0x7f, 0xfe, 0xff), bytes(16))
  .map(([first, second, rest]) => Buffer.concat([Buffer.of(first, second), rest]));

/** Sequences of frames, valid for the most part, so that readers come far before they meet what is not. */
export const frameStream = (shape: StreamShape): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.oneof(
        { weight: 30, arbitrary: message(shape) },
        { weight: 8, arbitrary: control(shape.role) },
        { weight: 2, arbitrary: closing(shape.role) },
        { weight: 2, arbitrary: anyFrame(shape.role) },
        { weight: 1, arbitrary: lyingLength },
        { weight: 1, arbitrary: bytes(40) },
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => Buffer.concat(parts));

/** Bytes with no order at all, after a beginning that is none the less a frame's, so as to get past the first octet. */
export const anyBytes = ({ role }: StreamShape): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.oneof(
        bytes(300),
        fc
          .tuple(fc.constantFrom(0x01, 0x02, 0x41, 0x42, 0x80, 0x81, 0x82, 0xc1, 0xc2), octet, bytes(140))
          .map(([first, second, rest]) =>
            Buffer.concat([Buffer.of(first, role === "server" ? second | 0x80 : second & 0x7f), rest]),
          ),
      ),
      { maxLength: 6 },
    )
    .map((parts) => Buffer.concat(parts));

export const EVERY_BYTE: readonly number[] = Array.from({ length: 4000 }, (_, at) => at);

/** Where to cut a stream: anywhere, or after every byte. */
export const cutPoints: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.nat({ max: 1500 }), { minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constant(EVERY_BYTE) },
);
