/** Browser bundles, ours and the official ones, against our server in a real browser. */
import { expect } from "chai";
import { BROWSER_CLIENTS, BundleServer } from "./bundle-server.ts";
import { Visitor } from "./visitor.ts";

/** What the pages of this file use of `io`, whichever library defined it. */
interface PageSocket {
  readonly id?: string;
  readonly connected: boolean;
  readonly io: {
    readonly engine: {
      readonly transport: { readonly name: string };
      once(event: string, listener: () => void): void;
    };
  };
  on(event: string, listener: (...args: unknown[]) => void): void;
  once(event: string, listener: (...args: unknown[]) => void): void;
  emit(event: string, ...args: unknown[]): void;
}
interface PageOptions {
  readonly transports: readonly string[];
  readonly reconnectionDelay?: number;
  readonly forceJSONP?: boolean;
  readonly withCredentials?: boolean;
}
declare const io: (url: string, options: PageOptions) => PageSocket;
declare const socket: PageSocket;

interface Mode {
  readonly name: string;
  readonly options: PageOptions;
  readonly settled: "polling" | "websocket";
  /** The page comes from another origin than the server it talks to. */
  readonly crossesOrigins?: boolean;
}

const MODES: readonly Mode[] = [
  { name: "polling", options: { transports: ["polling"] }, settled: "polling" },
  { name: "websocket", options: { transports: ["websocket"] }, settled: "websocket" },
  { name: "polling → upgraded", options: { transports: ["polling", "websocket"] }, settled: "websocket" },
  {
    name: "polling across origins",
    options: { transports: ["polling"], withCredentials: true },
    settled: "polling",
    crossesOrigins: true,
  },
];

const JSONP: Mode = {
  name: "JSONP",
  options: { transports: ["polling"], forceJSONP: true },
  settled: "polling",
};

// Functions given to `evaluate` run in the page: they close over nothing, and name no function of their own.
describe("browser bundles", function () {
  this.timeout(10_000);
  let elsewhere: BundleServer;
  let server: BundleServer;
  before(async () => {
    elsewhere = new BundleServer();
    await elsewhere.listen();
    server = new BundleServer({ cors: { origin: elsewhere.url, credentials: true } });
    await server.listen();
  });
  after(() => Promise.all([server.close(), elsewhere.close()]));

  for (const client of BROWSER_CLIENTS)
    for (const { name, options, settled, crossesOrigins } of client.speaksJsonp ? [...MODES, JSONP] : MODES)
      describe(`${client.name}, ${name}`, () => {
        let visitor: Visitor;
        before(async () => {
          visitor = await Visitor.arrive();
          const home = crossesOrigins === true ? elsewhere : server;
          await visitor.page.goto(`${home.url}/?script=${client.script}`);
          await visitor.page.evaluate(
            (url, wanted, last) =>
              new Promise<void>((resolve) => {
                const made = io(url, { ...wanted, reconnectionDelay: 10 });
                Object.assign(globalThis, { socket: made });
                made.once("connect", () => {
                  if (made.io.engine.transport.name === last) resolve();
                  else made.io.engine.once("upgrade", () => resolve());
                });
              }),
            server.url,
            options,
            settled,
          );
        });
        afterEach(() => expect(visitor.complaints).to.deep.equal([]));
        after(() => visitor.leave());

        it("connects over its transport", async () => {
          const seen = await visitor.page.evaluate(() => [socket.connected, socket.io.engine.transport.name]);
          expect(seen).to.deep.equal([true, settled]);
        });

        it("has its events answered", async () => {
          const args = ["naïve 日本語 👩‍👩‍👧", { list: [1, null, true] }, ""];
          const answer = await visitor.page.evaluate(
            (sent) =>
              new Promise((resolve) => socket.emit("echo", ...sent, (...got: unknown[]) => resolve(got))),
            args,
          );
          expect(answer).to.deep.equal(args);
        });

        it("gets what the server sends in order", async () => {
          const numbers = await visitor.page.evaluate(
            () =>
              new Promise<unknown[]>((resolve) => {
                const got: unknown[] = [];
                socket.on("number", (number) => got.push(number) === 300 && resolve(got));
                socket.emit("count to", 300);
              }),
          );
          expect(numbers).to.deep.equal(Array.from({ length: 300 }, (_, index) => index + 1));
        });

        const kinds = ["ArrayBuffer", "Blob", ...(client.sendsViews ? ["Uint8Array"] : [])];
        for (const kind of kinds)
          it(`sends a ${kind}, which the server gets as bytes`, async () => {
            const told = await visitor.page.evaluate(
              (wanted) =>
                new Promise((resolve) => {
                  const bytes = Uint8Array.of(0, 1, 127, 128, 255);
                  const value =
                    wanted === "Blob" ? new Blob([bytes]) : wanted === "ArrayBuffer" ? bytes.buffer : bytes;
                  socket.emit("describe", value, resolve);
                }),
              kind,
            );
            expect(told).to.equal("00017f80ff");
          });

        it("gets binary back as ArrayBuffers, nested and in order with text", async () => {
          const answer = await visitor.page.evaluate(
            () =>
              new Promise((resolve) => {
                const large = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
                const blob = new Blob([Uint8Array.of(9, 8, 7)]);
                socket.emit(
                  "echo",
                  "é",
                  { large: large.buffer, list: [blob] },
                  "end",
                  (...got: unknown[]) => {
                    const [first, nested, last] = got as [
                      unknown,
                      { large: unknown; list: unknown[] },
                      unknown,
                    ];
                    const back = new Uint8Array(nested.large as ArrayBuffer);
                    resolve([
                      first,
                      nested.large instanceof ArrayBuffer,
                      back.length === large.length && back.every((byte, index) => byte === large[index]),
                      nested.list.map((part) => [...new Uint8Array(part as ArrayBuffer)]),
                      last,
                    ]);
                  },
                );
              }),
          );
          expect(answer).to.deep.equal(["é", true, true, [[9, 8, 7]], "end"]);
        });

        it("comes back by itself with a new id when the connection is dropped", async () => {
          const [before, after, reason] = await visitor.page.evaluate(
            () =>
              new Promise<unknown[]>((resolve) => {
                const old = socket.id;
                socket.once("disconnect", (why) =>
                  socket.once("connect", () => resolve([old, socket.id, why])),
                );
                socket.emit("drop me");
              }),
          );
          expect(after).to.be.a("string").and.not.equal(before);
          expect(reason).to.equal("transport close");
          const answer = await visitor.page.evaluate(
            () => new Promise((resolve) => socket.emit("echo", "back", resolve)),
          );
          expect(answer).to.equal("back");
        });
      });

  it("the ES module exports the same API", async () => {
    const visitor = await Visitor.arrive();
    await visitor.page.goto(server.url);
    const answer = await visitor.page.evaluate(async (url) => {
      const library = (await import(`${url}/socket.io/socket.io.esm.min.js`)) as { io: typeof io };
      const made = library.io(url, { transports: ["polling", "websocket"] });
      return new Promise((resolve) =>
        made.emit("echo", "module", (text: unknown) => resolve([typeof made.id, text])),
      );
    }, server.url);
    expect(answer).to.deep.equal(["string", "module"]);
    expect(visitor.complaints).to.deep.equal([]);
    await visitor.leave();
  });

  it("a page of an origin that was not let in gets no connection by polling", async () => {
    const visitor = await Visitor.arrive();
    await visitor.page.goto(`${server.url}/?script=/socket.io/socket.io.js`);
    const message = await visitor.page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const made = io(url, { transports: ["polling"] });
          made.once("connect_error", (error) => resolve((error as Error).message));
          made.once("connect", () => resolve("connected"));
        }),
      elsewhere.url,
    );
    expect(message).to.equal("xhr poll error");
    expect(visitor.complaints.join()).to.contain("blocked by CORS policy");
    await visitor.leave();
  });
});
