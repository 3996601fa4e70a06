/** `instrument()` of the official `@socket.io/admin-ui`: what its page is told, and what it may order. */
import { hostname } from "node:os";
import { expect } from "chai";
import type { Socket } from "reference-socket.io-client";
import { type Administrator, Rig, SERVERS, settled } from "./admin-ui/rig.ts";
import { next, request } from "./events.ts";

interface Serialized {
  readonly id: string;
  readonly nsp: string;
  readonly rooms: readonly string[];
  readonly transport: string;
  readonly clientId: string;
  readonly data: unknown;
  readonly handshake: Readonly<Record<string, unknown>>;
}

interface Stats {
  readonly uptime: number;
  readonly aggregatedEvents: readonly { readonly type: string; readonly count: number }[];
}

const COMMANDS = ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"];

/** "changeit", by bcrypt. */
const PASSWORD_HASH = "$2a$04$iRm8PMb5ylLr/dlABXo27.4590O1Z85waJbujZc0CunA6wD0konG2";
const BASIC = { type: "basic", username: "admin", password: PASSWORD_HASH } as const;

const isOf =
  ({ id }: Socket) =>
  (socket: Serialized): boolean =>
    socket.id === id;

for (const server of SERVERS)
  describe(`admin-ui on ${server.name}`, () => {
    let rig: Rig;
    afterEach(() => rig.close());

    describe("in development mode", () => {
      let admin: Administrator;
      beforeEach(async () => {
        rig = await Rig.start(server, { mode: "development" });
      });

      it("says what can be done", async () => {
        admin = await rig.administrator();
        expect(await admin.hears("config")).to.deep.equal([
          { supportedFeatures: [...COMMANDS, "AGGREGATED_EVENTS", "ALL_EVENTS"] },
        ]);
      });

      it("tells who is there", async () => {
        rig.open("/chat");
        const [first, second] = await Promise.all([rig.person(), rig.person("/chat", { query: { a: "b" } })]);
        await request(second, "enter", "den");
        admin = await rig.administrator();
        const [sockets] = (await admin.hears("all_sockets")) as [readonly Serialized[]];
        expect(
          sockets.map(({ id, nsp, rooms, transport }) => ({ id, nsp, rooms, transport })),
        ).to.have.deep.members([
          { id: first.id, nsp: "/", rooms: [first.id], transport: "websocket" },
          { id: second.id, nsp: "/chat", rooms: [second.id, "den"], transport: "websocket" },
          { id: admin.socket.id, nsp: "/admin", rooms: [admin.socket.id], transport: "websocket" },
        ]);
        const described = sockets.find(({ nsp }) => nsp === "/chat");
        // The connection, by the start of its id.
        expect(described?.clientId).to.equal(second.io.engine.id?.slice(0, 12));
        expect(described?.data).to.deep.equal({});
        expect(described?.handshake).to.have.all.keys(
          "address",
          "headers",
          "query",
          "issued",
          "secure",
          "time",
          "url",
          "xdomain",
        );
        expect(described?.handshake).to.deep.include({ secure: false, xdomain: false });
        expect(described?.handshake.query).to.deep.include({ EIO: "4", transport: "websocket", a: "b" });
      });

      it("tells who comes, and over which transport", async () => {
        admin = await rig.administrator();
        const person = await rig.person("/", { transports: ["polling", "websocket"] });
        const [socket, at] = (await admin.hears("socket_connected", isOf(person))) as [Serialized, string];
        expect(socket).to.deep.include({ id: person.id, nsp: "/", transport: "polling", rooms: [person.id] });
        expect(new Date(at).getTime()).to.be.greaterThan(0);
        const [updated] = await admin.hears("socket_updated", isOf(person));
        expect(updated).to.deep.equal({ id: person.id, nsp: "/", transport: "websocket" });
      });

      it("tells what the data of a socket becomes", async () => {
        const person = await rig.person();
        admin = await rig.administrator();
        person.emit("be called", "Ada");
        const [updated] = await admin.hears("socket_updated", isOf(person));
        expect(updated).to.deep.equal({ id: person.id, nsp: "/", data: { name: "Ada" } });
      });

      it("tells who leaves, and why", async () => {
        const person = await rig.person();
        const { id } = person;
        admin = await rig.administrator();
        person.disconnect();
        const told = await admin.hears("socket_disconnected");
        expect(told.slice(0, 3)).to.deep.equal(["/", id, "client namespace disconnect"]);
      });

      it("tells who joins a room and leaves it", async () => {
        const person = await rig.person();
        admin = await rig.administrator();
        await request(person, "enter", "den");
        await request(person, "quit", "den");
        const joined = await admin.hears("room_joined", (_nsp, room) => room === "den");
        expect(joined.slice(0, 3)).to.deep.equal(["/", "den", person.id]);
        const left = await admin.hears("room_left", (_nsp, room) => room === "den");
        expect(left.slice(0, 3)).to.deep.equal(["/", "den", person.id]);
      });

      it("tells what is received and sent", async () => {
        const person = await rig.person();
        admin = await rig.administrator();
        await request(person, "echo", 1);
        const received = await admin.hears("event_received");
        expect(received.slice(0, 3)).to.deep.equal(["/", person.id, ["echo", 1]]);
        const news = next(person, "news");
        rig.io.sockets.sockets.get(person.id ?? "")?.emit("news", { list: [1] });
        expect(await news).to.deep.equal([{ list: [1] }]);
        const sent = await admin.hears("event_sent", (_nsp, _id, args: unknown[]) => args[0] === "news");
        expect(sent.slice(0, 3)).to.deep.equal(["/", person.id, ["news", { list: [1] }]]);
        const toAll = next(person, "to all");
        rig.io.emit("to all", "x");
        await toAll;
        const broadcast = await admin.hears(
          "event_sent",
          (_nsp, _id, args: unknown[]) => args[0] === "to all",
        );
        expect(broadcast.slice(0, 3)).to.deep.equal(["/", person.id, ["to all", "x"]]);
      });

      it("watches namespaces that were made later, and those by pattern", async () => {
        rig.io.of(/^\/table-\d+$/);
        admin = await rig.administrator();
        rig.open("/late");
        for (const nsp of ["/late", "/table-1"]) {
          const person = await rig.person(nsp);
          const [socket] = (await admin.hears("socket_connected", isOf(person))) as [Serialized];
          expect(socket.nsp).to.equal(nsp);
        }
      });

      it("sends numbers of the server", async () => {
        await Promise.all([rig.person(), rig.person("/", { transports: ["polling"] })]);
        admin = await rig.administrator();
        const [stats] = (await admin.hears("server_stats")) as [Stats];
        expect(stats).to.deep.include({
          serverId: "first",
          hostname: hostname(),
          pid: process.pid,
          clientsCount: 3,
          pollingClientsCount: 1,
          namespaces: [
            { name: "/", socketsCount: 2 },
            { name: "/admin", socketsCount: 1 },
          ],
        });
        expect(stats.uptime).to.be.greaterThan(0);
        const total = (type: string): number =>
          stats.aggregatedEvents
            .filter((one) => one.type === type)
            .reduce((sum, { count }) => sum + count, 0);
        expect(total("rawConnection")).to.equal(3);
        for (const type of ["packetsIn", "packetsOut", "bytesIn", "bytesOut"])
          expect(total(type), type).to.be.greaterThan(2);
      });
    });

    describe("takes the order to", () => {
      let admin: Administrator;
      let first: Socket;
      let second: Socket;
      beforeEach(async () => {
        rig = await Rig.start(server, { mode: "development" });
        [first, second] = await Promise.all([rig.person(), rig.person()]);
        admin = await rig.administrator();
      });

      it("emit, to all or to one", async () => {
        const both = [first, second].map((socket) => next(socket, "notice"));
        admin.order("emit", "/", undefined, "notice", 1, { a: 2 });
        expect(await Promise.all(both)).to.deep.equal([
          [1, { a: 2 }],
          [1, { a: 2 }],
        ]);
        const heard: string[] = [];
        for (const socket of [first, second]) socket.on("private", () => heard.push(socket.id ?? ""));
        const told = next(second, "private");
        admin.order("emit", "/", second.id, "private");
        await told;
        await settled(first);
        expect(heard).to.deep.equal([second.id]);
      });

      it("join and leave a room, all or one", async () => {
        const names = async (room: string) =>
          (await rig.io.in(room).fetchSockets()).map(({ id }) => id).sort();
        const joined = (room: string, { id }: Socket) =>
          admin.hears("room_joined", (_nsp, name, who) => name === room && who === id);
        const left = (room: string, { id }: Socket) =>
          admin.hears("room_left", (_nsp, name, who) => name === room && who === id);
        admin.order("join", "/", "all");
        admin.order("join", "/", "one", first.id);
        for (const [room, socket] of [
          ["all", first],
          ["all", second],
          ["one", first],
        ] as const)
          await joined(room, socket);
        expect(await names("all")).to.have.members([first.id, second.id]);
        expect(await names("one")).to.deep.equal([first.id]);
        admin.order("leave", "/", "one", first.id);
        admin.order("leave", "/", "all");
        for (const [room, socket] of [
          ["one", first],
          ["all", first],
          ["all", second],
        ] as const)
          await left(room, socket);
        expect([...(await names("all")), ...(await names("one"))]).to.deep.equal([]);
      });

      it("disconnect one from the namespace, and all from the server", async () => {
        const one = next(first, "disconnect");
        admin.order("_disconnect", "/", false, first.id);
        expect((await one)[0]).to.equal("io server disconnect");
        expect(second.connected).to.equal(true);
        const rest = next(second, "disconnect");
        admin.order("_disconnect", "/", true);
        expect((await rest)[0]).to.equal("io server disconnect");
      });
    });

    describe("in production mode", () => {
      it("sends numbers, and no details", async () => {
        rig = await Rig.start(server, { mode: "production" });
        const admin = await rig.administrator();
        const person = await rig.person();
        await request(person, "enter", "den");
        expect(await admin.hears("config")).to.deep.equal([
          { supportedFeatures: [...COMMANDS, "AGGREGATED_EVENTS"] },
        ]);
        await admin.hears("server_stats");
        expect(new Set(admin.events)).to.deep.equal(new Set(["config", "server_stats"]));
      });
    });

    describe("read-only", () => {
      it("takes no orders", async () => {
        rig = await Rig.start(server, { mode: "development", readonly: true });
        rig.open("/admin");
        const person = await rig.person();
        const admin = await rig.administrator();
        expect(await admin.hears("config")).to.deep.equal([
          { supportedFeatures: ["AGGREGATED_EVENTS", "ALL_EVENTS"] },
        ]);
        const notices: unknown[] = [];
        person.on("notice", (...args: unknown[]) => notices.push(args));
        admin.order("emit", "/", undefined, "notice");
        admin.order("join", "/", "den");
        admin.order("_disconnect", "/", true);
        await settled(admin.socket);
        await settled(person);
        expect([notices, person.connected]).to.deep.equal([[], true]);
        expect(await rig.io.in("den").fetchSockets()).to.deep.equal([]);
      });
    });

    describe("with a name and a password", () => {
      beforeEach(async () => {
        rig = await Rig.start(server, { mode: "production", auth: BASIC, namespaceName: "/custom" });
      });

      it("lets in who knows them, and again by the session", async () => {
        const admin = await rig.administrator("/custom", {
          auth: { username: "admin", password: "changeit" },
        });
        const [sessionId] = await admin.hears("session");
        expect(sessionId).to.match(/^[\da-f]{16}$/);
        const again = await rig.administrator("/custom", { auth: { sessionId } });
        expect(again.socket.connected).to.equal(true);
      });

      it("refuses others, and knows no other namespace", async () => {
        for (const auth of [
          {},
          { username: "admin", password: "guess" },
          { sessionId: "0123456789abcdef" },
        ]) {
          const [error] = (await next(rig.socket("/custom", { auth }), "connect_error")) as [Error];
          expect(error.message).to.equal("invalid credentials");
        }
        const [error] = (await next(rig.socket("/admin"), "connect_error")) as [Error];
        expect(error.message).to.equal("Invalid namespace");
      });
    });
  });
