import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { WebTransportArrivals } from "../src/webtransport-arrivals.ts";
import { FakeSession, type FakeSessionOptions, frame } from "./support/webtransport-session.ts";

const UPGRADE_TIMEOUT = 100;

function setUp(options?: FakeSessionOptions) {
  const clock = new FakeClock();
  const arrivals = new WebTransportArrivals({
    clock,
    upgradeTimeoutMs: UPGRADE_TIMEOUT,
    maxHttpBufferSize: 1000,
  });
  const session = new FakeSession(options);
  return { clock, arrivals, session };
}

const NO_OPENINGS: readonly (string | Uint8Array)[] = [
  "4hello",
  "2probe",
  "6",
  "9",
  "x",
  "0{bad",
  "0{}",
  "0[]",
  "0null",
  '0"abc"',
  '0{"sid":5}',
  '0{"sid":""}',
  '0{"sid":["abc"]}',
  Uint8Array.of(0x30),
];

describe("arrivals over WebTransport", () => {
  it("takes an open packet without data for a new session", async () => {
    const { clock, arrivals, session } = setUp();
    session.open("0");
    const arrival = await arrivals.receive(session.server);
    expect(arrival).to.have.property("sid", undefined);
    expect(clock.pending).to.equal(0);
  });

  it("takes an open packet with an id for the session to move, however its bytes come", async () => {
    const { arrivals, session } = setUp();
    const stream = session.open();
    const received = arrivals.receive(session.server);
    for (const byte of frame('0{"sid":"abc"}')) stream.write(Uint8Array.of(byte));
    expect(await received).to.have.property("sid", "abc");
  });

  it("takes a sid that is in the prototype of objects as it is", async () => {
    const { arrivals, session } = setUp();
    session.open('0{"sid":"__proto__"}');
    expect(await arrivals.receive(session.server)).to.have.property("sid", "__proto__");
  });

  it("leaves what follows the first packet to the reader", async () => {
    const { arrivals, session } = setUp();
    session.open("0", "4hello");
    const arrival = await arrivals.receive(session.server);
    expect(arrival?.packets.read()).to.deep.equal({ type: "message", data: "hello" });
  });

  for (const packet of NO_OPENINGS)
    it(`closes a session that begins with ${JSON.stringify(String(packet))}`, async () => {
      const { clock, arrivals, session } = setUp();
      session.open(packet);
      expect(await arrivals.receive(session.server)).to.equal(undefined);
      expect(session.closes).to.have.length(1);
      expect(clock.pending).to.equal(0);
    });

  it("closes a session whose first packet is longer than maxHttpBufferSize, by its header alone", async () => {
    const { arrivals, session } = setUp();
    session.open().write(Uint8Array.of(0x7e, 0x03, 0xe9));
    expect(await arrivals.receive(session.server)).to.equal(undefined);
    expect(session.closes).to.have.length(1);
  });

  it("closes a session that opens no stream in time", async () => {
    const { clock, arrivals, session } = setUp();
    const received = arrivals.receive(session.server);
    clock.advance(UPGRADE_TIMEOUT - 1);
    expect(session.closes).to.have.length(0);
    clock.advance(1);
    expect(await received).to.equal(undefined);
    expect(session.closes).to.have.length(1);
  });

  it("refuses a stream that comes too late", async () => {
    const { clock, arrivals, session } = setUp();
    const received = arrivals.receive(session.server);
    clock.advance(UPGRADE_TIMEOUT);
    await received;
    const stream = session.open("0");
    await expectRefused(stream.reader.closed);
    await expectRefused(stream.writer.closed);
  });

  it("cuts a first packet that comes byte by byte for longer than upgradeTimeout", async () => {
    const { clock, arrivals, session } = setUp();
    const stream = session.open();
    const received = arrivals.receive(session.server);
    for (const byte of frame('0{"sid":"abc"}').subarray(0, 10)) {
      await stream.writer.write(Uint8Array.of(byte));
      clock.advance(UPGRADE_TIMEOUT / 10);
    }
    expect(await received).to.equal(undefined);
    expect(session.closes).to.have.length(1);
    await expectRefused(stream.reader.closed);
    await expectRefused(stream.writer.closed);
  });

  it("is done with a session that ends before it says what it wants", async () => {
    const ends: readonly ((session: FakeSession) => void)[] = [
      (session) => session.close(),
      (session) => session.fail(new Error("lost")),
      (session) => session.endStreams(),
      (session) => void session.open().writer.close(),
      (session) => void session.open().writer.abort(),
    ];
    for (const end of ends) {
      const { clock, arrivals, session } = setUp();
      const received = arrivals.receive(session.server);
      end(session);
      expect(await received).to.equal(undefined);
      expect(clock.pending).to.equal(0);
    }
  });

  it("does not mind what becomes of `ready`", async () => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", hear);
    for (const ready of [Promise.reject(new Error("not ready")), new Promise(() => {})]) {
      const { arrivals, session } = setUp({ ready });
      session.open("0");
      expect(await arrivals.receive(session.server)).to.have.property("sid", undefined);
    }
    await new Promise(setImmediate);
    process.off("unhandledRejection", hear);
    expect(unhandled).to.deep.equal([]);
  });

  it("closes all that wait", async () => {
    const { clock, arrivals, session } = setUp();
    const other = new FakeSession();
    const stream = other.open();
    const received = Promise.all([arrivals.receive(session.server), arrivals.receive(other.server)]);
    await stream.writer.write(Uint8Array.of(1));
    arrivals.close();
    expect(await received).to.deep.equal([undefined, undefined]);
    expect([session.closes.length, other.closes.length]).to.deep.equal([1, 1]);
    await Promise.all([stream.reader, stream.writer].map(({ closed }) => expectRefused(closed)));
    expect(clock.pending).to.equal(0);
  });
});

async function expectRefused(closed: Promise<unknown>): Promise<void> {
  const outcome = await closed.then(
    () => "ended",
    () => "refused",
  );
  expect(outcome).to.equal("refused");
}
