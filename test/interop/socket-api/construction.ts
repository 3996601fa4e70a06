import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { expect } from "chai";
import { next } from "../events.ts";
import { makeCertificate } from "../webtransport/certificate.ts";
import type { Behaviour } from "./behaviour.ts";
import { type AnyHttpServer, adapterOf, type Namespace, type Options, type Socket } from "./peers.ts";
import { portOf, type Rig } from "./rig.ts";
import { Wire } from "./wire.ts";

const OPEN = "?EIO=4&transport=polling";

const HTTP_SERVERS: readonly (readonly [kind: string, create: () => AnyHttpServer])[] = [
  ["an HTTP server", createServer],
  ["an HTTPS server", createHttpsServer],
  ["an HTTP/2 server", createHttp2Server],
];

/** What a server is that has been given no HTTP server yet. */
const UNATTACHED: readonly (readonly [title: string, args: readonly unknown[], path: string])[] = [
  ["nothing", [], "/socket.io"],
  ["undefined", [undefined], "/socket.io"],
  ["null", [null], "/socket.io"],
  ["options", [{ path: "/mine" }], "/mine"],
  ["undefined and options", [undefined, { path: "/mine" }], "/mine"],
  ["empty options", [{}], "/socket.io"],
];

export const CONSTRUCTION: readonly Behaviour[] = [
  ...UNATTACHED.map(
    ([title, args, path]): Behaviour => ({
      title: `has no HTTP server when it is given ${title}`,
      async run({ library: { Server } }) {
        const io = new Server(...args);
        expect(io.httpServer).to.equal(undefined);
        expect(io.path()).to.equal(path);
        expect(io.sockets.name).to.equal("/");
      },
    }),
  ),
  {
    title: "has no engine until it is attached",
    async run({ library: { Server } }) {
      expect(new Server().engine).to.equal(undefined);
    },
  },
  ...HTTP_SERVERS.flatMap(([kind, create]) =>
    [undefined, { path: "/mine", pingInterval: 7 }].map(
      (options): Behaviour => ({
        title: `attaches itself to ${kind}${options ? ", with options last" : ""}`,
        async run(rig) {
          const http = rig.own(create());
          const io = rig.server(http, ...(options ? [options] : []));
          expect(io.httpServer).to.equal(http);
          expect(http.listenerCount("upgrade")).to.equal(1);
          expect(io.path()).to.equal(options?.path ?? "/socket.io");
          expect(io.engine.opts.pingInterval).to.equal(options?.pingInterval ?? 25_000);
        },
      }),
    ),
  ),
  ...([0, "0"] as const).map(
    (port): Behaviour => ({
      title: `listens by itself on the port ${JSON.stringify(port)}, and answers 404 elsewhere`,
      async run(rig) {
        const io = rig.server(port, { pingInterval: 7 });
        if (!io.httpServer.listening) await next(io.httpServer, "listening");
        const { body } = await rig.request(`/socket.io/${OPEN}`, {}, io.httpServer);
        expect(body.toString()).to.include('"pingInterval":7');
        expect((await rig.request("/elsewhere", {}, io.httpServer)).status).to.equal(404);
      },
    }),
  ),
  {
    title: "refuses the handler of an HTTP framework in place of a server",
    async run({ library: { Server } }) {
      expect(() => new Server(() => {})).to.throw(/http.?server/i);
      expect(() => new Server().listen((() => {}) as never)).to.throw(/http.?server/i);
    },
  },
  {
    title: "is an emitter, as its namespaces and sockets are, and may be extended",
    async run(rig) {
      class Mine extends rig.library.Server {
        mine = 1;
      }
      const http = rig.own(createServer());
      const io = new Mine(http, { path: "/mine" });
      const { socket } = await rig.join();
      for (const each of [io, io.sockets, socket, socket.nsp.adapter])
        expect(each).to.be.an.instanceof(EventEmitter);
      expect([io.mine, io.path(), io.httpServer]).to.deep.equal([1, "/mine", http]);
      await io.close();
    },
  },
  {
    title: "has its defaults",
    async run({ library: { Server } }) {
      const io = new Server();
      expect([io.path(), io.serveClient(), io.connectTimeout()]).to.deep.equal(["/socket.io", true, 45_000]);
      expect(io.opts).to.include({ cleanupEmptyChildNamespaces: false });
      expect(io.opts.connectionStateRecovery).to.equal(undefined);
    },
  },
  {
    title: "reads path, serveClient and connectTimeout from its options",
    async run({ library: { Server } }) {
      const io = new Server({ path: "/mine/", serveClient: false, connectTimeout: 5 });
      expect([io.path(), io.serveClient(), io.connectTimeout()]).to.deep.equal(["/mine", false, 5]);
    },
  },
  {
    title: "fills in what is not said of the recovery, and takes the adapter for it",
    async run({ library: { Server } }) {
      const io = new Server({ connectionStateRecovery: {} });
      expect(io.opts.connectionStateRecovery).to.include({
        maxDisconnectionDuration: 120_000,
        skipMiddlewares: true,
      });
      expect(io.adapter()).to.have.property("name", "SessionAwareAdapter");
      expect(new Server().adapter()).to.have.property("name", "Adapter");
    },
  },
  ...["path", "serveClient", "connectTimeout"].map(
    (name): Behaviour => ({
      title: `changes ${name} when it is given one, and returns itself`,
      async run({ library: { Server } }) {
        const io = new Server();
        const accessor = (io as unknown as Record<string, (value?: unknown) => unknown>)[name];
        const value = { path: "/other", serveClient: false, connectTimeout: 9 }[name];
        expect(accessor?.call(io, value)).to.equal(io);
        expect(accessor?.call(io)).to.equal(value);
      },
    }),
  ),
  {
    title: "takes the last slash off a path",
    async run({ library: { Server } }) {
      const io = new Server();
      io.path("/a/b/");
      expect(io.path()).to.equal("/a/b");
    },
  },
  {
    title: "gives all namespaces the adapter that is set, those that are there too",
    async run(rig) {
      const made: string[] = [];
      class Mine extends adapterOf(rig.io) {
        constructor(nsp: Namespace) {
          super(nsp);
          made.push(nsp.name);
        }
      }
      const there = rig.io.of("/there");
      expect(rig.io.adapter(Mine)).to.equal(rig.io);
      expect(rig.io.adapter()).to.equal(Mine);
      rig.io.of("/later");
      expect(made).to.deep.equal(["/", "/there", "/later"]);
      expect(there.adapter).to.be.an.instanceof(Mine);
      const { socket } = await rig.join("/later");
      expect(socket.rooms).to.deep.equal(new Set([socket.id]));
    },
  },
  {
    title: "takes a function that makes adapters",
    async run({ library: { Server } }) {
      const Base = adapterOf(new Server());
      // Called with `new`, as if it were a class.
      const io = new Server({
        adapter: function create(nsp: Namespace) {
          return Object.assign(new Base(nsp), { mine: true });
        },
      });
      expect(io.of("/a").adapter).to.have.property("mine", true);
    },
  },
  {
    title: "initialises and closes the adapter of a namespace",
    async run(rig) {
      const calls: string[] = [];
      class Mine extends adapterOf(rig.io) {
        init() {
          calls.push("init");
        }
        close() {
          calls.push("close");
        }
      }
      const io = rig.server(rig.own(createServer()), { adapter: Mine });
      expect(calls).to.deep.equal(["init"]);
      await io.close();
      expect(calls).to.deep.equal(["init", "close"]);
    },
  },
  ...(["listen", "attach"] as const).flatMap((method) => [
    {
      title: `${method} returns the server, and takes options over its own`,
      async run(rig: Rig) {
        const io = rig.server({ pingInterval: 7, path: "/mine" });
        const http = rig.own(createServer());
        expect(io[method](http, { pingTimeout: 9 })).to.equal(io);
        expect(io.httpServer).to.equal(http);
        expect(io.engine.opts).to.include({ pingInterval: 7, pingTimeout: 9, path: "/mine" });
      },
    },
    {
      title: `${method} with a port listens`,
      async run(rig: Rig) {
        const io = rig.server();
        io[method](0);
        if (!io.httpServer.listening) await next(io.httpServer, "listening");
        expect(portOf(io.httpServer)).to.be.above(0);
      },
    },
  ]),
  {
    title: "serves at the path that it is given",
    async run(rig) {
      const http = rig.own(createServer((_request, response) => response.writeHead(404).end("another's")));
      rig.server(http, { path: "/mine" });
      http.listen(0);
      expect((await rig.request(`/mine/${OPEN}`, {}, http)).status).to.equal(200);
      expect((await rig.request(`/socket.io/${OPEN}`, {}, http)).status).to.equal(404);
    },
  },
  {
    title: "serves two HTTP servers when it is attached to a second one",
    async run(rig) {
      const second = rig.own(createServer());
      rig.io.attach(second);
      second.listen(0);
      expect(rig.io.httpServer).to.equal(second);
      for (const http of [rig.http, second]) {
        const wire = await rig.open({}, http);
        wire.send("0");
        expect(await wire.next()).to.match(/^0\{"sid":/);
      }
      expect(rig.io.sockets.sockets.size).to.equal(2);
    },
  },
  {
    title: "answers requests over HTTP/2",
    async run(rig) {
      const http = rig.own(createHttp2Server());
      rig.server(http);
      http.listen(0);
      const session = connect(`http://127.0.0.1:${portOf(http)}`);
      const request = session.request({ ":path": `/socket.io/${OPEN}` });
      const [headers] = (await next(request, "response")) as [{ readonly ":status": number }];
      const body = (await request.setEncoding("utf8").toArray()).join("");
      const closed = next(session, "close");
      session.close();
      await closed;
      expect([headers[":status"], body.slice(0, 7)]).to.deep.equal([200, '0{"sid"']);
    },
  },
  {
    title: "says in the handshake that a connection over TLS is secure",
    async run(rig) {
      const http = rig.own(createHttpsServer(makeCertificate()));
      const connected = next(rig.server(http), "connection") as Promise<[Socket]>;
      http.listen(0);
      const url = `wss://127.0.0.1:${portOf(http)}/socket.io/?EIO=4&transport=websocket`;
      const wire = new Wire(url, { rejectUnauthorized: false });
      await wire.opened;
      wire.send("0");
      expect((await connected)[0].handshake.secure).to.equal(true);
      wire.terminate();
      await wire.closed;
    },
  },
  {
    title: "serves the engine that it is bound to",
    async run(rig) {
      const Engine = rig.io.engine.constructor as new (options?: Options) => Rig["io"]["engine"];
      const engine = new Engine();
      const http = rig.own(createServer());
      engine.attach(http, { path: "/bound" });
      const io = rig.server();
      expect(io.bind(engine)).to.equal(io);
      expect(io.engine).to.equal(engine);
      http.listen(0);
      const connected = next(io, "connection");
      const wire = await rig.open({}, http, "/bound/");
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":/);
      await connected;
      engine.close();
    },
  },
  {
    title: "takes a session of an engine by onconnection",
    async run(rig) {
      const Engine = rig.io.engine.constructor as new () => Rig["io"]["engine"];
      const engine = new Engine();
      const http = rig.own(createServer());
      engine.attach(http);
      const io = rig.server();
      const returned: unknown[] = [];
      engine.on("connection", (session: unknown) => returned.push(io.onconnection(session)));
      http.listen(0);
      const wire = await rig.open({}, http, "/engine.io/");
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":/);
      expect(returned).to.deep.equal([io]);
      engine.close();
    },
  },
];
