/** What is sent between page and server. Bytes are written as text, `ArrayBuffer 1,2`, for the way into the page and out. */

const TEXTS: readonly string[] = [
  "plain",
  "naïve 日本語 👩‍👩‍👧 \u{10ffff}",
  "lines\nof\n\ntext\n",
  "\u2028 and \u2029 end lines in scripts",
  // No backslash right before a line feed: the JSONP of the official client cannot tell that from `\\n`.
  "back\\slash, \\n, \\\\n, \n, \"quotes\", 'quotes'",
  "</script><!-- & %26 + = ; %0A",
  "\u0000\u0001\u007f\u0085\ufeff\ufffd",
  "b4AQID",
  "4:2probe",
];

const BYTES: readonly string[] = [
  "ArrayBuffer 0,1,127,128,254,255",
  `ArrayBuffer ${Array.from({ length: 256 }, (_, byte) => byte).join()}`,
];

/** A hundred messages, each unlike the others. Bytes say by their length which they are. */
export const HUNDRED: readonly string[] = Array.from({ length: 100 }, (_, number) => {
  const kind = number % 12;
  const text = TEXTS[kind];
  if (text !== undefined) return `${number} ${text}`;
  if (kind === 11) return `${number}`;
  return `${BYTES[kind - TEXTS.length]}${`,${number}`.repeat(number)}`;
});

/** What the server sends for it. */
export const wireOf = (message: string): string | Buffer => {
  const [, bytes] = /^(?:ArrayBuffer|Blob) (.*)$/.exec(message) ?? [];
  return bytes === undefined ? message : Buffer.from(bytes.split(",").map(Number));
};

/** What the server got, written like what was sent. */
export const describeWire = (data: unknown): unknown =>
  Buffer.isBuffer(data) ? `ArrayBuffer ${[...data].join()}` : data;
