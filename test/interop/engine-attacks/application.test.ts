/** Applications that go wrong between a request and its answer: the client is answered, nobody is kept. */
import { once } from "node:events";
import type { Socket as NetSocket } from "node:net";
import type { Middleware, ServerOptions, Socket } from "@towline/engine.io";
import { expect } from "chai";
import { nextUncaught } from "../../../packages/websocket/test/support/uncaught.ts";
import { Witness } from "../../../packages/websocket/test/support/witness.ts";
import { upgradeRequest } from "../bad-input/wire.ts";
import type { RawConnection } from "./raw-connection.ts";
import { Victim } from "./victim.ts";

interface Way {
  readonly name: string;
  readonly request: string;
}

const WAYS: readonly Way[] = [
  {
    name: "polling",
    request: "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  },
  { name: "websocket", request: upgradeRequest("/engine.io/?EIO=4&transport=websocket") },
];

/** What came back, and how many answers it is. */
function readAnswer({ received }: RawConnection): {
  status: number;
  head: string;
  body: string;
  count: number;
} {
  const end = received.indexOf("\r\n\r\n");
  const head = received.slice(0, end);
  const rest = received.slice(end + 4);
  const body = /transfer-encoding: chunked/i.test(head) ? firstChunk(rest) : rest;
  return { status: Number(head.slice(9, 12)), head, body, count: received.split("HTTP/1.1 ").length - 1 };
}

/** A short body is one chunk. */
function firstChunk(text: string): string {
  const line = text.indexOf("\r\n") + 2;
  return text.slice(line, line + Number.parseInt(text, 16));
}

for (const { name, request } of WAYS)
  describe(`a handshake over ${name}`, function () {
    this.timeout(3_000);
    let victim: Victim;
    let witness: Witness;
    const connections: Socket[] = [];
    /** Of sessions, in the order of their close. */
    const closed: string[] = [];

    const start = async (options: ServerOptions = {}, ...middlewares: Middleware[]) => {
      victim = await Victim.start(options);
      for (const middleware of middlewares) victim.engine.use(middleware);
      victim.engine.on("connection", (socket: Socket) => {
        connections.push(socket);
        socket.on("close", () => closed.push(socket.id));
      });
    };
    /** The answer that ends the connection. */
    const answered = async () => {
      const connection = await victim.dial();
      connection.write(request);
      await connection.over;
      return readAnswer(connection);
    };
    beforeEach(async () => {
      connections.splice(0);
      closed.splice(0);
      witness = await Witness.arrive();
    });
    afterEach(async () => {
      witness.leave();
      expect(closed).to.deep.equal(connections.map(({ id }) => id));
      expect(victim.engine.clientsCount).to.equal(0);
      expect(witness.unhandled).to.deep.equal([]);
      await victim.close();
    });

    const refuses = async (code: number, message: string) => {
      const { status, body, count } = await answered();
      expect([status, JSON.parse(body), count]).to.deep.equal([code === 4 ? 403 : 400, { code, message }, 1]);
      expect(connections).to.deep.equal([]);
    };

    it("is refused when a middleware rejects", async () => {
      await start({}, (_request, _response, next) => next(new Error("no")));
      await refuses(3, "Bad request");
    });

    it("is refused when a middleware throws", async () => {
      await start({}, () => {
        throw new Error("of the middleware");
      });
      await refuses(3, "Bad request");
    });

    it("is refused once when a middleware rejects twice", async () => {
      await start({}, (_request, _response, next) => {
        next(new Error("no"));
        next(new Error("no again"));
      });
      await refuses(3, "Bad request");
    });

    it("is refused once when a middleware passes on after it has rejected", async () => {
      await start({}, (_request, _response, next) => {
        next(new Error("no"));
        setImmediate(next);
      });
      await refuses(3, "Bad request");
      await new Promise(setImmediate);
    });

    it("opens one session when a middleware passes on twice", async () => {
      let seen = 0;
      await start(
        {},
        (_request, _response, next) => {
          next();
          next();
          setImmediate(next);
        },
        (_request, _response, next) => {
          seen++;
          next();
        },
      );
      const connection = await victim.dial();
      connection.write(request);
      await connection.until(/0\{"sid"/);
      await new Promise(setImmediate);
      expect([seen, connections.length, readAnswer(connection).count]).to.deep.equal([1, 1, 1]);
      connections[0]?.close(true);
    });

    it("waits for a middleware that never passes on, and goes with its client", async () => {
      await start({}, () => {});
      const arrived = once(victim.http, name === "polling" ? "request" : "upgrade");
      const connection = await victim.dial();
      connection.write(request);
      await arrived;
      expect(connection.received).to.equal("");
      connection.reset();
      await connection.over;
    });

    for (const [title, error] of [
      ["passes on", undefined],
      ["rejects", new Error("no")],
    ] as const)
      it(`is answered once when a middleware answers and then ${title}`, async () => {
        await start({}, (_request, response, next) => {
          response.setHeader("Connection", "close");
          response.statusCode = 401;
          response.end("who are you?");
          next(error);
        });
        const { status, body, count } = await answered();
        expect([status, body, count]).to.deep.equal([401, "who are you?", 1]);
        expect(connections).to.deep.equal([]);
      });

    it("is refused when allowRequest says no, in words that stay in the body", async () => {
      const message = 'no\r\nSet-Cookie: a=1\r\n\r\n"é\u2028';
      await start({ allowRequest: (_request, decide) => decide(message, false) });
      const { status, body, head } = await answered();
      expect([status, JSON.parse(Buffer.from(body, "latin1").toString())]).to.deep.equal([
        403,
        { code: 4, message },
      ]);
      expect(head).not.to.match(/set-cookie/i);
      expect(head).to.match(new RegExp(`(content-length: ${body.length}|transfer-encoding: chunked)`, "i"));
    });

    it("is answered once when allowRequest says no and then yes", async () => {
      await start({
        allowRequest: (_request, decide) => {
          decide(null, false);
          decide(null, true);
          setImmediate(decide, null, true);
        },
      });
      await refuses(4, "Forbidden");
      await new Promise(setImmediate);
    });

    it("is answered with 500 when allowRequest throws, and the error goes its way", async () => {
      await start({
        allowRequest: () => {
          throw new Error("of the application");
        },
      });
      witness.leave();
      const thrown = nextUncaught();
      expect((await answered()).status).to.equal(500);
      expect((await thrown).message).to.equal("of the application");
      expect(connections).to.deep.equal([]);
    });

    for (const isAllowed of [true, false])
      it(`leaves nothing when allowRequest says ${isAllowed ? "yes" : "no"} once the client has gone`, async () => {
        const asked: (readonly [incoming: NetSocket, decide: () => void])[] = [];
        await start({
          allowRequest: (incoming, decide) =>
            void asked.push([incoming.socket, () => decide(null, isAllowed)]),
        });
        const arrived = once(victim.http, name === "polling" ? "request" : "upgrade");
        const connection = await victim.dial();
        connection.write(request);
        await arrived;
        const [socket, decide] = asked[0] ?? [connection.socket, () => {}];
        // An upgrade's connection is read by nobody yet: without this, nobody would hear of its end.
        const gone = new Promise<void>((resolve) => socket.resume().on("close", () => resolve()));
        connection.reset();
        await gone;
        decide();
        for (const open of connections) if (open.readyState !== "closed") await once(open, "close");
        // Listeners hear of the close at the latest in the next turn.
        await new Promise(setImmediate);
      });

    for (const [title, generateId] of [
      [
        "throws",
        () => {
          throw new Error("no id");
        },
      ],
      ["rejects", () => Promise.reject(new Error("no id"))],
    ] as const)
      it(`is refused when generateId ${title}`, async () => {
        await start();
        victim.engine.generateId = generateId;
        await refuses(3, "Bad request");
      });

    it("is refused when generateId gives an id that is taken", async () => {
      await start();
      const { socket } = await victim.openPolling();
      victim.engine.generateId = () => socket.id;
      const { status, body } = await answered();
      expect([status, JSON.parse(body)]).to.deep.equal([400, { code: 3, message: "Bad request" }]);
      expect(victim.engine.clientsCount).to.equal(1);
      socket.close(true);
    });

    for (const id of ["__proto__", "constructor", "hasOwnProperty", "a b\r\nc&d=é"])
      it(`works with the id ${JSON.stringify(id)}`, async () => {
        await start();
        victim.engine.generateId = () => id;
        const connection = await victim.dial();
        connection.write(request);
        await connection.until(/0\{"sid"/);
        expect(victim.engine.clients[id]).to.equal(connections[0]);
        const path = `/engine.io/?EIO=4&transport=polling&sid=${encodeURIComponent(id)}`;
        const { status } = await victim.ask({ path, method: "POST", body: "4a" });
        expect(status).to.equal(name === "polling" ? 200 : 400);
        connections[0]?.close(true);
      });

    it("gives the client a session when a listener of connection throws, and the error goes its way", async () => {
      await start();
      victim.engine.prependListener("connection", () => {
        throw new Error("of the listener");
      });
      witness.leave();
      const thrown = nextUncaught();
      const connection = await victim.dial();
      connection.write(request);
      await connection.until(/0\{"sid"/);
      expect((await thrown).message).to.equal("of the listener");
      for (const socket of Object.values(victim.engine.clients)) socket.close(true);
    });
  });
