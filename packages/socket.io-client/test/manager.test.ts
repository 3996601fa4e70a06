import type { EventEmitter } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { io, Manager, type ManagerOptions, type Socket } from "@towline/socket.io-client";
import { expect } from "chai";
import { Server, type ServerOptions } from "reference-socket.io";

// Version 2 has no types of its own; what is used of it is what version 4 has.
const createServer2 = createRequire(import.meta.url)("reference-socket.io-2") as (http: HttpServer) => Server;

const EVENTS = [
  "open",
  "close",
  "error",
  "reconnect_attempt",
  "reconnect",
  "reconnect_error",
  "reconnect_failed",
] as const;

/** A port where nobody listens. */
const NOBODY = "http://127.0.0.1:1";
const QUICK = { reconnectionDelay: 5, reconnectionDelayMax: 10 };

describe("Manager", () => {
  const servers: { http: HttpServer; server: Server }[] = [];
  const managers: Manager[] = [];
  /** The ends of the servers' sessions. Version 2 keeps a process alive when it has to end one by itself. */
  const ends: Promise<void>[] = [];

  async function serve(
    make = (http: HttpServer, options: Partial<ServerOptions>) => new Server(http, options),
  ) {
    const http = createServer();
    const server = make(http, { transports: ["polling"] });
    await new Promise<void>((resolve) => {
      http.listen(0, "127.0.0.1", resolve);
    });
    servers.push({ http, server });
    server.engine.on("connection", (session: EventEmitter) => ends.push(happens(session, "close")));
    return { server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
  }

  function manage(url: string, options: Partial<ManagerOptions> = {}): Manager {
    const manager = new Manager(url, { transports: ["polling"], ...QUICK, ...options });
    managers.push(manager);
    return manager;
  }

  const happens = (target: { once(event: string, listener: () => void): unknown }, event: string) =>
    new Promise<void>((resolve) => {
      target.once(event, resolve);
    });

  /** Records the Manager's events, each with its first argument. */
  function watch(manager: Manager): string[] {
    const told: string[] = [];
    for (const event of EVENTS)
      manager.on(event, (detail?: unknown) =>
        told.push(
          detail === undefined ? event : `${event} ${detail instanceof Error ? detail.message : detail}`,
        ),
      );
    return told;
  }

  afterEach(async () => {
    for (const manager of managers.splice(0)) manager._close();
    await Promise.all(ends.splice(0));
    for (const { http, server } of servers.splice(0)) {
      http.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    }
  });

  it("opens by itself, or when told to", async () => {
    const { url } = await serve();
    const eager = manage(url);
    expect(eager._readyState).to.equal("opening");
    await happens(eager, "open");
    const idle = manage(url, { autoConnect: false });
    expect(idle._readyState).to.equal("closed");
    expect(await new Promise((resolve) => idle.open(resolve))).to.equal(undefined);
    expect(idle._readyState).to.equal("open");
  });

  it("gives the callback of open() the error, and does not try again then", async () => {
    const manager = manage(NOBODY, { autoConnect: false });
    const told = watch(manager);
    const error = await new Promise<Error | undefined>((resolve) => manager.open(resolve));
    expect(error?.message).to.equal("xhr poll error");
    expect(manager._reconnecting).to.equal(false);
    expect(told).to.deep.equal(["error xhr poll error"]);
  });

  it("tells each attempt, and gives up after the last, in the order of the reference", async () => {
    const manager = manage(NOBODY, { reconnectionAttempts: 2 });
    const told = watch(manager);
    const socket = manager.socket("/");
    const errors: boolean[] = [];
    socket.on("connect_error", () => errors.push(socket.active));
    await happens(manager, "reconnect_failed");
    await Promise.resolve();
    expect(told).to.deep.equal([
      "error xhr poll error",
      "reconnect_attempt 1",
      "error xhr poll error",
      "reconnect_error xhr poll error",
      "reconnect_attempt 2",
      "error xhr poll error",
      "reconnect_failed",
      "reconnect_error xhr poll error",
    ]);
    expect(errors).to.deep.equal([true, true, true]);
  });

  it("comes back when the connection was lost, its Sockets too", async () => {
    const { url } = await serve();
    const manager = manage(url);
    const told = watch(manager);
    const socket = manager.socket("/");
    await happens(socket, "connect");
    const { id } = socket;
    manager.engine?.close();
    await happens(socket, "connect");
    expect(socket.id).not.to.equal(id);
    expect(told).to.deep.equal(["open", "close forced close", "reconnect_attempt 1", "open", "reconnect 1"]);
  });

  it("gives an attempt up that takes longer than the timeout", async () => {
    const http = createServer(() => {});
    await new Promise<void>((resolve) => {
      http.listen(0, "127.0.0.1", resolve);
    });
    const { port } = http.address() as AddressInfo;
    const manager = manage(`http://127.0.0.1:${port}`, { timeout: 20, reconnection: false });
    const told = watch(manager);
    await happens(manager, "error");
    expect(told).to.deep.equal(["error timeout"]);
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  it("has one Socket per namespace, and closes when the last of them leaves", async () => {
    const { server, url } = await serve();
    server.of("/admin");
    const manager = manage(url);
    const told = watch(manager);
    const root = manager.socket("/");
    const admin = manager.socket("/admin");
    expect(manager.socket("/admin")).to.equal(admin);
    await Promise.all([happens(root, "connect"), happens(admin, "connect")]);
    root.disconnect();
    expect(manager._readyState).to.equal("open");
    admin.disconnect();
    expect(manager._readyState).to.equal("closed");
    expect(told).to.deep.equal(["open", "close forced close"]);
    expect(manager.socket("/admin").active).to.equal(true);
    await happens(admin, "connect");
  });

  it("closes with parse error when the server sends what is no packet", async () => {
    const { server, url } = await serve();
    let session: { write(text: string): unknown } | undefined;
    server.engine.on("connection", (opened: typeof session) => {
      session = opened;
    });
    const socket = manage(url, { reconnection: false }).socket("/");
    await happens(socket, "connect");
    const reason = new Promise((resolve) => socket.on("disconnect", resolve));
    session?.write("9 nonsense");
    expect(await reason).to.equal("parse error");
  });

  it("goes on with the next packet when a listener throws", async () => {
    const { server, url } = await serve();
    server.on("connection", (peer) => {
      peer.emit("bad");
      peer.emit("good");
    });
    const socket = manage(url).socket("/");
    const uncaught = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const thrown = happens(process, "uncaughtException");
    socket.on("bad", () => {
      throw new Error("listener");
    });
    await Promise.all([happens(socket as Socket, "good"), thrown]);
    for (const listener of uncaught) process.on("uncaughtException", listener);
    expect(socket.connected).to.equal(true);
  });

  it("reads and changes its reconnection options", () => {
    const manager = manage(NOBODY, {
      autoConnect: false,
      reconnectionDelay: 1000,
      reconnectionDelayMax: 5000,
    });
    const read = () => [
      manager.reconnection(),
      manager.reconnectionAttempts(),
      manager.reconnectionDelay(),
      manager.reconnectionDelayMax(),
      manager.randomizationFactor(),
      manager.timeout(),
    ];
    expect(read()).to.deep.equal([true, Number.POSITIVE_INFINITY, 1000, 5000, 0.5, 20_000]);
    manager.reconnection(false).reconnectionAttempts(1).reconnectionDelay(2).reconnectionDelayMax(3);
    manager.randomizationFactor(0).timeout(false);
    expect(read()).to.deep.equal([false, 1, 2, 3, 0, false]);
    expect(() => manager.randomizationFactor(2)).to.throw(
      TypeError,
      "randomizationFactor must be a number from 0 to 1",
    );
    expect(manager.randomizationFactor()).to.equal(0);
  });

  it("refuses options that make no sense", () => {
    expect(() => new Manager(NOBODY, { reconnectionDelay: -1 })).to.throw(
      TypeError,
      "Invalid options: reconnectionDelay must be a number of milliseconds, got -1",
    );
    const manager = manage("http://", { autoConnect: false });
    expect(() => manager.open()).to.throw(TypeError, "Invalid address");
    expect(manager._readyState).to.equal("closed");
  });

  describe("with a server of Socket.IO 2", () => {
    const serve2 = () => serve((http) => createServer2(http));

    it("connects a Socket for / that comes after the server has put the connection there", async () => {
      const { server, url } = await serve2();
      server.of("/admin");
      const manager = manage(url);
      await happens(manager.socket("/admin"), "connect");
      const root = manager.socket("/");
      expect(root.connected).to.equal(true);
      expect(root.id).to.equal(manager.engine?.id);
    });

    it("takes a new connection to come back to / after leaving it", async () => {
      const { server, url } = await serve2();
      server.of("/admin");
      const manager = manage(url);
      const [root, admin] = [manager.socket("/"), manager.socket("/admin")];
      await Promise.all([happens(root, "connect"), happens(admin, "connect")]);
      const { id } = root;
      root.disconnect();
      root.connect();
      await happens(root, "connect");
      expect(root.id).not.to.equal(id);
    });
  });
});

describe("io()", () => {
  const sockets: Socket[] = [];
  const open = (...args: Parameters<typeof io>): Socket => {
    const socket = io(...args);
    sockets.push(socket);
    return socket;
  };

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.io._close();
  });

  it("shares a connection between namespaces of one server", () => {
    const options = { autoConnect: false };
    const root = open("http://shared.test", options);
    expect(open("http://shared.test/admin", options).io).to.equal(root.io);
    expect(open("http://shared.test:81/admin", options).io).not.to.equal(root.io);
    expect(open("http://shared.test/admin2", { ...options, path: "/other" }).io).not.to.equal(root.io);
  });

  it("opens another connection for the same namespace, or when asked to", () => {
    const options = { autoConnect: false };
    const first = open("http://own.test/x", options);
    expect(open("http://own.test/x", options).io).not.to.equal(first.io);
    expect(open("http://own.test/y", { ...options, forceNew: true }).io).not.to.equal(first.io);
    expect(open("http://own.test/z", { ...options, multiplex: false }).io).not.to.equal(first.io);
  });

  it("takes the query of the address, unless the options have one", () => {
    const options = { autoConnect: false, forceNew: true };
    expect(open("http://query.test/?a=1", options).io.opts.query).to.deep.equal({ a: "1" });
    expect(open("http://query.test/?a=1", { ...options, query: { b: 2 } }).io.opts.query).to.deep.equal({
      b: 2,
    });
  });

  it("has the rest of the API as its properties", () => {
    expect(io.connect).to.equal(io.io);
    expect(io.Manager).to.equal(Manager);
    expect(io.protocol).to.equal(5);
  });
});
