import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";

export interface StaticFile {
  readonly type: string;
  readonly body: Uint8Array | string;
}

const SECURITY_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
} as const;

/** Serves these files and nothing else: a path is looked up, never resolved against a folder. */
export function staticFiles(files: ReadonlyMap<string, StaticFile>): RequestListener {
  const ready = new Map(
    Array.from(files, ([path, { type, body }]) => {
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
      return [
        path,
        { body, etag, headers: { "Content-Type": type, ETag: etag, "Cache-Control": "no-cache" } },
      ];
    }),
  );
  return (request, response) => {
    const answer = (status: number, headers: Record<string, string>, body?: Uint8Array | string) => {
      response.writeHead(status, { ...SECURITY_HEADERS, ...headers });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    const plain = { "Content-Type": "text/plain; charset=utf-8" };
    const file = ready.get(request.url?.split("?", 1)[0] ?? "");
    if (file === undefined) answer(404, plain, "There is no such page. The chat is at /\n");
    else if (request.method !== "GET" && request.method !== "HEAD")
      answer(405, { ...plain, Allow: "GET, HEAD" }, "This page can only be read.\n");
    else if (request.headers["if-none-match"] === file.etag) answer(304, { ETag: file.etag });
    else answer(200, file.headers, file.body);
  };
}
