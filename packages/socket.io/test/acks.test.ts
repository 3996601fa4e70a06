import { once } from "node:events";
import { AckError, type Namespace, type RemoteSocket, type Socket } from "@towline/socket.io";
import { Adapter } from "@towline/socket.io-adapter";
import { expect } from "chai";
import { fakeTimeouts } from "./fake-timeouts.ts";
import { cleanUp, type RawClient, startServer } from "./raw-client.ts";
import { tick } from "./recovery-client.ts";

let timeouts: ReturnType<typeof fakeTimeouts> | undefined;

/** From here on timers wait for the test. Those of the connections that are there already do not. */
function stopTime(): { advance(ms: number): void; pending(): number } {
  timeouts = fakeTimeouts();
  const { clock } = timeouts;
  return { advance: (ms) => clock.advance(ms), pending: () => clock.pending };
}

afterEach(async () => {
  timeouts?.restore();
  timeouts = undefined;
  await cleanUp();
});

async function joined(count = 1) {
  const server = await startServer();
  const clients: RawClient[] = [];
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const connection = once(server.io, "connection");
    const client = server.connect();
    await client.join();
    clients.push(client);
    sockets.push((await connection)[0]);
  }
  const [client, socket] = [clients[0] as RawClient, sockets[0] as Socket];
  return { ...server, clients, sockets, client, socket };
}

/** Sends packets and waits until the server has taken them. */
async function sent(client: RawClient, socket: Socket, ...packets: string[]): Promise<void> {
  const heard = once(socket, "sent");
  client.send(...packets, '42["sent"]');
  await heard;
}

const settled = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );

const TIMED_OUT = { name: "AckError", code: "SIO_ACK_TIMEOUT", message: "operation has timed out" };
const DISCONNECTED = {
  name: "AckError",
  code: "SIO_ACK_DISCONNECTED",
  message: "socket has been disconnected",
};

describe("acknowledgement of a client", () => {
  it("comes behind null when there was a timeout, and ends that", async () => {
    const { client, socket } = await joined();
    const time = stopTime();
    const answers: unknown[][] = [];
    socket.timeout(1000).emit("ask", (...answer: unknown[]) => answers.push(answer));
    expect(time.pending()).to.equal(1);
    expect(await client.next()).to.equal('420["ask"]');
    await sent(client, socket, '430["a","b"]', '430["again"]');
    expect(answers).to.deep.equal([[null, "a", "b"]]);
    expect([socket.acks.size, time.pending()]).to.deep.equal([0, 0]);
    time.advance(2000);
    expect(answers).to.have.length(1);
  });

  it("is an error when the time is up, once, whatever comes later", async () => {
    const { client, socket } = await joined();
    const time = stopTime();
    const answers: unknown[][] = [];
    socket.timeout(1000).emit("ask", (...answer: unknown[]) => answers.push(answer));
    time.advance(999);
    expect(answers).to.deep.equal([]);
    time.advance(1);
    expect(answers).to.have.length(1);
    expect(answers[0]).to.have.length(1);
    expect(answers[0]?.[0]).to.be.instanceOf(AckError).and.instanceOf(Error).and.include(TIMED_OUT);
    await sent(client, socket, '430["late"]');
    expect(answers).to.have.length(1);
    expect([socket.acks.size, time.pending()]).to.deep.equal([0, 0]);
  });

  it("resolves or rejects emitWithAck, in whatever order they come", async () => {
    const { client, socket } = await joined();
    const time = stopTime();
    const first = settled(socket.emitWithAck("first", 1));
    const second = settled(socket.timeout(1000).emitWithAck("second"));
    const third = settled(socket.emitWithAck("third"));
    const fourth = settled(socket.timeout(500).emitWithAck("fourth"));
    await sent(client, socket, "433[]", '432[{"deep":["x"]},"ignored"]', '430["one"]');
    expect(await first).to.deep.equal({ value: "one" });
    expect(await third).to.deep.equal({ value: { deep: ["x"] } });
    expect(await fourth).to.deep.equal({ value: undefined });
    time.advance(1000);
    expect(await second).to.include(TIMED_OUT);
    expect([socket.acks.size, time.pending()]).to.deep.equal([0, 0]);
  });

  it("may carry bytes", async () => {
    const { client, socket } = await joined();
    const answer = socket.emitWithAck("ask");
    client.send('461-0[{"_placeholder":true,"num":0}]', Buffer.of(1, 2));
    expect(await answer).to.deep.equal(Buffer.of(1, 2));
  });

  it("is of one socket: no other can give it", async () => {
    const { clients, sockets, socket, client } = await joined(2);
    const answers: unknown[] = [];
    socket.emit("ask", (answer: unknown) => answers.push(answer));
    await sent(clients[1] as RawClient, sockets[1] as Socket, '430["forged"]', '431["forged"]');
    await sent(client, socket, '431["other id"]', '439007199254740991["huge id"]');
    expect(answers).to.deep.equal([]);
    await sent(client, socket, '430["mine"]');
    expect(answers).to.deep.equal(["mine"]);
  });

  it("leaves nothing behind when the event cannot be written", async () => {
    const { socket } = await joined();
    const time = stopTime();
    expect(() => socket.emit("ask", 1n, () => expect.fail("was never asked"))).to.throw(TypeError);
    expect(() => socket.timeout(1000).emit("ask", 1n, () => expect.fail("was never asked"))).to.throw(
      TypeError,
    );
    expect(await settled(socket.emitWithAck("ask", 1n))).to.be.instanceOf(TypeError);
    expect(await settled(socket.timeout(1000).emitWithAck("ask", 1n))).to.be.instanceOf(TypeError);
    expect([socket.acks.size, time.pending()]).to.deep.equal([0, 0]);
  });

  it("holds for the next event alone: a timeout is not for the one after it", async () => {
    const { client, socket } = await joined();
    const time = stopTime();
    socket.timeout(1000);
    socket.emit("plain");
    const answers: unknown[][] = [];
    socket.emit("ask", (...answer: unknown[]) => answers.push(answer));
    expect(time.pending()).to.equal(0);
    await sent(client, socket, '430["x"]');
    expect(answers).to.deep.equal([["x"]]);
  });

  for (const [title, leave] of [
    ["its client leaves the namespace", ({ client }) => client.send("41")],
    ["its connection is lost", ({ client }) => client.close()],
    ["it is put out", ({ socket }) => socket.disconnect()],
    ["the server closes", ({ io }) => void io.close()],
  ] as [string, (scene: Awaited<ReturnType<typeof joined>>) => void][])
    it(`is an error at once when ${title}; a plain callback is dropped`, async () => {
      const scene = await joined();
      const { socket } = scene;
      const time = stopTime();
      const errors: unknown[] = [];
      const promises = [socket.emitWithAck("ask"), socket.timeout(60_000).emitWithAck("ask")];
      socket.timeout(60_000).emit("ask", (...answer: unknown[]) => errors.push(answer));
      socket.emit("ask", () => expect.fail("a plain callback has no place for an error"));
      expect([socket.acks.size, time.pending()]).to.deep.equal([4, 2]);
      leave(scene);
      for (const promise of promises)
        expect(await settled(promise))
          .to.be.instanceOf(AckError)
          .and.include(DISCONNECTED);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.have.nested.property("[0].code", "SIO_ACK_DISCONNECTED");
      expect(socket.acks.size).to.equal(0);
      timeouts?.restore();
    });

  it("is told before `disconnect` is, so that nothing waits there any more", async () => {
    const { client, socket } = await joined();
    const log: unknown[] = [];
    socket.timeout(1000).emit("ask", ({ code }: AckError) => log.push(code));
    socket.on("disconnect", () => log.push(["disconnect", socket.acks.size]));
    const left = once(socket, "disconnect");
    client.close();
    await left;
    expect(log).to.deep.equal(["SIO_ACK_DISCONNECTED", ["disconnect", 0]]);
  });

  it("is an error when the socket has gone before it was asked; nothing stays", async () => {
    const { client, socket } = await joined();
    const left = once(socket, "disconnect");
    client.close();
    await left;
    const time = stopTime();
    const log: unknown[] = [];
    socket.timeout(1000).emit("ask", ({ code }: AckError) => log.push(code));
    socket.emit("ask", () => expect.fail("a plain callback has no place for an error"));
    log.push("emit has returned");
    expect(await settled(socket.emitWithAck("ask"))).to.include(DISCONNECTED);
    // Who asks again and again must not hold up the process: each try takes its time.
    const late = settled(socket.timeout(1000).emitWithAck("ask"));
    time.advance(999);
    await tick();
    expect(log).to.deep.equal(["emit has returned"]);
    time.advance(1);
    expect(await late).to.include(DISCONNECTED);
    expect(log).to.deep.equal(["emit has returned", "SIO_ACK_DISCONNECTED"]);
    expect([socket.acks.size, time.pending()]).to.deep.equal([0, 0]);
  });

  it("is an error when the socket is never let in", async () => {
    const { io, connect } = await joined();
    const asked: Promise<unknown>[] = [];
    io.use((socket, next) => {
      asked.push(settled(socket.emitWithAck("ask")), settled(socket.timeout(60_000).emitWithAck("ask")));
      next(new Error("no entry"));
      asked.push(settled(socket.emitWithAck("ask")));
    });
    const client = connect();
    await client.next();
    client.send("40");
    while (asked.length < 3) await tick();
    for (const answer of asked) expect(await answer).to.include(DISCONNECTED);
  });

  it("comes to a socket that asks while it is being let in", async () => {
    const { io, connect } = await joined();
    const answers: unknown[] = [];
    io.use(async (socket, next) => {
      answers.push(socket.emitWithAck("who are you?"));
      next();
    });
    const client = connect();
    await client.next();
    client.send("40");
    expect(await client.next()).to.match(/^42\d+\["who are you\?"\]$/);
    expect(await client.next()).to.match(/^40/);
    const [, id] = [0, [...io.sockets.sockets.values()].at(-1)?.acks.size];
    expect(id).to.equal(1);
    client.send('430["Ada"]');
    expect(await answers[0]).to.equal("Ada");
  });

  it("is not waited for while a callback asks again", async () => {
    const { client, socket } = await joined();
    const answers: unknown[] = [];
    socket.emit("ask", (answer: unknown) => {
      answers.push(answer);
      socket.emit("ask", (again: unknown) => answers.push(again));
    });
    await sent(client, socket, '430["one"]');
    expect(socket.acks.size).to.equal(1);
    await sent(client, socket, '430["old id"]', '431["two"]');
    expect(answers).to.deep.equal(["one", "two"]);
    expect(socket.acks.size).to.equal(0);
  });

  it("does not call one that was asked for while the others are told of the end", async () => {
    const { client, socket } = await joined();
    const codes: string[] = [];
    socket.timeout(1000).emit("ask", ({ code }: AckError) => {
      codes.push(code);
      socket.timeout(5).emit("ask", (error: AckError) => codes.push(`again ${error.code}`));
    });
    client.close();
    while (codes.length < 2) await tick();
    expect(codes).to.deep.equal(["SIO_ACK_DISCONNECTED", "again SIO_ACK_DISCONNECTED"]);
    expect(socket.acks.size).to.equal(0);
  });
});

describe("acknowledgements of a broadcast", () => {
  const left = (sockets: readonly Socket[]): number[] => sockets.map(({ acks }) => acks.size);

  it("come as a list, when the last is there, and leave nothing", async () => {
    const { io, clients, sockets } = await joined(3);
    const time = stopTime();
    const answer = io.timeout(1000).emitWithAck("ask", 1);
    for (const [index, client] of clients.entries()) {
      expect(await client.next()).to.equal('420["ask",1]');
      await sent(client, sockets[index] as Socket, `430[${index}]`, '430["twice"]');
    }
    expect(await answer).to.deep.equal([0, 1, 2]);
    expect(left(sockets)).to.deep.equal([0, 0, 0]);
    expect(time.pending()).to.equal(0);
  });

  it("are an error with those that came, when the time is up; nothing stays with those that did not", async () => {
    const { io, clients, sockets } = await joined(3);
    const time = stopTime();
    const answer = settled(io.timeout(1000).emitWithAck("ask"));
    await sent(clients[1] as RawClient, sockets[1] as Socket, '430["me"]');
    expect(left(sockets)).to.deep.equal([1, 0, 1]);
    time.advance(1000);
    expect(await answer)
      .to.be.instanceOf(AckError)
      .and.deep.include({ ...TIMED_OUT, responses: ["me"] });
    expect(left(sockets)).to.deep.equal([0, 0, 0]);
    expect(time.pending()).to.equal(0);
  });

  it("are an error when one of the asked has left, with those of the others", async () => {
    const { io, clients, sockets } = await joined(3);
    const time = stopTime();
    const answer = settled(io.timeout(1000).emitWithAck("ask"));
    const gone = once(sockets[0] as Socket, "disconnect");
    clients[0]?.close();
    await gone;
    for (const index of [1, 2])
      await sent(clients[index] as RawClient, sockets[index] as Socket, `430[${index}]`);
    time.advance(1000);
    const error = await answer;
    expect(error).to.be.instanceOf(AckError);
    expect(error).to.have.deep.property("responses", [1, 2]);
    expect(left(sockets)).to.deep.equal([0, 0, 0]);
    expect(time.pending()).to.equal(0);
  });

  it("do not hang without a timeout, whoever leaves", async () => {
    const { io, clients } = await joined(2);
    const answer = settled(io.except("nobody").emitWithAck("ask"));
    for (const client of clients) client.close();
    expect(await answer).to.be.instanceOf(AckError);
  });

  it("are an empty list when there is nobody to ask", async () => {
    const { io } = await joined();
    expect(await io.to("nobody").timeout(1000).emitWithAck("ask")).to.deep.equal([]);
    const answers: unknown[] = [];
    io.to("nobody")
      .timeout(1000)
      .emit("ask", (...answer: unknown[]) => answers.push(answer));
    expect(answers, "the callback comes after emit has returned").to.deep.equal([]);
    while (answers.length === 0) await tick();
    expect(answers).to.deep.equal([[null, []]]);
  });

  it("are of those asked: a socket that joined later, or another, has no say", async () => {
    const { io, clients, sockets } = await joined(2);
    await sockets[0]?.join("r");
    const answers = io.to("r").timeout(1000).emitWithAck("ask");
    await sockets[1]?.join("r");
    await sent(clients[1] as RawClient, sockets[1] as Socket, '430["forged"]');
    await sent(clients[0] as RawClient, sockets[0] as Socket, '430["mine"]');
    expect(await answers).to.deep.equal(["mine"]);
  });

  it("throw, and leave nothing, when the event cannot be written", async () => {
    const { io, sockets } = await joined(2);
    const time = stopTime();
    expect(() => io.timeout(1000).emit("ask", 1n, () => expect.fail("was never asked"))).to.throw(TypeError);
    expect(await settled(io.timeout(1000).emitWithAck("ask", 1n))).to.be.instanceOf(TypeError);
    expect(left(sockets)).to.deep.equal([0, 0]);
    expect(time.pending()).to.equal(0);
  });

  it("come to a socket's broadcast from all but itself", async () => {
    const { clients, sockets, socket } = await joined(2);
    const answers = socket.broadcast.timeout(1000).emitWithAck("ask");
    await sent(clients[1] as RawClient, sockets[1] as Socket, '430["other"]');
    expect(await answers).to.deep.equal(["other"]);
  });

  it("go with those of emit: ids are not given twice", async () => {
    const { io, client, socket } = await joined();
    socket.emit("a", () => {});
    io.timeout(60_000).emit("b", () => {});
    socket.emit("c", () => {});
    const texts = [await client.next(), await client.next(), await client.next()];
    expect(texts).to.deep.equal(['420["a"]', '421["b"]', '422["c"]']);
    await sent(client, socket, "430[]", "431[]", "432[]");
    expect(socket.acks.size).to.equal(0);
  });
});

/** Another server's sockets, as an adapter of a cluster tells of them. */
class ElsewhereAdapter extends Adapter {
  readonly asked: unknown[] = [];
  answer: ((clients: (count: number) => void, ack: (answer: unknown) => void) => void) | undefined;
  onServerSide: (packet: unknown[]) => void = () => {};

  override fetchSockets(): Promise<unknown[]> {
    return Promise.resolve([
      { id: "elsewhere", handshake: {}, rooms: ["elsewhere", "r"], data: { name: "Ada" } },
    ]);
  }

  override broadcastWithAck(
    packet: { data: unknown[] },
    options: { rooms: Set<string> },
    clients: (count: number) => void,
    ack: (answer: unknown) => void,
  ): void {
    this.asked.push([packet.data, [...options.rooms]]);
    this.answer?.(clients, ack);
  }

  override serverSideEmit(packet: unknown[]): void {
    this.onServerSide(packet);
  }
}

async function elsewhere() {
  const { io } = await startServer({ adapter: (nsp: Namespace) => new ElsewhereAdapter(nsp) });
  const adapter = io.sockets.adapter as ElsewhereAdapter;
  const [remote] = (await io.fetchSockets()) as [
    RemoteSocket<{ [name: string]: (...args: never[]) => void }, unknown>,
  ];
  return { io, adapter, remote };
}

describe("acknowledgement of a remote socket", () => {
  it("is one answer, not a list", async () => {
    const { adapter, remote } = await elsewhere();
    expect(remote).to.include({ id: "elsewhere" });
    expect([remote.rooms, remote.data]).to.deep.equal([new Set(["elsewhere", "r"]), { name: "Ada" }]);
    adapter.answer = (clients, ack) => {
      clients(1);
      ack("from elsewhere");
    };
    expect(await remote.timeout(1000).emitWithAck("ask", 1 as never)).to.equal("from elsewhere");
    expect(adapter.asked).to.deep.equal([[["ask", 1], ["elsewhere"]]]);
  });

  it("is an error when the time is up, whatever came from its server", async () => {
    const { adapter, remote } = await elsewhere();
    const time = stopTime();
    for (const answer of [undefined, (clients: (count: number) => void) => clients(1)]) {
      adapter.answer = answer;
      const failure = settled(remote.timeout(1000).emitWithAck("ask"));
      await tick();
      time.advance(1000);
      expect(await failure).to.include(TIMED_OUT);
      expect(time.pending()).to.equal(0);
    }
  });
});

describe("acknowledgements of other servers", () => {
  it("come as a list, without the callback's error", async () => {
    const { io, adapter } = await elsewhere();
    adapter.onServerSide = (packet) => {
      expect(packet.slice(0, -1)).to.deep.equal(["ping", 1]);
      (packet.at(-1) as (error: null, answers: unknown[]) => void)(null, ["a", "b"]);
    };
    expect(await io.serverSideEmitWithAck("ping", 1)).to.deep.equal(["a", "b"]);
  });

  it("are an error that holds those that came", async () => {
    const { io, adapter } = await elsewhere();
    adapter.onServerSide = (packet) =>
      (packet.at(-1) as (error: Error, answers: unknown[]) => void)(new Error("timeout reached"), ["a"]);
    expect(await settled(io.serverSideEmitWithAck("ping")))
      .to.be.an("error")
      .and.deep.include({ message: "timeout reached", responses: ["a"] });
  });

  for (const name of ["connect", "connection", "new_namespace"])
    it(`are refused for ${name}, which each server has of its own`, async () => {
      const { io, adapter } = await elsewhere();
      adapter.onServerSide = () => expect.fail("must not be sent");
      expect(() => io.serverSideEmit(name)).to.throw(Error, `"${name}" is a reserved event name`);
      expect(await settled(io.serverSideEmitWithAck(name))).to.have.property(
        "message",
        `"${name}" is a reserved event name`,
      );
    });
});
