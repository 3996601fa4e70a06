import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Middleware, ServerOptions } from "@towline/engine.io";
import cors from "cors";
import Negotiator from "negotiator";
import { ClientFile, CODINGS, type Coding, type Representation } from "./client-file.ts";

declare const __filename: string | undefined;

/** Everything that is served, and nothing else is: a request's path is looked up here, never joined to a folder. */
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map(
  ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"].flatMap((name) => [
    [name, "application/javascript; charset=utf-8"],
    [`${name}.map`, "application/json; charset=utf-8"],
  ]),
);

const METHODS = "GET, HEAD";

export interface ClientFilesOptions {
  /** The server's option of this name. Without it, pages of other origins can run the script, but not read it. */
  readonly cors?: ServerOptions["cors"];
  /** Where the bundles are. Defaults to those of the installed `@towline/socket.io-client`. */
  readonly folder?: string | undefined;
}

/** Serves the browser bundles. */
export class ClientFiles {
  readonly #prefix: string;
  readonly #folder: string | undefined;
  readonly #cors: Middleware | undefined;
  readonly #files = new Map<string, ClientFile>();

  /** @param path the path of the server, with or without its last slash. */
  constructor(path: string, { cors: given = false, folder }: ClientFilesOptions = {}) {
    this.#prefix = `${path.replace(/\/$/, "")}/`;
    this.#folder = folder;
    this.#cors = given === false ? undefined : cors(given === true ? {} : given);
  }

  /** Whether `request` asks for one of the files. */
  owns(request: IncomingMessage): boolean {
    return this.#nameIn(request) !== undefined;
  }

  /**
   * Answers a request that {@link owns} it.
   *
   * @throws what a function in the option `cors` throws, when the request has been answered with 500.
   */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const answer = () => {
      // A function in the option `cors` may call back twice.
      if (!response.headersSent) void this.#answer(request, response);
    };
    if (this.#cors === undefined) {
      answer();
      return;
    }
    try {
      // Also called with the error that a function in the option gives: the file then goes without its headers.
      this.#cors(request, response, answer);
    } catch (error) {
      if (!response.headersSent) response.writeHead(500).end();
      throw error;
    }
  }

  #nameIn({ url = "" }: IncomingMessage): string | undefined {
    if (!url.startsWith(this.#prefix)) return undefined;
    const end = url.indexOf("?");
    const name = url.slice(this.#prefix.length, end === -1 ? undefined : end);
    return CONTENT_TYPES.has(name) ? name : undefined;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      // RFC 9110 §15.5.6. To a preflight that `cors` was told to leave alone, any status of success will do.
      response.writeHead(request.method === "OPTIONS" ? 204 : 405, { Allow: METHODS }).end();
      return;
    }
    const name = this.#nameIn(request) ?? "";
    const coding = codingFor(request);
    const found = await this.#find(name, coding).catch(() => undefined);
    if (response.headersSent) return;
    if (found === undefined) {
      sayUnbuilt(name, response);
      return;
    }
    const { body, etag } = found;
    response.setHeader("Cache-Control", "public, max-age=0");
    response.setHeader("ETag", etag);
    // It may be the origin already that the answer varies with.
    response.setHeader("Vary", [response.getHeader("Vary") ?? [], "Accept-Encoding"].flat().join(", "));
    if (matches(request.headers["if-none-match"], etag)) {
      response.writeHead(304).end();
      return;
    }
    if (coding !== "identity") response.setHeader("Content-Encoding", coding);
    response.writeHead(200, { "Content-Type": CONTENT_TYPES.get(name), "Content-Length": body.length });
    // Node leaves it out of the answer to HEAD.
    response.end(body);
  }

  async #find(name: string, coding: Coding): Promise<Representation> {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = new ClientFile(join(this.#folder ?? clientFolder(), name));
      this.#files.set(name, file);
    }
    return file.in(coding);
  }
}

/** The coding that the client likes best; of those that it likes equally, the smallest. */
function codingFor(request: IncomingMessage): Coding {
  const negotiator = new Negotiator(request) as PreferringNegotiator;
  const name = negotiator.encoding([...CODINGS], { preferred: [...CODINGS] });
  // RFC 9110 §12.5.3: who takes nothing of what there is may be sent the file as it is.
  return CODINGS.find((coding) => coding === name) ?? "identity";
}

/** Since its version 1; the types are of an older one. */
interface PreferringNegotiator {
  encoding(available: string[], options: { readonly preferred: string[] }): string | undefined;
}

/** RFC 9110 §13.1.2: a list of tags, of which weak ones count as well, or `*` for any. */
const matches = (header = "", etag: string): boolean =>
  header.split(",").some((tag) => ["*", etag, `W/${etag}`].includes(tag.trim()));

function sayUnbuilt(name: string, response: ServerResponse): void {
  response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(
    `${name} has not been built: run "npm run build" where @towline/socket.io-client comes from.\n`,
  );
}

function clientFolder(): string {
  // The CommonJS build has no `import.meta`, an ES module no `__filename`.
  const resolver = createRequire(typeof __filename === "string" ? __filename : import.meta.url);
  return join(dirname(resolver.resolve("@towline/socket.io-client/package.json")), "dist");
}
