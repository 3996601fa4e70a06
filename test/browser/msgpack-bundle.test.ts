/** The bundles that speak MessagePack from the start, ours and the official one, in a real browser. */
import { readFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Server as TowlineServer } from "@towline/socket.io";
import { expect } from "chai";
import { Server as OfficialServer } from "reference-socket.io";
import { next } from "../interop/events.ts";
import { listen } from "../interop/listen.ts";
import { PACKAGES_FOLDER } from "../support/built-packages.ts";
import { Visitor } from "./visitor.ts";

const require = createRequire(import.meta.url);
const parser = require("socket.io-msgpack-parser") as object;

type ServerClass = new (http: HttpServer, options: object) => OfficialServer;

const SERVERS: readonly (readonly [name: string, Server: ServerClass])[] = [
  ["official server", OfficialServer],
  ["our server", TowlineServer as unknown as ServerClass],
];

const BUNDLES = [
  ["our bundle", join(PACKAGES_FOLDER, "socket.io-client/dist/socket.io.msgpack.min.js")],
  [
    "official bundle",
    // The package does not export this one by name.
    require
      .resolve("reference-socket.io-client/dist/socket.io.js")
      .replace(/socket\.io\.js$/, "socket.io.msgpack.min.js"),
  ],
] as const;

interface PageSocket {
  readonly connected: boolean;
  readonly io: { readonly engine: { readonly transport: { readonly name: string } } };
  once(event: string, listener: (...args: unknown[]) => void): void;
  emit(event: string, ...args: unknown[]): void;
}
declare const io: ((url: string, options?: object) => PageSocket) & {
  readonly Manager: new (url: string, options?: object) => { socket(nsp: string): PageSocket };
};

// Functions given to `evaluate` run in the page: they close over nothing, and name no function of their own.
for (const [serverName, Server] of SERVERS)
  for (const [bundleName, file] of BUNDLES)
    describe(`msgpack in a page: ${bundleName}, ${serverName}`, function () {
      this.timeout(10_000);
      let http: HttpServer;
      let server: OfficialServer;
      let url: string;
      let visitor: Visitor;
      /** What clients sent, as it came. */
      const received: unknown[] = [];
      // Each server serves its own bundle by itself.
      const script =
        serverName.split(" ")[0] === bundleName.split(" ")[0]
          ? "/socket.io/socket.io.msgpack.min.js"
          : "/bundle.js";

      before(async () => {
        http = createServer((request, response) => {
          const isScript = request.url === "/bundle.js";
          response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html" });
          response.end(
            isScript
              ? readFileSync(file)
              : `<!doctype html><link rel="icon" href="data:,"><script src="${script}"></script>`,
          );
        });
        server = new Server(http, { parser });
        server.on("connection", (socket) =>
          socket.on("echo", (...args: unknown[]) => (args.pop() as (...answer: unknown[]) => void)(...args)),
        );
        server.engine.on("connection", (conn: NodeJS.EventEmitter) =>
          conn.on("packet", ({ data }: { data?: unknown }) => data !== undefined && received.push(data)),
        );
        url = `http://localhost:${await listen(http)}`;
        visitor = await Visitor.arrive();
        await visitor.page.goto(url);
      });
      after(async () => {
        await visitor.leave();
        const closed = next(http, "close");
        server.close();
        http.closeAllConnections();
        await closed;
      });

      for (const transport of ["polling", "websocket"])
        it(`speaks it over ${transport}, without being told to`, async () => {
          received.length = 0;
          const answer = await visitor.page.evaluate(
            (where, wanted) =>
              new Promise((resolve) => {
                const socket = io(where, { transports: [wanted], forceNew: true });
                const bytes = Uint8Array.of(0, 1, 255).buffer;
                socket.emit("echo", "é", { bytes }, new Date(5), (...got: unknown[]) => {
                  const [text, nested, date] = got as [string, { bytes: Uint8Array | ArrayBuffer }, Date];
                  resolve([text, [...new Uint8Array(nested.bytes)], date.getTime()]);
                });
              }),
            url,
            transport,
          );
          expect(answer).to.deep.equal(["é", [0, 1, 255], 5]);
          expect(received).to.not.have.length(0);
          for (const data of received) expect(Buffer.isBuffer(data), String(data)).to.equal(true);
        });

      it("speaks it through a Manager of the page's own", async () => {
        const answer = await visitor.page.evaluate(
          (where) =>
            new Promise((resolve) => {
              const socket = new io.Manager(where, { transports: ["websocket"] }).socket("/");
              socket.emit("echo", 42, resolve);
            }),
          url,
        );
        expect(answer).to.equal(42);
      });

      it("leaves the page without complaints", () => {
        expect(visitor.complaints).to.deep.equal([]);
      });
    });
