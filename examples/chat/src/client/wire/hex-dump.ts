const PER_LINE = 16;
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".");

/** Offset, bytes in hex and as ASCII, sixteen to a line. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const row = Array.from(bytes.subarray(at, at + PER_LINE));
    const cells = row.map((byte) => hex(byte, 2)).join(" ");
    lines.push(`${hex(at, 6)}  ${cells.padEnd(PER_LINE * 3 - 1)}  ${row.map(printable).join("")}`);
  }
  return lines.join("\n");
}
