import type { IncomingMessage } from "node:http";
import { queryOf } from "./compat.ts";

/** Longer ones are hardly ever alike. A `User-Agent` has some 130 characters. */
const LONGEST = 200;
const MOST_STRINGS = 1000;

const known = new Map<string, string>();

/**
 * Keeps but one copy of what the handshakes of many clients have in common, as names of headers, user agents and URLs:
 * a session holds on to its request, and these strings would be a third of it. What is read stays the same.
 */
export function shareStrings(request: IncomingMessage): void {
  const { rawHeaders, headers, url, httpVersion } = request;
  const query = queryOf(request);
  if (url !== undefined) request.url = shared(url);
  if (Object.hasOwn(request, "httpVersion")) request.httpVersion = shared(httpVersion);
  for (const name of Object.keys(query)) {
    // A framework that parsed it may have put in anything.
    const value: unknown = query[name];
    if (typeof value === "string") query[name] = shared(value);
  }
  for (let i = 0; i < rawHeaders.length; i++) rawHeaders[i] = shared(rawHeaders[i] as string);
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value === "string") headers[name] = shared(value);
  }
}

function shared(text: string): string {
  if (text.length > LONGEST) return text;
  const found = known.get(text);
  if (found !== undefined) return found;
  // Clients that send ever new ones only make it forget.
  if (known.size >= MOST_STRINGS) known.clear();
  known.set(text, text);
  return text;
}
