/** A page that loads one client library by a script tag, and the server that the library then talks to. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { Server, type ServerOptions, type Socket } from "@towline/socket.io";
import { listen } from "../interop/listen.ts";

const require = createRequire(import.meta.url);

export interface BrowserClient {
  readonly name: string;
  /** Where the page finds it. */
  readonly script: string;
  /** 2.5.0 takes ArrayBuffer and Blob for binary, but no view. */
  readonly sendsViews: boolean;
  /** Only the second generation still polls by script tags, for browsers without XMLHttpRequest of level 2. */
  readonly speaksJsonp: boolean;
  /** The file behind `script`, for those that our server does not serve by itself. */
  readonly file?: string;
}

export const BROWSER_CLIENTS: readonly BrowserClient[] = [
  { name: "Towline's socket.io.js", script: "/socket.io/socket.io.js", sendsViews: true, speaksJsonp: false },
  {
    name: "Towline's socket.io.min.js",
    script: "/socket.io/socket.io.min.js",
    sendsViews: true,
    speaksJsonp: false,
  },
  {
    name: "official bundle 2.5.0",
    script: "/official-2.js",
    sendsViews: false,
    speaksJsonp: true,
    file: require.resolve("reference-socket.io-client-2/dist/socket.io.js"),
  },
  {
    name: "official bundle 4.8.4",
    script: "/official-4.js",
    sendsViews: true,
    speaksJsonp: false,
    file: require.resolve("reference-socket.io-client/dist/socket.io.js"),
  },
];

export class BundleServer {
  readonly #http = createServer((request, response) => {
    const client = BROWSER_CLIENTS.find(({ script, file }) => file !== undefined && request.url === script);
    if (client?.file !== undefined) {
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" });
      response.end(readFileSync(client.file));
      return;
    }
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const script = searchParams.get("script");
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    // The icon is given here so that no page asks for one.
    const tag = script === null ? "" : `<script src="${script}"></script>`;
    response.end(`<!doctype html><link rel="icon" href="data:,">${tag}`);
  });
  readonly io: Server;
  url = "";

  constructor(options: Partial<ServerOptions> = {}) {
    this.io = new Server(this.#http, options);
  }

  async listen(): Promise<void> {
    this.io.on("connection", (socket) => obey(socket));
    this.url = `http://localhost:${await listen(this.#http)}`;
  }

  async close(): Promise<void> {
    const closed = this.io.close();
    this.#http.closeAllConnections();
    await closed;
  }
}

/** What the page may ask of its socket. */
function obey(socket: Socket): void {
  socket.on("echo", (...args: unknown[]) => {
    const answer = args.pop();
    if (typeof answer === "function") answer(...args);
  });
  socket.on("describe", (value: unknown, answer: (told: unknown) => void) => {
    answer(Buffer.isBuffer(value) ? value.toString("hex") : typeof value);
  });
  socket.on("count to", (end: number) => {
    for (let number = 1; number <= end; number++) socket.emit("number", number);
  });
  socket.on("drop me", () => socket.conn.close());
}
