import { ProtocolError } from "@towline/engine.io-parser";
import { expect } from "chai";
import { MAX_SEND_BUFFER, openSession, PING_INTERVAL, PING_TIMEOUT } from "./fake-transport.ts";

const message = (data: string) => ({ type: "message", data }) as const;

describe("session", () => {
  it("keeps messages while polling has no poll, and sends them in order with the next one", () => {
    const { session, transport } = openSession("polling");
    session.send(message("a"));
    session.send(message("b"));
    expect(transport.take()).to.deep.equal([]);
    transport.poll();
    expect(transport.take()).to.deep.equal([message("a"), message("b")]);
  });

  it("calls back for each of very many messages that waited for one poll", () => {
    const { session, transport } = openSession("polling");
    const { maxSendBufferBytes } = session.context;
    Object.assign(session.context, { maxSendBufferBytes: Number.MAX_SAFE_INTEGER });
    let called = 0;
    for (let i = 0; i < 300_000; i++) session.send(message(""), () => called++);
    transport.poll();
    transport.sink.onFlushed();
    expect(called).to.equal(300_000);
    Object.assign(session.context, { maxSendBufferBytes });
  });

  it("ends when more waits for a poll than may", () => {
    const { session, transport, owner, clock } = openSession("polling");
    const half = "x".repeat(MAX_SEND_BUFFER / 2 - 100);
    for (let round = 0; round < 3; round++) {
      session.send(message(half));
      session.send(message(half));
      transport.poll();
    }
    expect(owner.closes).to.deep.equal([]);
    for (let i = 0; i < 3; i++) session.send(message(half));
    expect(owner.closes).to.deep.equal([
      ["send buffer overflow", "more waits to be sent than maxSendBufferBytes allows"],
    ]);
    expect([session.queued.length, clock.pending]).to.deep.equal([0, 0]);
  });

  it("hands on messages, an empty one included", () => {
    const { transport, owner } = openSession("websocket");
    transport.sink.onPacket("message", "a");
    transport.sink.onPacket("message", undefined);
    expect(owner.messages).to.deep.equal(["a", ""]);
  });

  it("sends what is queued before it closes", () => {
    const { session, transport, owner } = openSession("polling");
    session.send(message("last"));
    session.close();
    session.send(message("too late"));
    expect(owner.closes).to.deep.equal([]);
    transport.poll();
    expect(transport.take()).to.deep.equal([message("last")]);
    expect(transport.closedBy).to.equal("graceful");
    expect(owner.closes).to.deep.equal([["forced close", undefined]]);
  });

  it("does not wait for a poll when the client says goodbye as well", () => {
    const { session, transport, owner, clock } = openSession("polling");
    session.send(message("never fetched"));
    session.close();
    transport.sink.onPacket("close", undefined);
    expect(owner.closes).to.deep.equal([["transport close", undefined]]);
    expect(clock.pending).to.equal(0);
  });

  it("drops what is queued when told to discard", () => {
    const { session, transport, owner } = openSession("polling");
    session.send(message("never"));
    session.close(true);
    expect(transport.closedBy).to.equal("abort");
    expect(owner.closes).to.deep.equal([["forced close", undefined]]);
  });

  for (const [title, cause, reason] of [
    ["an orderly end", undefined, "transport close"],
    ["a failure of the network", new Error("reset"), "transport error"],
    ["a malformed packet", new ProtocolError("EIO_UNKNOWN_PACKET"), "parse error"],
  ] as const)
    it(`closes with "${reason}" after ${title}, once`, () => {
      const { transport, owner, clock } = openSession("websocket");
      const { sink } = transport;
      sink.onClose(cause);
      sink.onClose(new Error("again"));
      sink.onPacket("message", "late");
      expect(owner.closes).to.deep.equal([[reason, cause?.message]]);
      expect(owner.messages).to.deep.equal([]);
      expect(clock.pending).to.equal(0);
    });

  it('closes with "transport close" when the client says goodbye', () => {
    const { transport, owner } = openSession("polling");
    transport.sink.onPacket("close", undefined);
    expect(owner.closes).to.deep.equal([["transport close", undefined]]);
  });
});

describe("heartbeat of revision 4", () => {
  it("pings after the interval, and again that long after the pong", () => {
    const { transport, owner, clock } = openSession("websocket");
    clock.advance(PING_INTERVAL - 1);
    expect(transport.take()).to.deep.equal([]);
    clock.advance(1);
    expect(transport.take()).to.deep.equal([{ type: "ping" }]);
    clock.advance(10);
    transport.sink.onPacket("pong", undefined);
    expect(owner.events).to.include("heartbeat");
    clock.advance(PING_INTERVAL);
    expect(transport.take()).to.deep.equal([{ type: "ping" }]);
  });

  it("closes when nothing comes within the timeout", () => {
    const { owner, clock } = openSession("websocket");
    clock.advance(PING_INTERVAL + PING_TIMEOUT - 1);
    expect(owner.closes).to.deep.equal([]);
    clock.advance(1);
    expect(owner.closes).to.deep.equal([["ping timeout", undefined]]);
    expect(clock.pending).to.equal(0);
  });

  it("takes any packet as a sign of life", () => {
    const { transport, owner, clock } = openSession("websocket");
    clock.advance(PING_INTERVAL + PING_TIMEOUT - 1);
    transport.sink.onPacket("message", "still here");
    clock.advance(PING_TIMEOUT);
    expect(owner.closes).to.deep.equal([]);
  });

  it("refuses a ping, which is the server's to send", () => {
    const { transport, owner } = openSession("websocket");
    transport.sink.onPacket("ping", undefined);
    expect(owner.closes).to.deep.equal([["transport error", "invalid heartbeat direction"]]);
  });
});

describe("heartbeat of revision 3", () => {
  it("answers a ping with a pong of the same data", () => {
    const { transport } = openSession("websocket", 3);
    transport.sink.onPacket("ping", undefined);
    transport.sink.onPacket("ping", "probe");
    expect(transport.take()).to.deep.equal([{ type: "pong" }, { type: "pong", data: "probe" }]);
  });

  it("closes a client that is silent for interval and timeout together", () => {
    const { transport, owner, clock } = openSession("websocket", 3);
    clock.advance(PING_INTERVAL);
    transport.sink.onPacket("message", "hi");
    clock.advance(PING_INTERVAL + PING_TIMEOUT - 1);
    expect(owner.closes).to.deep.equal([]);
    expect(transport.take()).to.deep.equal([]);
    clock.advance(1);
    expect(owner.closes).to.deep.equal([["ping timeout", undefined]]);
  });

  it("refuses a pong, which is the server's to send", () => {
    const { transport, owner } = openSession("websocket", 3);
    transport.sink.onPacket("pong", undefined);
    expect(owner.closes).to.deep.equal([["transport error", "invalid heartbeat direction"]]);
  });
});
