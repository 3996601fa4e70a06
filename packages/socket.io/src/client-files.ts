import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import Negotiator from "negotiator";

declare const __filename: string | undefined;

/** Everything that is served, and nothing else is: a request's path is looked up here, never joined to a folder. */
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map(
  ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"].flatMap((name) => [
    [name, "application/javascript; charset=utf-8"],
    [`${name}.map`, "application/json; charset=utf-8"],
  ]),
);

interface ClientFile {
  readonly contentType: string;
  readonly plain: Representation;
  readonly gzip: Representation;
}

interface Representation {
  readonly body: Buffer;
  readonly etag: string;
}

/** Serves the browser bundles. Each is read, compressed and hashed once, when first asked for. */
export class ClientFiles {
  readonly #prefix: string;
  readonly #folder: string | undefined;
  readonly #files = new Map<string, ClientFile>();

  /**
   * @param path the path of the server, with or without its last slash.
   * @param folder where the bundles are. Defaults to those of the installed `@towline/socket.io-client`.
   */
  constructor(path: string, folder?: string) {
    this.#prefix = `${path.replace(/\/$/, "")}/`;
    this.#folder = folder;
  }

  /** Whether `request` asks for one of the files. */
  owns(request: IncomingMessage): boolean {
    return this.#nameIn(request) !== undefined;
  }

  /** Answers a request that {@link owns} it. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const name = this.#nameIn(request) ?? "";
    let file: ClientFile;
    try {
      file = this.#load(name);
    } catch {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
      response.end(
        `${name} has not been built: run "npm run build" where @towline/socket.io-client comes from.\n`,
      );
      return;
    }
    this.#answer(file, request, response);
  }

  #nameIn({ url = "" }: IncomingMessage): string | undefined {
    if (!url.startsWith(this.#prefix)) return undefined;
    const end = url.indexOf("?");
    const name = url.slice(this.#prefix.length, end === -1 ? undefined : end);
    return CONTENT_TYPES.has(name) ? name : undefined;
  }

  #answer(file: ClientFile, request: IncomingMessage, response: ServerResponse): void {
    const usesGzip = new Negotiator(request).encoding(["gzip", "identity"]) === "gzip";
    const { body, etag } = usesGzip ? file.gzip : file.plain;
    response.setHeader("Cache-Control", "public, max-age=0");
    response.setHeader("ETag", etag);
    response.setHeader("Vary", "Accept-Encoding");
    if (matches(request.headers["if-none-match"], etag)) {
      response.writeHead(304).end();
      return;
    }
    if (usesGzip) response.setHeader("Content-Encoding", "gzip");
    response.writeHead(200, { "Content-Type": file.contentType, "Content-Length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  #load(name: string): ClientFile {
    let file = this.#files.get(name);
    if (file === undefined) {
      const body = readFileSync(join(this.#folder ?? clientFolder(), name));
      const hash = createHash("sha256").update(body).digest("base64url");
      file = {
        contentType: CONTENT_TYPES.get(name) ?? "",
        plain: { body, etag: `"${hash}"` },
        // A strong tag names bytes, so that the compressed ones need their own (RFC 9110 §8.8.1).
        gzip: { body: gzipSync(body, { level: 9 }), etag: `"${hash}-gzip"` },
      };
      this.#files.set(name, file);
    }
    return file;
  }
}

/** RFC 9110 §13.1.2: a list of tags, of which weak ones count as well, or `*` for any. */
const matches = (header = "", etag: string): boolean =>
  header.split(",").some((tag) => ["*", etag, `W/${etag}`].includes(tag.trim()));

function clientFolder(): string {
  // The CommonJS build has no `import.meta`, an ES module no `__filename`.
  const resolver = createRequire(typeof __filename === "string" ? __filename : import.meta.url);
  return join(dirname(resolver.resolve("@towline/socket.io-client/package.json")), "dist");
}
