import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import { adapterOf, type Namespace } from "./peers.ts";

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
];
