/** A page with one official Engine.IO bundle, and the server that it talks to. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AttachServer, EngineServer, Options, ServerEnd } from "../interop/engine-official/peers.ts";
import { type Exchange, WireLog } from "../interop/engine-official/wire-log.ts";
import { listen } from "../interop/listen.ts";

const require = createRequire(import.meta.url);

export interface EngineBundle {
  readonly name: string;
  readonly revision: 3 | 4;
  readonly file: string;
}

export const ENGINE_BUNDLES: readonly EngineBundle[] = [
  {
    name: "official engine bundle 3.5.4",
    revision: 3,
    file: require.resolve("reference-engine.io-client-3/engine.io.js"),
  },
  {
    name: "official engine bundle 6.6.8",
    revision: 4,
    file: require.resolve("reference-engine.io-client/dist/engine.io.js"),
  },
];

/** What every page has: one socket at a time; what came to it, as text; its end. */
const HELPERS = `
  let socket, arrived, closed, told;

  async function describe(data) {
    if (typeof data === "string") return data;
    const bytes = new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : data);
    return (data instanceof Blob ? "Blob " : "ArrayBuffer ") + bytes.join();
  }

  const bytesOf = (text) => Uint8Array.from(text.split(","), Number).buffer;
  /** A text that says it is bytes is sent as such. */
  function send(text) {
    const [, kind, bytes] = /^(Blob|ArrayBuffer) (.*)$/.exec(text) ?? [];
    socket.send(kind === undefined ? text : kind === "Blob" ? new Blob([bytesOf(bytes)]) : bytesOf(bytes));
  }

  /** Opens; sends the first half when it is open, and the second when it has settled. */
  function start(url, options, settled, first, second) {
    arrived = [];
    socket = eio(url, options);
    socket.on("message", (data) => {
      arrived.push(describe(data));
      told?.();
    });
    closed = new Promise((resolve) => socket.on("close", (reason) => resolve(reason)));
    return new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("upgrade", (transport) => transport.name === settled && end());
      socket.on("open", () => {
        first.forEach(send);
        if (socket.transport.name === settled) end();
      });
      const end = () => {
        second.forEach(send);
        resolve();
      };
    });
  }

  /** Everything that has come, once it is as much as \`count\`. */
  async function received(count) {
    while (arrived.length < count) await new Promise((resolve) => (told = resolve));
    return Promise.all(arrived);
  }
`;

/** Serves pages and bundles, with the engine on the same port. */
export class EnginePage {
  readonly #http = createServer((request, response) => {
    const bundle = ENGINE_BUNDLES.find(({ revision }) => request.url === `/${revision}.js`);
    if (bundle !== undefined) {
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" });
      response.end(readFileSync(bundle.file));
      return;
    }
    const revision = request.url === "/3" ? 3 : 4;
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    // The icon is given here so that no page asks for one.
    response.end(
      `<!doctype html><link rel="icon" href="data:,"><body><script src="/${revision}.js"></script><script>${HELPERS}</script>`,
    );
  });
  readonly engine: EngineServer;
  readonly wire: WireLog;
  url = "";

  constructor(attach: AttachServer, options: Options = {}) {
    this.engine = attach(this.#http, options);
    this.wire = new WireLog(this.#http);
  }

  async listen(): Promise<void> {
    this.url = `http://localhost:${await listen(this.#http)}`;
  }

  /** What came for the engine, pages and bundles left out. */
  get exchanges(): readonly Exchange[] {
    return this.wire.exchanges.filter(({ path }) => path === "/engine.io/");
  }

  nextSession(): Promise<ServerEnd> {
    return new Promise((resolve) => this.engine.once("connection", resolve));
  }

  async close(): Promise<void> {
    this.engine.close();
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }
}
