/** The page of the official `@socket.io/admin-ui`, as it is published, over our server. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { instrument } from "@socket.io/admin-ui";
import { Server } from "@towline/socket.io";
import { io as connect, type Socket } from "reference-socket.io-client";
import { next } from "../interop/events.ts";
import { listen } from "../interop/listen.ts";
import { Visitor } from "./visitor.ts";

const require = createRequire(import.meta.url);
const PAGE_FOLDER = join(dirname(require.resolve("@socket.io/admin-ui")), "../ui/dist");

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  [".html", "text/html"],
  [".js", "text/javascript"],
  [".css", "text/css"],
]);

describe("the page of admin-ui", function () {
  this.timeout(20_000);
  let http: HttpServer;
  let io: Server;
  let url: string;
  let person: Socket;
  let visitor: Visitor;

  before(async () => {
    http = createServer((request, response) => {
      const name = request.url === "/" ? "/index.html" : (request.url ?? "");
      const file = join(PAGE_FOLDER, name);
      if (!existsSync(file)) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { "Content-Type": CONTENT_TYPES.get(extname(file)) ?? "image/png" });
      response.end(readFileSync(file));
    });
    io = new Server(http);
    instrument(io as unknown as Parameters<typeof instrument>[0], { auth: false, mode: "development" });
    url = `http://localhost:${await listen(http)}`;
    person = connect(url, { transports: ["websocket"], forceNew: true, reconnection: false });
    await next(person, "connect");

    visitor = await Visitor.arrive();
    const { page } = visitor;
    // It would load fonts from elsewhere.
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      if (request.url().startsWith(url)) void request.continue();
      else void request.abort();
    });
    await page.goto(url);
    const field = await page.waitForSelector(".v-dialog input", { visible: true });
    await field?.type(url);
    await field?.press("Enter");
  });
  after(async () => {
    await visitor.leave();
    person.disconnect();
    await io.close();
  });

  const open = (section: string): Promise<void> =>
    visitor.page.evaluate((name) => {
      location.hash = `#/${name}/`;
    }, section);

  it("shows the numbers of the server", async () => {
    // The names of the namespaces come with the server's numbers.
    await visitor.seesText("tr", "/admin");
  });

  it("shows a socket, and what it sends and is sent", async () => {
    await open("sockets");
    await visitor.seesText("tr", person.id ?? "");
    await open("events");
    person.emit("hello from somebody");
    await visitor.seesText("tr", "hello from somebody");
    io.emit("hello to all");
    await visitor.seesText("tr", "hello to all");
  });

  it("shows a socket no more that has left", async () => {
    const { id = "" } = person;
    await open("sockets");
    await visitor.seesText("tr", id);
    person.disconnect();
    await visitor.page.waitForFunction(
      (gone) => !document.querySelector("main")?.textContent?.includes(gone),
      {},
      id,
    );
  });
});
