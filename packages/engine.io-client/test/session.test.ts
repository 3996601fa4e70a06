import { revision3, revision4 } from "@towline/engine.io-parser";
import { expect } from "chai";
import { RevisionMemory } from "../src/revision.ts";
import { TransportError } from "../src/transport.ts";
import { openSession } from "./support/session.ts";

const message = (data: string) => ({ type: "message", data }) as const;

/** A session on polling whose probe has been answered: it waits for polling to come to rest. */
function pausingSession() {
  const bench = openSession();
  const polling = bench.transport(0);
  polling.handshake({ upgrades: ["websocket"] });
  const websocket = bench.transport(1);
  websocket.writable = true;
  websocket.sink.onOpen();
  expect(websocket.takeSent()).to.deep.equal([{ type: "ping", data: "probe" }]);
  websocket.receive([{ type: "pong", data: "probe" }]);
  return { ...bench, polling, websocket };
}

describe("client session: opening", () => {
  it("opens with the first packet, which gives the id", () => {
    const { session, told, transport } = openSession(["polling"]);
    expect(session.state).to.equal("opening");
    transport(0).handshake();
    expect(session.state).to.equal("open");
    expect(session.handshake?.sid).to.equal("abc");
    expect(told).to.deep.equal(["handshake", "open"]);
  });

  it("sends what was queued before the handshake once it is there", () => {
    const { session, transport } = openSession(["polling"]);
    session.send(message("early"));
    expect(transport(0).takeSent()).to.deep.equal([]);
    transport(0).handshake();
    expect(transport(0).takeSent()).to.deep.equal([message("early")]);
  });

  for (const [what, packet] of [
    ["a message", message("hi")],
    ["no JSON", { type: "open", data: "{" }],
    ["no sid", { type: "open", data: '{"upgrades":[],"pingInterval":1,"pingTimeout":1}' }],
    [
      "an interval beyond reason",
      { type: "open", data: '{"sid":"a","upgrades":[],"pingInterval":1e12,"pingTimeout":1}' },
    ],
  ] as const)
    it(`closes with "parse error" when the server begins with ${what}`, () => {
      const { told, transport } = openSession(["polling"]);
      transport(0).receive([packet], revision4);
      expect(told.filter((line) => line !== packet.type)).to.deep.equal(["close:parse error"]);
      expect(transport(0).closedAs).to.equal("discard");
    });

  it("gives up when the server does not open a session in time", () => {
    const { clock, told } = openSession(["polling"], { openTimeoutMs: 5000 });
    clock.advance(4999);
    expect(told).to.deep.equal([]);
    clock.advance(1);
    expect(told).to.deep.equal(["close:transport error"]);
    expect(clock.pending).to.equal(0);
  });

  it("tries the next transport if asked to", () => {
    const { transport, told } = openSession(["websocket", "polling"], { tryAllTransports: true });
    transport(0).fail(new TransportError("websocket error"));
    expect(told).to.deep.equal([]);
    transport(1).handshake();
    expect(told).to.deep.equal(["handshake", "open"]);
  });

  it("closes with the transport's error otherwise", () => {
    const { transport, told } = openSession(["websocket", "polling"]);
    transport(0).fail(new TransportError("websocket error"));
    expect(told).to.deep.equal(["close:transport error"]);
  });
});

describe("client session: finding out the revision", () => {
  it("takes the revision that a polling answer shows", () => {
    for (const codec of [revision3, revision4]) {
      const { session, transport } = openSession(["polling"]);
      transport(0).handshake({}, codec);
      expect(session.revision).to.equal(codec.revision);
    }
  });

  it("takes maxPayload in a WebSocket handshake for revision 4", () => {
    const { session, transport } = openSession(["websocket"]);
    transport(0).handshake({ maxPayload: 1000 });
    expect(session.revision).to.equal(4);
    expect(transport(0).takeSent()).to.deep.equal([]);
  });

  it("asks a WebSocket server that does not tell, and takes a pong for revision 3", () => {
    const { session, told, transport } = openSession(["websocket"]);
    transport(0).handshake();
    expect(transport(0).takeSent()).to.deep.equal([{ type: "ping" }]);
    expect(session.state).to.equal("detecting");
    session.send(message("early"));
    transport(0).receive([message("0")]);
    expect(told).to.deep.equal([]);
    transport(0).receive([{ type: "pong" }]);
    expect(session.revision).to.equal(3);
    expect(told).to.deep.equal(["handshake", "open", "message:0"]);
    expect(transport(0).takeSent()).to.deep.equal([message("early")]);
  });

  it("decodes bytes that came before the pong as revision 3's", () => {
    const { told, transport } = openSession(["websocket"]);
    transport(0).handshake();
    transport(0).receive([{ type: "message", data: Buffer.from([4, 1, 2]) }]);
    transport(0).receive([{ type: "pong" }]);
    expect(told).to.deep.equal(["handshake", "open", "message:<1,2>"]);
  });

  it("connects once more, as revision 4, when the server closes over the question", () => {
    const { session, made, told, transport, clock } = openSession(["websocket"]);
    transport(0).handshake();
    transport(0).fail({ description: "websocket connection closed" });
    expect(made).to.have.lengthOf(2);
    transport(1).handshake({ sid: "second" });
    expect(session.revision).to.equal(4);
    expect(session.handshake?.sid).to.equal("second");
    expect(told).to.deep.equal(["handshake", "open"]);
    session.close();
    expect(clock.pending).to.equal(0);
  });

  it("remembers a revision 4 server, so that the next connection is not asked", () => {
    const memory = new RevisionMemory();
    const first = openSession(["websocket"], { memory });
    first.transport(0).handshake();
    first.transport(0).fail({ description: "closed" });
    first.transport(1).handshake();
    const second = openSession(["websocket"], { memory });
    second.transport(0).handshake();
    expect(second.session.state).to.equal("open");
  });

  it("forgets it when the server falls silent", () => {
    const memory = new RevisionMemory();
    memory.remember("http://localhost/engine.io/");
    const { transport, clock, told } = openSession(["websocket"], { memory });
    transport(0).handshake();
    clock.advance(500);
    expect(told).to.include("close:ping timeout");
    expect(memory.isRevision4("http://localhost/engine.io/")).to.equal(false);
  });

  it("gives up on a server that talks on without an answer", () => {
    const { transport, told } = openSession(["websocket"]);
    transport(0).handshake();
    for (let count = 0; count < 1001; count++) transport(0).receive([message("x")]);
    expect(told).to.deep.equal(["close:parse error"]);
  });
});

describe("client session: heartbeat", () => {
  it("answers each ping of a revision 4 server", () => {
    const { transport } = openSession(["polling"]);
    transport(0).handshake();
    transport(0).receive([{ type: "ping" }]);
    expect(transport(0).takeSent()).to.deep.equal([{ type: "pong" }]);
  });

  it("closes when a revision 4 server's ping is overdue", () => {
    const { transport, clock, told } = openSession(["polling"]);
    transport(0).handshake();
    clock.advance(499);
    transport(0).receive([{ type: "ping" }]);
    clock.advance(499);
    expect(told).to.not.include("close:ping timeout");
    clock.advance(1);
    expect(told).to.include("close:ping timeout");
    expect(clock.pending).to.equal(0);
  });

  it("pings a revision 3 server at its interval, also while that one talks", () => {
    const { transport, clock } = openSession(["polling"]);
    transport(0).handshake({}, revision3);
    clock.advance(200);
    transport(0).receive([message("chatter")], revision3);
    clock.advance(100);
    expect(transport(0).takeSent()).to.deep.equal([{ type: "ping" }]);
    transport(0).drain();
    transport(0).receive([{ type: "pong" }], revision3);
    clock.advance(300);
    expect(transport(0).takeSent()).to.deep.equal([{ type: "ping" }]);
  });

  it("closes when a revision 3 server does not answer in time", () => {
    const { transport, clock, told } = openSession(["polling"]);
    transport(0).handshake({}, revision3);
    clock.advance(499);
    expect(told).to.not.include("close:ping timeout");
    clock.advance(1);
    expect(told).to.include("close:ping timeout");
  });

  it("knows by the clock that a ping is overdue, timer or no timer", () => {
    const { session, transport, clock } = openSession(["polling"]);
    transport(0).handshake();
    const sleeping = clock.now;
    clock.now = () => sleeping.call(clock) + 501;
    expect(session.overdue).to.equal(true);
  });
});

describe("client session: upgrade", () => {
  it("sends the upgrade packet only when polling has come to rest, then what was queued", () => {
    const { session, told, polling, websocket } = pausingSession();
    session.send(message("1"));
    session.send(message("2"));
    polling.receive([message("last on polling")], revision4);
    expect(polling.takeSent()).to.deep.equal([]);
    expect(websocket.takeSent()).to.deep.equal([]);
    polling.onPaused?.();
    expect(websocket.takeSent()).to.deep.equal([{ type: "upgrade" }, message("1"), message("2")]);
    expect(polling.closedAs).to.equal("discard");
    expect(told).to.deep.equal(["handshake", "open", "upgrading", "message:last on polling", "upgrade"]);
    expect(session.state).to.equal("upgraded");
  });

  it("goes on sending by polling while the probe is on its way", () => {
    const { session, transport } = openSession();
    transport(0).handshake({ upgrades: ["websocket"] });
    session.send(message("1"));
    expect(transport(0).takeSent()).to.deep.equal([message("1")]);
  });

  it("stays with polling, and sends what was queued, when the probe fails while polling comes to rest", () => {
    const { session, told, polling, websocket } = pausingSession();
    session.send(message("1"));
    websocket.fail(new TransportError("websocket error"));
    expect(polling.isResumed).to.equal(true);
    expect(polling.takeSent()).to.deep.equal([message("1")]);
    expect(told).to.include("upgradeError:websocket error");
    polling.onPaused?.();
    expect(session.state).to.equal("open");
    expect(websocket.takeSent()).to.deep.equal([]);
  });

  it("reports a probe that is answered with something else", () => {
    const { told, transport } = openSession();
    transport(0).handshake({ upgrades: ["websocket"] });
    transport(1).sink.onOpen();
    transport(1).receive([{ type: "pong", data: "other" }]);
    expect(told).to.include("upgradeError:probe error");
    expect(transport(1).closedAs).to.equal("discard");
  });

  it("gives a probe up that is not answered", () => {
    const { session, told, transport, clock } = openSession();
    transport(0).handshake({ upgrades: ["websocket"], pingInterval: 30_000 });
    clock.advance(20_000);
    expect(told).to.include("upgradeError:the probe came to nothing within 20000 ms");
    expect(session.state).to.equal("open");
  });

  it("gives an upgrade up in time for its own ping, which the old transport can carry", () => {
    const { session, told, transport, clock } = openSession();
    transport(0).handshake({ upgrades: ["websocket"], pingInterval: 100, pingTimeout: 50 }, revision3);
    transport(1).sink.onOpen();
    transport(1).receive([{ type: "pong", data: "probe" }]);
    clock.advance(124);
    expect(transport(0).takeSent()).to.deep.equal([]);
    clock.advance(1);
    expect(told).to.include("upgradeError:the probe came to nothing within 25 ms");
    expect(transport(0).takeSent()).to.deep.equal([{ type: "ping" }]);
    expect(session.state).to.equal("open");
  });

  it("does not upgrade when told not to, or when the server offers nothing", () => {
    const unwilling = openSession(undefined, { upgrade: false });
    unwilling.transport(0).handshake({ upgrades: ["websocket"] });
    expect(unwilling.made).to.have.lengthOf(1);
    const unable = openSession();
    unable.transport(0).handshake({ upgrades: [] });
    expect(unable.made).to.have.lengthOf(1);
  });
});

describe("client session: sending", () => {
  it("sends nothing while a batch is on its way, then all that has gathered", () => {
    const { session, told, transport } = openSession(["polling"]);
    transport(0).handshake();
    for (const data of ["1", "2", "3"]) session.send(message(data));
    expect(transport(0).takeSent()).to.deep.equal([message("1")]);
    transport(0).drain();
    expect(transport(0).takeSent()).to.deep.equal([message("2"), message("3")]);
    transport(0).drain();
    expect(told.at(-1)).to.equal("drain");
  });

  it("keeps a polling batch within maxPayload", () => {
    const { session, transport } = openSession(["polling"]);
    transport(0).handshake({ maxPayload: 100 });
    transport(0).writable = false;
    for (const fill of ["a", "b", "c"]) session.send(message(fill.repeat(40)));
    transport(0).drain();
    expect(transport(0).takeSent()).to.have.lengthOf(1);
    transport(0).drain();
    expect(transport(0).takeSent()).to.have.lengthOf(1);
  });

  it("lets nothing overtake data that has to be waited for", async () => {
    const { session, transport } = openSession(["polling"]);
    transport(0).handshake();
    const bytes = Promise.resolve(Buffer.from([1]));
    session.send({ type: "message", data: bytes });
    session.send(message("later"));
    expect(transport(0).takeSent()).to.deep.equal([]);
    await bytes;
    expect(transport(0).takeSent()).to.deep.equal([
      { type: "message", data: Buffer.from([1]) },
      message("later"),
    ]);
  });

  it("closes when data to send cannot be read", async () => {
    const { session, transport, told } = openSession(["polling"]);
    transport(0).handshake();
    const unreadable = Promise.reject(new Error("gone"));
    session.send({ type: "message", data: unreadable });
    await unreadable.catch(() => {});
    await Promise.resolve();
    expect(told).to.include("close:transport error");
  });

  it("closes when more waits to be sent than maxQueueBytes", () => {
    const { session, told } = openSession(["polling"], { maxQueueBytes: 100 });
    session.send(message("a".repeat(80)));
    expect(told).to.deep.equal([]);
    session.send(message("a".repeat(80)));
    expect(told).to.deep.equal(["close:transport error"]);
  });

  it("calls back for each packet once it was handed to the transport", () => {
    const { session, transport } = openSession(["polling"]);
    const sent: string[] = [];
    session.send({ ...message("1"), onSent: () => sent.push("1") });
    session.send({ ...message("2"), onSent: () => sent.push("2") });
    expect(sent).to.deep.equal([]);
    transport(0).handshake();
    expect(sent).to.deep.equal(["1", "2"]);
  });
});

describe("client session: the end", () => {
  it("sends what is queued before it says goodbye", () => {
    const { session, told, transport, clock } = openSession(["polling"]);
    transport(0).handshake();
    session.send(message("1"));
    session.send(message("2"));
    session.close();
    expect(session.state).to.equal("closing");
    session.send(message("too late"));
    transport(0).drain();
    transport(0).drain();
    expect(transport(0).takeSent()).to.deep.equal([message("1"), message("2")]);
    expect(transport(0).closedAs).to.equal("graceful");
    expect(told.at(-1)).to.equal("close:forced close");
    expect(clock.pending).to.equal(0);
  });

  it("closes at once with nothing queued, and while opening", () => {
    const idle = openSession(["polling"]);
    idle.transport(0).handshake();
    idle.session.close();
    expect(idle.told.at(-1)).to.equal("close:forced close");
    const opening = openSession(["polling"]);
    opening.session.close();
    expect(opening.told).to.deep.equal(["close:forced close"]);
    expect(opening.clock.pending).to.equal(0);
  });

  it("closes by polling when closed during an upgrade", () => {
    const { session, told, polling, websocket, clock } = pausingSession();
    session.send(message("1"));
    session.close();
    expect(websocket.closedAs).to.equal("discard");
    expect(polling.takeSent()).to.deep.equal([message("1")]);
    polling.drain();
    expect(polling.closedAs).to.equal("graceful");
    expect(told.at(-1)).to.equal("close:forced close");
    expect(clock.pending).to.equal(0);
  });

  it("tells its end once, whatever comes after", () => {
    const { session, told, transport } = openSession(["polling"]);
    transport(0).handshake();
    transport(0).receive([{ type: "close" }, message("after")], revision4);
    transport(0).fail(new TransportError("xhr poll error"));
    session.close();
    expect(told).to.deep.equal(["handshake", "open", "close", "close:transport close"]);
  });

  it("delivers every packet of a batch, though a listener throws", () => {
    const heard: unknown[] = [];
    const { transport } = openSession(
      ["polling"],
      {},
      {
        onPacket(packet) {
          heard.push(packet.data);
          if (packet.data === "1") throw new Error("listener");
        },
      },
    );
    transport(0).handshake();
    expect(() => transport(0).receive([message("1"), message("2")], revision4)).to.throw("listener");
    expect(heard.slice(1)).to.deep.equal(["1", "2"]);
  });
});
