/** What the applications do, whichever server they stand on. */
import { expect } from "chai";
import { Inbox, next, request } from "../events.ts";
import type { Visit } from "./visit.ts";

export interface Behaviour {
  readonly title: string;
  show(visit: Visit): Promise<void>;
}

/** What all of them do. */
export const OF_ALL: readonly Behaviour[] = [
  {
    title: "answers its own routes, and serves the browser client",
    async show(visit) {
      expect(await visit.get("/hello")).to.equal("hello");
      expect(await visit.get("/socket.io/socket.io.min.js")).to.match(/^\/\*!/);
    },
  },
  {
    title: "greets who connects, by polling and by WebSocket",
    async show(visit) {
      for (const transport of ["polling", "websocket"]) {
        const socket = visit.socket("/", { auth: { name: transport }, transports: [transport] });
        const [greeting] = await next(socket, "welcome");
        expect(greeting).to.deep.equal({ id: socket.id, name: transport });
      }
    },
  },
  {
    title: "answers events, binary among them",
    async show(visit) {
      const socket = await visit.connect();
      for (const value of ["é", 4, { list: [null] }, { bytes: Buffer.of(1, 255) }])
        expect(await request(socket, "echo", value)).to.deep.equal([value]);
    },
  },
  {
    title: "tells a room, all but who speaks",
    async show(visit) {
      const [first, second, third] = await Promise.all([visit.connect(), visit.connect(), visit.connect()]);
      for (const socket of [first, second])
        expect(await request(socket, "join", "den")).to.deep.equal([["den"]]);
      const [own, other, outside] = [first, second, third].map((socket) => new Inbox(socket, "told"));
      first.emit("tell", "den", "psst");
      expect(await other?.holding(1)).to.deep.equal([["psst"]]);
      // What each is answered comes after what it was told before.
      await Promise.all([first, third].map((socket) => request(socket, "echo", 0)));
      expect(await Promise.all([own?.holding(0), outside?.holding(0)])).to.deep.equal([[], []]);
    },
  },
  {
    title: "speaks to all from a route, and gathers their answers",
    async show(visit) {
      const sockets = await Promise.all([visit.connect(), visit.connect()]);
      const said = sockets.map((socket) => next(socket, "said"));
      await visit.post("/say", { text: "to all" });
      expect(await Promise.all(said)).to.deep.equal([["to all"], ["to all"]]);
      for (const [index, socket] of sockets.entries())
        socket.on("ask", (question: string, answer: (text: string) => void) => answer(question + index));
      const answers = (await visit.post("/ask", { text: "who? " })) as string[];
      expect(answers.sort()).to.deep.equal(["who? 0", "who? 1"]);
    },
  },
  {
    title: "knows who is there, and broadcasts through its own adapter",
    async show(visit) {
      const socket = await visit.connect("/", { auth: { name: "Ada" } });
      await visit.connect("/", { auth: { name: "Bob" } });
      const before = (await visit.get("/census")) as { broadcasts: number };
      expect(before).to.deep.include({ names: ["Ada", "Bob"], connections: 2 });
      const said = next(socket, "said");
      await visit.post("/say", { text: "counted" });
      await said;
      const after = (await visit.get("/census")) as { broadcasts: number };
      expect(after.broadcasts).to.equal(before.broadcasts + 1);
    },
  },
  {
    title: "refuses a namespace with a reason, and lets in who may enter",
    async show(visit) {
      const refused = visit.socket("/admin", { auth: { token: "guess" } });
      const [error] = (await next(refused, "connect_error")) as [Error & { data: unknown }];
      expect([error.message, error.data]).to.deep.equal(["not allowed", { code: 7 }]);
      expect((await visit.connect("/admin", { auth: { token: "secret" } })).connected).to.equal(true);
      const [unknown] = (await next(visit.socket("/nowhere"), "connect_error")) as [Error];
      expect(unknown.message).to.equal("Invalid namespace");
    },
  },
  {
    title: "has namespaces by pattern",
    async show(visit) {
      const [first, second] = await Promise.all([visit.connect("/table-1"), visit.connect("/table-22")]);
      expect(await request(first, "echo", "a")).to.deep.equal([["/table-1", "a"]]);
      expect(await request(second, "echo", "b")).to.deep.equal([["/table-22", "b"]]);
    },
  },
  {
    title: "disconnects who asks for it",
    async show(visit) {
      const socket = await visit.connect();
      const left = next(socket, "disconnect");
      socket.emit("leave");
      expect((await left)[0]).to.equal("io server disconnect");
    },
  },
];

/** What only the application on NestJS does. */
export const OF_NEST: readonly Behaviour[] = [
  {
    title: "sends what an observable gives, one event each",
    async show(visit) {
      const socket = await visit.connect();
      const inbox = new Inbox(socket, "number");
      socket.emit("count", 3);
      expect(await inbox.holding(3)).to.deep.equal([[1], [2], [3]]);
    },
  },
  {
    title: "changes answers in an interceptor",
    async show(visit) {
      expect(await request(await visit.connect(), "double", 21)).to.deep.equal([42]);
    },
  },
  {
    title: "asks a guard",
    async show(visit) {
      const member = await visit.connect("/", { auth: { token: "secret" } });
      expect(await request(member, "secret")).to.deep.equal(["told"]);
      const guest = await visit.connect();
      const refused = next(guest, "exception");
      guest.emit("secret");
      expect((await refused)[0]).to.deep.include({ status: "error", message: "Forbidden resource" });
    },
  },
  {
    title: "tells of exceptions through its filters",
    async show(visit) {
      const socket = await visit.connect();
      const wrong = next(socket, "exception");
      socket.emit("fail");
      expect((await wrong)[0]).to.deep.include({ status: "error", message: "wrong" });
      const crashed = next(socket, "exception");
      socket.emit("crash");
      expect((await crashed)[0]).to.deep.include({ status: "error", message: "Internal server error" });
      const exceeded = next(socket, "out of range");
      socket.emit("exceed");
      expect(await exceeded).to.deep.equal(["too far"]);
      expect(await request(socket, "echo", "still here")).to.deep.equal(["still here"]);
    },
  },
  {
    title: "calls the gateway's hooks",
    async show(visit) {
      const socket = await visit.connect("/", { auth: { name: "Eve" } });
      const left = next(socket, "disconnect");
      socket.emit("leave");
      await left;
      // The client hears of it before the application does, at worst by a turn.
      await visit.get("/hello");
      const log = await visit.get("/log");
      expect(log).to.include.members(["init true", "left Eve"]);
    },
  },
];
