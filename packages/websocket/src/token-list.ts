const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether `text` is a token (RFC 9110 §5.6.2). */
export const isToken = (text: string): boolean => TOKEN.test(text);

/**
 * Parses a comma-separated list of different tokens. Time is linear in the length: the text is split once, and a
 * token's pattern can match in one way only.
 *
 * @returns the tokens in their order, or `undefined` when the text is no such list.
 */
export function parseTokenList(text: string): ReadonlySet<string> | undefined {
  const tokens = new Set<string>();
  for (const part of text.split(",")) {
    const token = trimBlanks(part);
    if (!isToken(token) || tokens.has(token)) return undefined;
    tokens.add(token);
  }
  return tokens;
}

// Not a regular expression: /[ \t]+$/ takes quadratic time over blanks that something follows.
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** Whether a comma-separated list holds `token`, in any case (RFC 9110 §5.6.1). */
export const hasToken = (list = "", token: string): boolean =>
  list.split(",").some((part) => part.trim().toLowerCase() === token);
