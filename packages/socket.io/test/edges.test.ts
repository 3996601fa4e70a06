import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import { type HandlerContext, Server, type Socket } from "@towline/socket.io";
import { Adapter, type Session, SessionAwareAdapter } from "@towline/socket.io-adapter";
import { Decoder, Encoder } from "@towline/socket.io-parser";
import { expect } from "chai";
import { BroadcastAnswers } from "../src/broadcast-answers.ts";
import { fakeTimeouts } from "./fake-timeouts.ts";
import { hearingProcess } from "./process-errors.ts";
import { cleanUp, startServer } from "./raw-client.ts";
import { drop, startRecovery, tick } from "./recovery-client.ts";

afterEach(cleanUp);

const boom = () => {
  throw new Error("of the application");
};

interface Telling {
  on(event: "handler_error", listener: (error: unknown, context: HandlerContext) => void): unknown;
}

/** What `handler_error` of a server is told: the message and the event. */
function listenTo(io: Telling): string[] {
  const told: string[] = [];
  io.on("handler_error", (error, { event }) => told.push(`${(error as Error).message} in ${event}`));
  return told;
}

async function socketOf(options: Parameters<typeof startServer>[0] = {}) {
  const server = await startServer(options);
  const connection = once(server.io, "connection");
  const client = server.connect();
  await client.join();
  return { ...server, client, socket: (await connection)[0] as Socket };
}

describe("listener of a room that throws", () => {
  it("keeps no other socket out of the room, nor in it", async () => {
    const { io, connect } = await startServer();
    for (let i = 0; i < 3; i++) await connect().join();
    const { adapter } = io.of("/");
    adapter.on("join-room", boom).on("leave-room", boom);
    expect(() => io.socketsJoin("r")).to.throw("of the application");
    expect(adapter.rooms.get("r")?.size).to.equal(3);
    expect(() => io.socketsLeave("r")).to.throw("of the application");
    expect(adapter.rooms.has("r")).to.equal(false);
    adapter.removeAllListeners();
  });
});

describe("event of the servers among themselves", () => {
  it("has a callback whose error is told, and goes no further", async () => {
    class Answering extends Adapter {
      override serverSideEmit(packet: unknown[]): void {
        (packet.at(-1) as (error: null, answers: unknown[]) => void)(null, []);
      }
    }
    const { io } = await startServer({ adapter: Answering });
    const told = listenTo(io);
    io.serverSideEmit("x", 1, boom);
    expect(told).to.deep.equal(["of the application in x"]);
  });

  it("is answered by nobody where there is one server", async () => {
    const { io } = await startServer();
    const { warn } = console;
    console.warn = () => {};
    try {
      expect(await io.serverSideEmitWithAck("x")).to.deep.equal([]);
    } finally {
      console.warn = warn;
    }
  });

  it("must not be named handler_error, for which each server has listeners of its own", async () => {
    const { io } = await startServer();
    expect(() => io.serverSideEmit("handler_error", 1)).to.throw("reserved event name");
  });
});

describe("listener for error that fails later", () => {
  it("is told of at the server, and the process hears nothing", async () => {
    const { io, client, socket } = await socketOf();
    const told = listenTo(io);
    socket.on("error", (async () => boom()) as never);
    await hearingProcess(async (heard) => {
      client.send('42["error"]');
      while (told.length === 0) await tick();
      await tick();
      expect(told).to.deep.equal(["of the application in error"]);
      expect(heard).to.deep.equal([]);
    });
  });
});

describe("client of revision 4 that is kept out", () => {
  it("is not kept for longer than one of revision 5", async () => {
    const { io, connect } = await startServer({ connectTimeout: 20 });
    io.use((_socket, next) => next(new Error("no entry")));
    const client = connect(3);
    await client.closed;
    expect(io.engine.clientsCount).to.equal(0);
  });
});

describe("refusal whose data cannot be written", () => {
  for (const [title, data] of [
    [
      "a circle",
      (() => {
        const circle: { self?: object } = {};
        circle.self = circle;
        return circle;
      })(),
    ],
    ["a big number", 1n],
  ] as const)
    it(`reaches the client without them: ${title}`, async () => {
      const { io, connect } = await startServer();
      const told = listenTo(io);
      io.use((_socket, next) => setImmediate(next, Object.assign(new Error("no entry"), { data })));
      const client = connect();
      await client.next();
      client.send("40");
      expect(await client.next()).to.equal('44{"message":"Internal error"}');
      expect(told).to.have.length(1);
      expect(io.of("/").isEmpty).to.equal(true);
    });
});

describe("socket that is gone before it is told of", () => {
  for (const event of ["join-room", "connect"] as const)
    it(`is not told of: a listener for ${event} has put it out`, async () => {
      const { io, connect } = await startServer();
      const putOut = () => io.disconnectSockets();
      if (event === "connect") io.on("connect", putOut);
      else io.of("/").adapter.on("join-room", putOut);
      io.on("connection", () => expect.fail("nobody would tell of its end"));
      const client = connect();
      await client.next();
      client.send("40");
      expect(await client.next()).to.match(/^40\{/);
      expect(await client.next()).to.equal("41");
      expect([io.of("/").sockets.size, io.of("/").adapter.sids.size]).to.deep.equal([0, 0]);
    });

  it("leaves no room behind when what it has missed is more than may wait for it", async () => {
    const { io, url, join } = await startRecovery({}, { maxSendBufferBytes: 100_000 });
    const before = await join();
    await before.socket.join("mine");
    await drop(before);
    for (let i = 0; i < 300; i++) io.to("mine").emit("e", "x".repeat(1000));
    // Over polling, and without a poll: nothing can be written before all has been put in.
    const polling = `${url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1));
    const claim = `40${JSON.stringify({ pid: before.pid })}`;
    const posted = await fetch(`${polling}&sid=${sid}`, { method: "POST", body: claim });
    await posted.text();
    while (io.engine.clientsCount > 0) await tick();
    const { adapter, sockets } = io.of("/");
    expect([sockets.size, adapter.rooms.size, adapter.sids.size]).to.deep.equal([0, 0, 0]);
  });
});

describe("list of answers", () => {
  it("is the application's once it has been given out", () => {
    const given: unknown[][] = [];
    const answers = new BroadcastAnswers((_error, list) => given.push(list));
    answers.onServerCount(1);
    answers.onClientCount(1);
    answers.onAnswer("in time");
    answers.onAnswer("late");
    expect(given).to.deep.equal([["in time"]]);
  });
});

describe("emit that is refused", () => {
  it("leaves no flag to the next", async () => {
    const { client, socket } = await socketOf();
    expect(() => socket.timeout(1).emit("connect")).to.throw("reserved event name");
    const answers: unknown[] = [];
    socket.emit("ask", (...answer: unknown[]) => answers.push(answer));
    await client.next();
    client.send('430["yes"]');
    while (answers.length === 0) await tick();
    expect(answers).to.deep.equal([["yes"]]);
  });
});

describe("onBufferFull", () => {
  it("cannot drop a message, which may be half of a packet: the connection ends", async () => {
    const { socket } = await socketOf({ maxSendBufferBytes: 20_000, onBufferFull: () => "drop" });
    const ended = once(socket, "disconnect");
    socket.emit("b", Buffer.alloc(30_000));
    expect((await ended)[0]).to.equal("transport error");
  });

  it("that throws is told to the process, and keeps a broadcast from nobody else", async () => {
    let isFirst = true;
    const { io, connect } = await startServer({
      maxSendBufferBytes: 20_000,
      onBufferFull: () => {
        if (!isFirst) return "send";
        isFirst = false;
        return boom();
      },
    });
    const clients = [connect(), connect()];
    for (const client of clients) await client.join();
    await hearingProcess(async (heard) => {
      io.emit("x", "y".repeat(30_000));
      expect(await clients[0]?.next()).to.equal(undefined);
      expect(String(await clients[1]?.next())).to.have.length.above(30_000);
      expect(heard).to.deep.equal([{ event: "uncaughtException", message: "of the application" }]);
    });
  });
});

describe("closing and attaching", () => {
  const listening = async () => {
    const http = createServer().listen(0);
    await once(http, "listening");
    return http;
  };

  it("closes the server that was attached, not the one that is attached meanwhile", async () => {
    const first = await listening();
    const second = await listening();
    const io = new Server(first);
    const closed = io.close();
    io.attach(second);
    await closed;
    expect([first.listening, second.listening]).to.deep.equal([false, true]);
    await io.close();
    expect(second.listening).to.equal(false);
  });

  it("closes the connections of an engine that another one has replaced", async () => {
    const { io, client } = await socketOf();
    const { engine, httpServer } = io;
    io.attach(await listening(), { pingInterval: 10_000 });
    expect(io.engine).not.to.equal(engine);
    await io.close();
    await client.closed;
    expect(engine.clientsCount).to.equal(0);
    // `close` is for the one attached last.
    await new Promise<unknown>((resolve) => (httpServer as HttpServer).close(resolve));
  });
});

describe("option adapter", () => {
  it("says so when it is a function that makes nothing", () => {
    expect(() => new Server({ adapter: () => undefined } as never)).to.throw(TypeError, "made no adapter");
  });
});

describe("broker that does not say whether there is a session", () => {
  it("has the client wait for five seconds, and gets back what it gives after that", async () => {
    let give: (session: Session) => void = () => {};
    const kept: string[] = [];
    class Away extends SessionAwareAdapter {
      override restoreSession(): Promise<Session> {
        return new Promise((resolve) => {
          give = resolve;
        });
      }
      override persistSession({ pid }: { pid: string }): void {
        kept.push(pid);
      }
    }
    const { ask } = await startRecovery({}, { adapter: Away });
    const client = await ask();
    await client.next();
    const asking = await ask();
    await asking.next();
    const timeouts = fakeTimeouts();
    try {
      const waiting = await ask({ pid: "somebody's" });
      while (timeouts.clock.pending === 0) await tick();
      for (let i = 0; i < 10; i++) await tick();
      timeouts.clock.advance(5000);
      expect(JSON.parse(String(await waiting.next()).slice(2)).pid).not.to.equal("somebody's");
      give({ sid: "s", pid: "somebody's", rooms: [], data: {}, missedPackets: [] });
      while (kept.length === 0) await tick();
      expect(kept).to.deep.equal(["somebody's"]);
    } finally {
      timeouts.restore();
    }
  });
});

describe("encoder of another make that gives other views of bytes", () => {
  it("is broadcast all the same", async () => {
    class Views extends Encoder {
      override encode(packet: Parameters<Encoder["encode"]>[0]): never {
        const [text] = super.encode(packet);
        return [text, Uint8Array.of(1, 2).buffer, new Uint16Array([513])] as never;
      }
    }
    const { io, connect } = await startServer({ parser: { Encoder: Views, Decoder } });
    const client = connect();
    await client.next();
    client.send("40");
    for (let i = 0; i < 3; i++) await client.next();
    io.emit("x");
    expect([await client.next(), await client.next(), await client.next()]).to.deep.equal([
      '42["x"]',
      Buffer.of(1, 2),
      Buffer.of(1, 2),
    ]);
  });
});
