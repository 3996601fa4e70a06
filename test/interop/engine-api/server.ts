import { createServer } from "node:http";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { EngineServer, EngineSocket, Options } from "./peers.ts";
import type { Rig } from "./rig.ts";

const OPEN = "?EIO=4&transport=polling";
const PATHS = ["/foo", "/foo/", "/foobar", "/foo/bar", "/engine.io/", "/"];

export const SERVER: readonly Behaviour[] = [
  {
    title: "has the protocol's errors and their messages as statics",
    async run({ library: { Server } }) {
      expect(Server.errors).to.deep.equal({
        UNKNOWN_TRANSPORT: 0,
        UNKNOWN_SID: 1,
        BAD_HANDSHAKE_METHOD: 2,
        BAD_REQUEST: 3,
        FORBIDDEN: 4,
        UNSUPPORTED_PROTOCOL_VERSION: 5,
      });
      expect(Server.errorMessages).to.deep.equal({
        0: "Transport unknown",
        1: "Session ID unknown",
        2: "Bad handshake method",
        3: "Bad request",
        4: "Forbidden",
        5: "Unsupported protocol version",
      });
    },
  },
  {
    title: "has sockets and transports of the exported classes",
    async run(rig) {
      const { socket } = await rig.connect();
      const polled = await rig.poll();
      for (const each of [socket, polled.socket]) {
        expect(each).to.be.an.instanceof(rig.library.Socket);
        expect(each.transport).to.be.an.instanceof(rig.library.Transport);
      }
    },
  },
  {
    title: "has its options with their defaults",
    async run({ library: { Server } }) {
      expect(new Server().opts).to.deep.include({
        pingTimeout: 20_000,
        pingInterval: 25_000,
        upgradeTimeout: 10_000,
        maxHttpBufferSize: 1e6,
        transports: ["polling", "websocket"],
        allowUpgrades: true,
        httpCompression: { threshold: 1024 },
        cors: false,
      });
      expect(new Server({ perMessageDeflate: true }).opts.perMessageDeflate).to.deep.equal({
        threshold: 1024,
      });
      expect(new Server({ cookie: { name: "a", path: "/b" } }).opts.cookie).to.deep.equal({
        name: "a",
        path: "/b",
        httpOnly: true,
        sameSite: "lax",
      });
    },
  },
  {
    title: "tells in the handshake what its options say, and leaves the given object alone",
    async run({ library: { Server } }) {
      const options = Object.freeze({ pingInterval: 7, cookie: Object.freeze({ name: "a" }) });
      const { opts } = new Server(options);
      expect(opts).not.to.equal(options);
      expect([opts.pingInterval, options.cookie]).to.deep.equal([7, { name: "a" }]);
    },
  },
  ...(
    [
      ["options of attach", { path: "/x", destroyUpgrade: false, addTrailingSlash: false }],
      ["options that nobody knows", { colour: "green" }],
      [
        "options that are undefined",
        { pingTimeout: undefined, cors: undefined, cookie: undefined, allowEIO3: undefined },
      ],
      ["cors: false", { cors: false }],
      ["cors: true", { cors: true }],
      ["allowRequest: null", { allowRequest: null }],
      ["WebTransport", { transports: ["polling", "websocket", "webtransport"] }],
      ["compression by true", { perMessageDeflate: true, httpCompression: true }],
      ["no compression", { perMessageDeflate: false, httpCompression: false }],
      ["no compression by null", { perMessageDeflate: null, httpCompression: null }],
      ["an initial packet of null", { initialPacket: null }],
    ] as const
  ).map(([title, options]) => ({
    title: `may be given ${title}`,
    async run(rig: Rig) {
      const engine = new rig.library.Server(options);
      expect(engine.clientsCount).to.equal(0);
      engine.attach(rig.http, { path: "/mine" });
      expect((await rig.request(OPEN, { path: "/mine/" })).status).to.equal(200);
      engine.close();
    },
  })),
  {
    title: "announces a change of its options in the next handshake",
    async run(rig) {
      rig.engine.opts.pingInterval = 1234;
      expect((await rig.poll()).handshake.body).to.include('"pingInterval":1234');
    },
  },
  ...(
    [
      [{}, ["websocket"]],
      [{ transports: ["polling"] }, []],
      [{ allowUpgrades: false }, []],
      [{ transports: ["polling", "webtransport"] }, ["webtransport"]],
      [{ transports: ["webtransport", "websocket", "polling"] }, ["websocket", "webtransport"]],
    ] as const
  ).map(([options, upgrades]) => ({
    title: `offers the upgrades ${upgrades.join() || "none"} for ${JSON.stringify(options)}`,
    options,
    async run(rig: Rig) {
      const { body } = (await rig.poll()).handshake;
      const { upgrades: offered } = JSON.parse(body.slice(1)) as { readonly upgrades: readonly string[] };
      expect(offered).to.deep.equal(upgrades);
    },
  })),
  {
    title: "knows which upgrades there are from a transport",
    async run({ engine, library: { Server } }) {
      expect(engine.upgrades("polling")).to.deep.equal(["websocket", "webtransport"]);
      expect(engine.upgrades("websocket")).to.deep.equal([]);
      expect(new Server({ allowUpgrades: false }).upgrades("polling")).to.deep.equal([]);
    },
  },
  ...(
    [
      [{ path: "/foo" }, ["/foo/", "/foo/bar"]],
      [{ path: "/foo/" }, ["/foo/", "/foo/bar"]],
      [{ path: "/foo", addTrailingSlash: false }, ["/foo", "/foo/", "/foobar", "/foo/bar"]],
      [{}, ["/engine.io/"]],
      [{ path: "/" }, PATHS],
    ] as readonly (readonly [Options, readonly string[]])[]
  ).map(([options, taken]) => ({
    title: `takes ${taken.join(" ")} for ${JSON.stringify(options)}, and leaves the rest`,
    options,
    async run(rig: Rig) {
      const found: string[] = [];
      for (const path of PATHS) {
        const { status, body } = await rig.request(OPEN, { path });
        if (status === 200) found.push(path);
        else expect(body).to.equal("another listener's");
      }
      expect(found).to.deep.equal(taken);
    },
  })),
  {
    title: "listens by itself, and answers 501 elsewhere",
    async run(rig) {
      const { listen } = rig.library;
      const engine = await new Promise<EngineServer>((resolve) => {
        const made = listen(0, { pingInterval: 9 }, () => resolve(made));
      });
      rig.moveToListening(engine.httpServer ?? expect.fail("no httpServer"));
      expect(await rig.request("", { path: "/elsewhere" })).to.include({
        status: 501,
        body: "Not Implemented",
      });
      expect((await rig.poll(4, "", engine)).handshake.body).to.include('"pingInterval":9');
      engine.close();
    },
  },
  {
    title: "keeps the HTTP server that it is given",
    async run({ engine, http }) {
      engine.httpServer = http;
      expect(engine.httpServer).to.equal(http);
    },
  },
  {
    title: "serves two HTTP servers, and the other one goes on when one is closed",
    async run(rig) {
      const other = createServer();
      rig.engine.attach(other);
      await rig.moveTo(other);
      await rig.poll();
      const closed = next(other, "close");
      other.closeAllConnections();
      other.close();
      await closed;
      rig.moveBack();
      expect((await rig.poll()).handshake.status).to.equal(200);
    },
  },
  {
    title: "serves two paths of an HTTP server",
    async run(rig) {
      rig.engine.attach(rig.http, { path: "/two" });
      expect((await rig.request(OPEN, { path: "/two/" })).status).to.equal(200);
      expect((await rig.request(OPEN)).status).to.equal(200);
      expect((await rig.request(OPEN, { path: "/three/" })).body).to.equal("another listener's");
      expect(rig.engine.clientsCount).to.equal(2);
    },
  },
  {
    title: "may be attached again after a close",
    async run(rig) {
      const { socket } = await rig.poll();
      rig.engine.close();
      rig.engine.attach(rig.http);
      const again = await rig.poll();
      expect([socket.readyState, again.socket.readyState]).to.deep.equal(["closed", "open"]);
      expect(rig.engine.clientsCount).to.equal(1);
    },
  },
  {
    title: "serves requests after a close, without being attached again",
    async run(rig) {
      rig.engine.close();
      expect((await rig.request(OPEN)).status).to.equal(200);
    },
  },
  {
    title: "leaves the HTTP server open when it is closed",
    async run(rig) {
      rig.engine.close();
      expect(rig.http.listening).to.equal(true);
      expect((await rig.request("", { path: "/elsewhere" })).body).to.equal("another listener's");
    },
  },
  {
    title: "ends upgrade requests that nobody takes",
    options: { destroyUpgradeTimeout: 10 },
    async run(rig) {
      const webSocket = rig.webSocket("", "/elsewhere");
      const [error] = await next(webSocket, "error");
      expect((error as Error).message).to.equal("socket hang up");
    },
  },
  {
    title: "counts its sockets by id",
    async run(rig) {
      const sockets: EngineSocket[] = [];
      rig.engine.on("connection", (socket: EngineSocket) => sockets.push(socket));
      await rig.poll();
      await rig.connect();
      expect(rig.engine.clientsCount).to.equal(2);
      expect(Object.values(rig.engine.clients)).to.have.members(sockets);
      for (const id in rig.engine.clients) expect(rig.engine.clients[id]?.id).to.equal(id);
    },
  },
];
