/** The official Engine.IO bundles in a real browser, over every transport that they have; INTEROP_SELF_CHECK=1 as in `matrix.test.ts`. */
import { expect } from "chai";
import { type ServerEnd, serverUnderTest } from "../interop/engine-official/peers.ts";
import { Inbox, next } from "../interop/events.ts";
import { describeWire, HUNDRED, wireOf } from "./engine-messages.ts";
import { ENGINE_MODES } from "./engine-modes.ts";
import { ENGINE_BUNDLES, EnginePage } from "./engine-page.ts";
import { Visitor } from "./visitor.ts";

declare function start(
  url: string,
  options: object,
  settled: string,
  first: readonly string[],
  second: readonly string[],
): Promise<void>;
declare function send(text: string): void;
declare function received(count: number): Promise<string[]>;
declare const closed: Promise<string>;
declare const socket: { binaryType: string; close(): void; readonly transport: { readonly name: string } };

const attach = await serverUnderTest();
const HALF = HUNDRED.length / 2;

// Functions given to `evaluate` run in the page: they close over nothing, and name no function of their own.
for (const bundle of ENGINE_BUNDLES)
  for (const mode of ENGINE_MODES.filter(({ revision = bundle.revision }) => revision === bundle.revision))
    describe(`${bundle.name}, ${mode.name}`, function () {
      this.timeout(10_000);
      let elsewhere: EnginePage;
      let page: EnginePage;
      let visitor: Visitor;
      let session: ServerEnd;
      let atServer: Inbox;

      before(async () => {
        elsewhere = new EnginePage(attach);
        await elsewhere.listen();
        page = new EnginePage(attach, {
          cookie: true,
          cors: { origin: elsewhere.url, credentials: true },
        });
        await page.listen();
        visitor = await Visitor.arrive();
      });
      after(async () => {
        await visitor.leave();
        await Promise.all([page.close(), elsewhere.close()]);
      });

      beforeEach(async () => {
        page.wire.exchanges.length = 0;
        const home = mode.crossesOrigins === true ? elsewhere : page;
        await visitor.page.goto(`${home.url}/${bundle.revision}`);
        const settled = page.nextSession().then(async (arrived) => {
          session = arrived;
          atServer = new Inbox(session, "message");
          const upgraded = session.transport.name === mode.settled || next(session, "upgrade");
          for (const message of HUNDRED.slice(0, HALF)) session.send(wireOf(message));
          await upgraded;
          for (const message of HUNDRED.slice(HALF)) session.send(wireOf(message));
        });
        await visitor.page.evaluate(
          (url, options, last, first, second) => start(url, options, last, first, second),
          page.url,
          mode.options,
          mode.settled,
          HUNDRED.slice(0, HALF),
          HUNDRED.slice(HALF),
        );
        await settled;
      });
      afterEach(async () => {
        if (session.readyState !== "closed") {
          const gone = next(session, "close");
          session.close();
          await gone;
        }
        expect(page.engine.clientsCount).to.equal(0);
        expect(visitor.complaints).to.deep.equal([]);
      });

      it("carries a hundred messages each way, in order, while the session settles and after", async () => {
        const atPage = await visitor.page.evaluate((count) => received(count), HUNDRED.length);
        expect(atPage).to.deep.equal(HUNDRED);
        const got = (await atServer.holding(HUNDRED.length)).map(([data]) => describeWire(data));
        // A WebSocket of the newer bundle encodes base64 on the side, and bytes fall behind the text.
        if (mode.encodesLate === true && bundle.revision === 4) expect(got).to.have.members(HUNDRED);
        else expect(got).to.deep.equal(HUNDRED);
        expect(session.transport.name).to.equal(mode.settled);
        expect(await visitor.page.evaluate(() => socket.transport.name)).to.equal(mode.settled);
        mode.check?.(page.exchanges, session.id);
      });

      it("carries Blobs from the page, and gives it some", async () => {
        await visitor.page.evaluate((count) => received(count), HUNDRED.length);
        await atServer.holding(HUNDRED.length);
        await visitor.page.evaluate(() => {
          socket.binaryType = "blob";
          send("Blob 0,255,10,13,92");
        });
        const [last] = (await atServer.holding(HUNDRED.length + 1)).slice(-1);
        expect(last?.map(describeWire)).to.deep.equal(["ArrayBuffer 0,255,10,13,92"]);
        session.send(Buffer.from([0, 255, 10, 13, 92]));
        const atPage = await visitor.page.evaluate((count) => received(count), HUNDRED.length + 1);
        expect(atPage.at(-1)).to.equal("Blob 0,255,10,13,92");
      });

      it("carries large messages, up to what one request may have", async () => {
        const text = 'é\u2028\\"\n'.repeat(20_000);
        await atServer.holding(HUNDRED.length);
        await visitor.page.evaluate((large) => send(large), text);
        const [last] = (await atServer.holding(HUNDRED.length + 1)).slice(-1);
        expect(last?.[0] === text).to.equal(true);
        session.send(text);
        const atPage = await visitor.page.evaluate((count) => received(count), HUNDRED.length + 1);
        expect(atPage.at(-1) === text).to.equal(true);
      });

      it("is closed by the page", async () => {
        const gone = next(session, "close");
        const reason = await visitor.page.evaluate(() => {
          socket.close();
          return closed;
        });
        expect([reason, (await gone)[0]]).to.deep.equal(["forced close", "transport close"]);
      });

      it("is closed by the server", async () => {
        await visitor.page.evaluate((count) => received(count), HUNDRED.length);
        // A message on its way would be refused, and the browser would complain of it.
        await atServer.holding(HUNDRED.length);
        session.close();
        expect(await visitor.page.evaluate(() => closed)).to.equal("transport close");
      });
    });

describe("official engine bundles, pages left behind", function () {
  this.timeout(10_000);
  /** Short enough to wait for, and patient with a busy browser. */
  const heartbeat = { pingInterval: 200, pingTimeout: 1_000 };

  for (const { name, revision } of ENGINE_BUNDLES)
    for (const transport of ["polling", "websocket"])
      it(`${name}, ${transport}: a page that went elsewhere is given up`, async () => {
        const page = new EnginePage(attach, heartbeat);
        await page.listen();
        const visitor = await Visitor.arrive();
        await visitor.page.goto(`${page.url}/${revision}`);
        const arrived = page.nextSession();
        await visitor.page.evaluate(
          (url, transports, last) => start(url, { transports, upgrade: false }, last, [], []),
          page.url,
          [transport],
          transport,
        );
        const gone = next(await arrived, "close");
        await visitor.page.goto("about:blank");
        // The browser may keep the page, frozen and with its connections, in case somebody goes back.
        expect((await gone)[0]).to.be.oneOf(["transport close", "transport error", "ping timeout"]);
        expect(page.engine.clientsCount).to.equal(0);
        await visitor.leave();
        await page.close();
      });
});
