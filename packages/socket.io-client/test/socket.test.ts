import { PACKET_TYPE } from "@towline/socket.io-parser";
import { expect } from "chai";
import type { Socket } from "../src/socket.ts";
import { type FakeCarrier, makeSocket } from "./support/fake-carrier.ts";

const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR } = PACKET_TYPE;

/** A connected Socket, its CONNECT taken off the record. */
function connected(...args: Parameters<typeof makeSocket>): { socket: Socket; carrier: FakeCarrier } {
  const made = makeSocket(...args);
  made.socket.connect();
  made.carrier.opened();
  accept(made.carrier, { sid: "s1" });
  made.carrier.takeSent();
  return made;
}

const accept = (carrier: FakeCarrier, data?: object): void =>
  carrier.member.onPacket({ type: CONNECT, nsp: "/", data });

const receive = (carrier: FakeCarrier, data: unknown[], id?: number): void =>
  carrier.member.onPacket({ type: EVENT, nsp: "/", data, id });

/** Records what listeners of the Socket's own events are told. */
function watch(socket: Socket): unknown[][] {
  const told: unknown[][] = [];
  socket.on("connect", () => told.push(["connect", socket.id]));
  socket.on("disconnect", (reason) => told.push(["disconnect", reason]));
  socket.on("connect_error", (error) => told.push(["connect_error", error.message, error.data]));
  return told;
}

describe("Socket: connecting", () => {
  it("asks for its namespace when the connection is open, and has the id it is given", () => {
    const { socket, carrier } = makeSocket({ auth: { token: "t" } });
    const told = watch(socket);
    expect([socket.active, socket.connected, socket.disconnected]).to.deep.equal([false, false, true]);
    socket.connect();
    expect(socket.active).to.equal(true);
    expect(carrier.sent).to.deep.equal([]);
    carrier.opened();
    expect(carrier.sent).to.deep.equal([{ type: CONNECT, nsp: "/", data: { token: "t" } }]);
    accept(carrier, { sid: "s1" });
    expect(told).to.deep.equal([["connect", "s1"]]);
    expect(socket.connected).to.equal(true);
  });

  it("asks an auth function for each attempt, and ignores an answer that comes too late", () => {
    const answers: ((data: object) => void)[] = [];
    const { socket, carrier } = makeSocket({ auth: (callback) => void answers.push(callback) });
    socket.connect();
    carrier.opened();
    carrier.lost();
    carrier.opened();
    answers[0]?.({ attempt: 1 });
    answers[1]?.({ attempt: 2 });
    answers[1]?.({ attempt: "again" });
    expect(carrier.sent.map(({ data }) => data)).to.deep.equal([{ attempt: 2 }]);
  });

  it("is refused with the server's message and data, and not active any more", () => {
    const { socket, carrier } = makeSocket();
    const told = watch(socket);
    socket.connect();
    carrier.opened();
    carrier.member.onPacket({ type: CONNECT_ERROR, nsp: "/", data: { message: "no", data: { code: 1 } } });
    expect(told).to.deep.equal([["connect_error", "no", { code: 1 }]]);
    expect(socket.active).to.equal(false);
    expect(carrier.hasMember).to.equal(false);
    socket.connect();
    expect(carrier.sent).to.have.lengthOf(2);
  });

  it("tells failed attempts and goes on waiting", () => {
    const { socket, carrier } = makeSocket();
    const told = watch(socket);
    socket.connect();
    carrier.member.onError(new Error("xhr poll error"));
    expect(told).to.deep.equal([["connect_error", "xhr poll error", undefined]]);
    expect(socket.active).to.equal(true);
    socket.connect();
    expect(carrier.opens).to.equal(2);
  });

  it("says so when a server accepts it without an id", () => {
    const { socket, carrier } = makeSocket();
    const told = watch(socket);
    socket.connect();
    carrier.opened();
    accept(carrier);
    expect(told[0]?.[1]).to.match(/gave no id/);
  });

  it("leaves once disconnected, and reports it", () => {
    const { socket, carrier } = connected();
    const told = watch(socket);
    socket.disconnect().disconnect();
    expect(carrier.sent).to.deep.equal([{ type: DISCONNECT, nsp: "/" }]);
    expect(told).to.deep.equal([["disconnect", "io client disconnect"]]);
    expect([socket.id, socket.active, carrier.hasMember]).to.deep.equal([undefined, false, false]);
  });

  it("does not come back by itself when the server disconnected it", () => {
    const { socket, carrier } = connected();
    const told = watch(socket);
    carrier.member.onPacket({ type: DISCONNECT, nsp: "/" });
    expect(told).to.deep.equal([["disconnect", "io server disconnect"]]);
    expect(socket.active).to.equal(false);
  });

  it("comes back by itself when the connection was lost", () => {
    const { socket, carrier } = connected();
    const told = watch(socket);
    carrier.lost();
    expect(socket.active).to.equal(true);
    carrier.opened();
    accept(carrier, { sid: "s2" });
    expect(told).to.deep.equal([
      ["disconnect", "transport close"],
      ["connect", "s2"],
    ]);
  });
});

describe("Socket: revision 4 of the protocol", () => {
  it("waits to be put into / by the server, with the id of the connection", () => {
    const { socket, carrier } = makeSocket({}, { revision: 3 });
    socket.connect();
    carrier.opened();
    expect(carrier.sent).to.deep.equal([]);
    accept(carrier);
    expect(socket.id).to.equal("engine1");
  });

  it("asks for another namespace with its query, and puts the namespace before the id", () => {
    const { socket, carrier } = makeSocket({ auth: { secret: 1 } }, { revision: 3, nsp: "/admin" });
    socket.connect();
    carrier.opened();
    expect(carrier.sent).to.deep.equal([{ type: CONNECT, nsp: "/admin?token=a%26b" }]);
    accept(carrier);
    expect(socket.id).to.equal("/admin#engine1");
  });

  for (const [data, message, extra] of [
    ["not you", "not you", undefined],
    [{ code: 1 }, "connection refused by the server", { code: 1 }],
    [{ message: "Invalid namespace" }, "Invalid namespace", undefined],
  ] as const)
    it(`turns the refusal ${JSON.stringify(data)} into an error`, () => {
      const { socket, carrier } = makeSocket({}, { revision: 3 });
      const told = watch(socket);
      socket.connect();
      carrier.opened();
      carrier.member.onPacket({ type: CONNECT_ERROR, nsp: "/", data });
      expect(told).to.deep.equal([["connect_error", message, extra]]);
    });
});

describe("Socket: emitting", () => {
  it("keeps events until it is connected, then sends them in order, before it tells", () => {
    const { socket, carrier } = makeSocket();
    socket.emit("a", 1);
    socket.send("b");
    expect(socket.sendBuffer).to.have.lengthOf(2);
    const order: string[] = [];
    socket.on("connect", () => order.push(`connect after ${carrier.sent.length}`));
    socket.connect();
    carrier.opened();
    accept(carrier, { sid: "s1" });
    expect(carrier.sent.slice(1).map(({ data }) => data)).to.deep.equal([
      ["a", 1],
      ["message", "b"],
    ]);
    expect(order).to.deep.equal(["connect after 3"]);
    expect(socket.sendBuffer).to.deep.equal([]);
  });

  it("throws rather than keep more than maxBufferedPackets", () => {
    const { socket } = makeSocket({}, { opts: { maxBufferedPackets: 2 } });
    socket.emit("a").emit("b");
    expect(() => socket.emit("c")).to.throw("2 events wait for the connection already");
    expect(() => socket.volatile.emit("c")).not.to.throw();
  });

  for (const name of [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
  ])
    it(`refuses the reserved name ${name}`, () => {
      expect(() => makeSocket().socket.emit(name)).to.throw(`"${name}" is a reserved event name`);
    });

  it("drops a volatile event that cannot go at once, and only that one", () => {
    const { socket, carrier } = connected();
    carrier.writable = false;
    socket.volatile.emit("dropped");
    socket.emit("kept");
    carrier.writable = true;
    socket.volatile.emit("sent");
    expect(carrier.sent.map(({ data }) => data)).to.deep.equal([["kept"], ["sent"]]);
  });

  it("keeps an event when the server has not been heard of in time", () => {
    const { socket, carrier } = connected();
    carrier.alive = false;
    socket.emit("later");
    expect(carrier.sent).to.deep.equal([]);
    carrier.alive = true;
    carrier.lost();
    carrier.opened();
    accept(carrier, { sid: "s2" });
    expect(carrier.sent.at(-1)?.data).to.deep.equal(["later"]);
  });

  it("tells outgoing listeners when an event is sent, not when it is kept", () => {
    const { socket, carrier } = makeSocket();
    const heard: unknown[][] = [];
    const second = (...args: unknown[]): void => void heard.push(["second", ...args]);
    socket.onAnyOutgoing(second).prependAnyOutgoing((...args) => void heard.push(["first", ...args]));
    socket.emit("a", 1);
    expect(heard).to.deep.equal([]);
    socket.connect();
    carrier.opened();
    accept(carrier, { sid: "s1" });
    socket.offAnyOutgoing(second).emit("b");
    expect(heard).to.deep.equal([
      ["first", "a", 1],
      ["second", "a", 1],
      ["first", "b"],
    ]);
    expect(socket.offAnyOutgoing().listenersAnyOutgoing()).to.deep.equal([]);
  });
});

describe("Socket: acknowledgements", () => {
  const answer = (carrier: FakeCarrier, id: number | undefined, data: unknown[]): void =>
    carrier.member.onPacket({ type: ACK, nsp: "/", id, data });

  it("calls back once, with what the server answers", () => {
    const { socket, carrier } = connected();
    const answers: unknown[][] = [];
    socket.emit("ask", (...args: unknown[]) => answers.push(args));
    const id = carrier.sent[0]?.id;
    expect(carrier.sent).to.deep.equal([{ type: EVENT, nsp: "/", data: ["ask"], id }]);
    answer(carrier, id, [1, 2]);
    answer(carrier, id, [3]);
    answer(carrier, 999, [4]);
    expect(answers).to.deep.equal([[1, 2]]);
  });

  it("puts an error first when there is a timeout", async () => {
    const { socket, carrier } = connected();
    const answered = new Promise((resolve) =>
      socket.timeout(1000).emit("ask", (...args: unknown[]) => resolve(args)),
    );
    answer(carrier, carrier.sent[0]?.id, ["yes"]);
    expect(await answered).to.deep.equal([null, "yes"]);
    const error = await new Promise<Error>((resolve) => socket.timeout(1).emit("ask", resolve));
    expect(error.message).to.equal("operation has timed out");
  });

  it("withdraws an event from the buffer when its time is out", async () => {
    const { socket } = makeSocket();
    socket.emit("stays");
    await new Promise((resolve) => socket.timeout(1).emit("ask", resolve));
    expect(socket.sendBuffer.map(({ data }) => data)).to.deep.equal([["stays"]]);
  });

  it("promises the first argument of the answer", async () => {
    const { socket, carrier } = connected();
    const promise = socket.emitWithAck("ask", 1);
    answer(carrier, carrier.sent[0]?.id, ["yes", "ignored"]);
    expect(await promise).to.equal("yes");
  });

  it("rejects the promise on timeout and when the connection is lost", async () => {
    const { socket, carrier } = connected();
    const failures: string[] = [];
    const failing = (promise: Promise<unknown>) =>
      promise.catch((error: Error) => void failures.push(error.message));
    const late = failing(socket.timeout(1).emitWithAck("ask"));
    await late;
    const lost = failing(socket.emitWithAck("ask"));
    carrier.lost();
    await lost;
    expect(failures).to.deep.equal(["operation has timed out", "socket has been disconnected"]);
  });

  it("still waits for the answer to an event that is in the buffer when the connection is lost", () => {
    const { socket, carrier } = connected();
    const answers: unknown[] = [];
    carrier.alive = false;
    socket.timeout(10_000).emit("ask", (_error: unknown, reply: unknown) => answers.push(reply));
    carrier.alive = true;
    carrier.lost();
    carrier.opened();
    accept(carrier, { sid: "s2" });
    answer(carrier, carrier.sent.at(-1)?.id, ["yes"]);
    expect(answers).to.deep.equal(["yes"]);
  });

  it("sends the application's answer once, and never over another connection", () => {
    const { socket, carrier } = connected();
    const replies: ((...args: unknown[]) => void)[] = [];
    socket.on("ask", (reply) => replies.push(reply));
    receive(carrier, ["ask"], 7);
    replies[0]?.("a", 1);
    replies[0]?.("b");
    expect(carrier.sent).to.deep.equal([{ type: ACK, nsp: "/", id: 7, data: ["a", 1] }]);
    receive(carrier, ["ask"], 8);
    carrier.engine = "engine2";
    replies[1]?.("late");
    expect(carrier.sent).to.have.lengthOf(1);
  });
});

describe("Socket: receiving", () => {
  it("hands events to their listeners, and to those of any event before", () => {
    const { socket, carrier } = connected();
    const heard: unknown[][] = [];
    socket.on("news", (...args) => heard.push(["on", ...args]));
    socket.onAny((...args) => void heard.push(["any", ...args]));
    receive(carrier, ["news", 1, { a: 2 }]);
    expect(heard).to.deep.equal([
      ["any", "news", 1, { a: 2 }],
      ["on", 1, { a: 2 }],
    ]);
  });

  it("hands over what came before it was accepted, before it tells that it is connected", () => {
    const { socket, carrier } = makeSocket();
    const heard: unknown[] = [];
    socket.on("early", (value) => heard.push(value));
    socket.on("connect", () => heard.push("connect"));
    socket.connect();
    carrier.opened();
    receive(carrier, ["early", 1]);
    expect(heard).to.deep.equal([]);
    accept(carrier, { sid: "s1" });
    expect(heard).to.deep.equal([1, "connect"]);
  });

  it("closes the connection of a server that talks on but does not accept it", () => {
    const { socket, carrier } = makeSocket();
    socket.connect();
    carrier.opened();
    for (let count = 0; count <= 100_000; count++) receive(carrier, ["x"]);
    expect(carrier.failures.map(({ message }) => message)).to.deep.equal([
      "the server sends events but does not accept the connection",
    ]);
  });

  for (const name of ["__proto__", "constructor", "toString", "error"])
    it(`takes an event named ${name} for one like any other`, () => {
      const { socket, carrier } = connected();
      const heard: unknown[] = [];
      receive(carrier, [name, "nobody listens"]);
      socket.on(name, (value) => heard.push(value));
      receive(carrier, [name, 1]);
      expect(heard).to.deep.equal([1]);
    });
});

describe("Socket: state recovery", () => {
  it("offers the server its private id and how far it has read, and knows that it was taken up", () => {
    const { socket, carrier } = makeSocket({ auth: { token: "t" } });
    socket.connect();
    carrier.opened();
    accept(carrier, { sid: "s1", pid: "p1" });
    expect(socket.recovered).to.equal(false);
    receive(carrier, ["news", 1, "offset1"]);
    receive(carrier, ["other", 2]);
    carrier.lost();
    carrier.opened();
    expect(carrier.sent.at(-1)?.data).to.deep.equal({ pid: "p1", offset: "offset1", token: "t" });
    accept(carrier, { sid: "s1", pid: "p1" });
    expect(socket.recovered).to.equal(true);
    carrier.lost();
    carrier.opened();
    accept(carrier, { sid: "s2", pid: "p2" });
    expect(socket.recovered).to.equal(false);
  });

  it("offers nothing to a server that gave nothing", () => {
    const { carrier } = connected();
    receive(carrier, ["news", "text"]);
    carrier.lost();
    carrier.opened();
    expect(carrier.sent.at(-1)).to.deep.equal({ type: CONNECT, nsp: "/" });
  });
});
