/** The character that fills the last group of four. */
const PADDING = "=".charCodeAt(0);

/** How many bytes `text` stands for if all of it is base64, padded or not; `undefined` when no bytes have that many digits. */
export function base64Length(text: string): number | undefined {
  const digits = text.length - paddingOf(text);
  return digits % 4 === 1 ? undefined : Math.floor((digits * 3) / 4);
}

function paddingOf(text: string): number {
  if (text.charCodeAt(text.length - 1) !== PADDING) return 0;
  return text.charCodeAt(text.length - 2) === PADDING ? 2 : 1;
}
