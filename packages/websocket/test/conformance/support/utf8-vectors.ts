/** The bits of `value` as UTF-8 would have them in `bytes` bytes, whether that is allowed or not. */
export function encode(value: number, bytes: number): Buffer {
  if (bytes === 1) return Buffer.from([value]);
  const rest = Array.from(
    { length: bytes - 1 },
    (_, i) => 0x80 | (Math.floor(value / 64 ** (bytes - 2 - i)) & 0x3f),
  );
  const lead = ((0xff00 >> bytes) & 0xff) | Math.floor(value / 64 ** (bytes - 1));
  return Buffer.from([lead, ...rest]);
}

const shortest = (value: number): Buffer =>
  encode(value, value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x1_0000 ? 3 : 4);

const point = (value: number): string => `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;

export type Vector = readonly [name: string, bytes: Buffer];

const NONCHARACTERS = [
  0xfdd0,
  0xfdef,
  ...Array.from({ length: 17 }, (_, plane) => [plane * 0x1_0000 + 0xfffe, plane * 0x1_0000 + 0xffff]).flat(),
];

export const VALID: readonly Vector[] = [
  ["Greek", Buffer.from("cebae1bdb9cf83cebcceb5", "hex")],
  ["all of ASCII", Buffer.from(Array.from({ length: 128 }, (_, i) => i))],
  ["lengths mixed", Buffer.from("aé€😀".repeat(20))],
  ...[0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xfeff, 0x1_0000, 0x10_fffd].map(
    (value): Vector => [point(value), shortest(value)],
  ),
  ...NONCHARACTERS.map((value): Vector => [`noncharacter ${point(value)}`, shortest(value)]),
];

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const SURROGATES = [0xd800, 0xdb7f, 0xdb80, 0xdbff, 0xdc00, 0xdf80, 0xdfff];

export const INVALID: readonly Vector[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 64].map(
    (count): Vector => [`${count} continuation bytes`, Buffer.from(range(0x80, 0x80 + count - 1))],
  ),
  ["the last continuation byte", Buffer.from([0xbf])],
  ...(
    [
      [2, 0xc0, 0xdf],
      [3, 0xe0, 0xef],
      [4, 0xf0, 0xf7],
      [5, 0xf8, 0xfb],
      [6, 0xfc, 0xfd],
    ] as const
  ).flatMap(([bytes, from, to]): Vector[] => [
    [
      `every lead of ${bytes} bytes with a blank after it`,
      Buffer.from(range(from, to).flatMap((lead) => [lead, 0x20])),
    ],
    [`zero in ${bytes} bytes`, encode(0, bytes)],
    [`a slash in ${bytes} bytes`, encode(0x2f, bytes)],
    [`zero in ${bytes} bytes without its last`, encode(0, bytes).subarray(0, -1)],
  ]),
  ...(
    [
      [0x7f, 2],
      [0x7ff, 3],
      [0xffff, 4],
      [0x1f_ffff, 5],
      [0x3ff_ffff, 6],
    ] as const
  ).map(([value, bytes]): Vector => [`${point(value)} in ${bytes} bytes`, encode(value, bytes)]),
  ...(
    [
      [0x7ff, 2],
      [0xffff, 3],
      [0x10_ffff, 4],
    ] as const
  ).map(
    ([value, bytes]): Vector => [
      `${point(value)} without its last byte`,
      encode(value, bytes).subarray(0, -1),
    ],
  ),
  ...(
    [
      [0x11_0000, 4],
      [0x1f_ffff, 4],
      [0x20_0000, 5],
      [0x3ff_ffff, 5],
      [0x400_0000, 6],
      [0x7fff_ffff, 6],
    ] as const
  ).map(
    ([value, bytes]): Vector => [`${point(value)}, beyond Unicode, in ${bytes} bytes`, encode(value, bytes)],
  ),
  ...SURROGATES.map((value): Vector => [`surrogate ${point(value)}`, encode(value, 3)]),
  ...[
    [0xd800, 0xdc00],
    [0xd800, 0xdfff],
    [0xdb7f, 0xdc00],
    [0xdbff, 0xdfff],
  ].map(
    ([high = 0, low = 0]): Vector => [
      `surrogates ${point(high)} ${point(low)}`,
      Buffer.concat([encode(high, 3), encode(low, 3)]),
    ],
  ),
  ...[0xc0, 0xc1, 0xf5, 0xf8, 0xfc, 0xfe, 0xff].map(
    (byte): Vector => [`byte ${byte.toString(16)}`, Buffer.from([byte])],
  ),
  ["bytes fe fe ff ff", Buffer.from([0xfe, 0xfe, 0xff, 0xff])],
];

/** A text that may go on, and the byte at which it can no longer become valid. */
export const IMPOSSIBLE: readonly (readonly [sofar: string, impossible: string])[] = [
  ["", "80"],
  ["", "c0"],
  ["", "f5"],
  ["", "ff"],
  ["41", "bf"],
  ["c2", "41"],
  ["df", "c0"],
  ["e0", "9f"],
  ["ed", "a0"],
  ["ef", "20"],
  ["e282", "e2"],
  ["f0", "8f"],
  ["f4", "90"],
  ["f09f", "7f"],
  ["f09f98", "c0"],
  ["cebae1bdb9cf83cebcceb5ed", "a0"],
  ["cebae1bdb9cf83cebcceb5f4", "90"],
];
