/** Reads the answers of an HTTP server, and says them as lines. */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { quote } from "./quote.ts";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** What came behind it. */
  readonly rest: Buffer;
}

/** They tell of the moment, or of how a body is cut, which is seen from the body itself. */
const IGNORED = new Set(["date", "keep-alive", "content-length", "transfer-encoding"]);

/** @returns the first answer in `bytes`, or `undefined` while it is not whole. */
export function readAnswer(bytes: Buffer, method: string, isOver: boolean): HttpAnswer | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const header = (wanted: string) => headers.find(([name]) => name === wanted)?.[1];
  const after = bytes.subarray(headEnd + 4);
  const whole = (body: Buffer, taken: number): HttpAnswer => ({
    status,
    headers,
    body,
    rest: after.subarray(taken),
  });

  if (status < 200 || status === 204 || status === 304 || method === "HEAD") return whole(Buffer.alloc(0), 0);
  if (header("transfer-encoding") === "chunked") {
    const chunked = readChunks(after);
    return chunked && whole(chunked.body, chunked.taken);
  }
  const length = header("content-length");
  if (length === undefined) return isOver ? whole(after, after.length) : undefined;
  return after.length < Number(length) ? undefined : whole(after.subarray(0, Number(length)), Number(length));
}

function readChunks(bytes: Buffer): { body: Buffer; taken: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { body: Buffer.concat(chunks), taken: next };
    chunks.push(bytes.subarray(lineEnd + 2, next - 2));
    at = next;
  }
}

/** The answer as lines, its headers in the order of their names, and its body as it was before compression. */
export function describeAnswer({ status, headers, body }: HttpAnswer): string[] {
  const shown = headers
    .filter(([name]) => !IGNORED.has(name))
    .map(([name, value]) => `${name}: ${name === "sec-websocket-extensions" ? inOrder(value) : value}`);
  const encoding = headers.find(([name]) => name === "content-encoding")?.[1];
  return [`HTTP ${status}`, ...shown.sort(), `body ${quote(unpack(body, encoding))}`];
}

/** The parameters of an extension mean the same in any order. */
function inOrder(extension: string): string {
  const [name, ...parameters] = extension.split("; ");
  return [name, ...parameters.sort()].join("; ");
}

function unpack(body: Buffer, encoding: string | undefined): Buffer {
  if (body.length === 0) return body;
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "deflate") return inflateSync(body);
  return encoding === "br" ? brotliDecompressSync(body) : body;
}
