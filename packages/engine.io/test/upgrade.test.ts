import { expect } from "chai";
import { FakeTransport, openSession, UPGRADE_TIMEOUT } from "./fake-transport.ts";

const PROBE_ANSWER = [{ type: "pong", data: "probe" }];
const message = (data: string) => ({ type: "message", data }) as const;

for (const revision of [3, 4] as const)
  describe(`upgrade, revision ${revision}`, () => {
    const start = () => {
      const all = openSession("polling", revision);
      const candidate = new FakeTransport("websocket", revision);
      expect(all.session.offer(candidate)).to.equal(true);
      return { ...all, candidate };
    };

    it("answers the probe, lets the client leave polling, and goes on over the new transport", () => {
      const { session, transport, candidate, owner } = start();
      transport.poll();
      candidate.sink.onPacket("ping", "probe");
      expect(candidate.take()).to.deep.equal(PROBE_ANSWER);
      expect(transport.take()).to.deep.equal([{ type: "noop" }]);
      candidate.sink.onPacket("upgrade", undefined);
      expect(session.state).to.equal("upgraded");
      expect(transport.closedBy).to.equal("discard");
      expect(owner.events).to.deep.equal(["upgrading websocket", "upgrade websocket"]);
      session.send(message("over there"));
      expect(candidate.take()).to.deep.equal([message("over there")]);
    });

    it("answers a poll that comes late at once, so that the client need not wait for it", () => {
      const { transport, candidate } = start();
      candidate.sink.onPacket("ping", "probe");
      expect(transport.take()).to.deep.equal([]);
      transport.poll();
      expect(transport.take()).to.deep.equal([{ type: "noop" }]);
    });

    it("loses nothing and keeps the order of what is sent at each step", () => {
      const { session, transport, candidate } = start();
      session.send(message("1"));
      candidate.sink.onPacket("ping", "probe");
      candidate.take();
      session.send(message("2"));
      transport.poll();
      const overPolling = transport.take();
      session.send(message("3"));
      candidate.sink.onPacket("upgrade", undefined);
      session.send(message("4"));
      expect([...overPolling, ...candidate.take()]).to.deep.equal(["1", "2", "3", "4"].map(message));
    });

    it("hears what the client posts until it upgrades", () => {
      const { transport, candidate, owner } = start();
      candidate.sink.onPacket("ping", "probe");
      transport.sink.onPacket("message", "posted");
      candidate.sink.onPacket("upgrade", undefined);
      candidate.sink.onPacket("message", "sent");
      expect(owner.messages).to.deep.equal(["posted", "sent"]);
    });

    for (const [title, spoil] of [
      ["the candidate closes", ({ candidate }) => candidate.sink.onClose()],
      ["something else than a probe comes", ({ candidate }) => candidate.sink.onPacket("message", "early")],
      ["it upgrades without a probe", ({ candidate }) => candidate.sink.onPacket("upgrade", undefined)],
      ["it takes too long", ({ clock }) => clock.advance(UPGRADE_TIMEOUT)],
    ] as [string, (all: ReturnType<typeof start>) => void][])
      it(`stays on polling when ${title}, and may be tried again`, () => {
        const all = start();
        const { session, transport, candidate, owner } = all;
        spoil(all);
        expect(session.state).to.equal("open");
        expect(candidate.closedBy).to.equal("discard");
        session.send(message("still"));
        transport.poll();
        expect(transport.take()).to.deep.equal([message("still")]);
        expect(owner.closes).to.deep.equal([]);
        expect(session.offer(new FakeTransport("websocket", revision))).to.equal(true);
      });

    it("sends what waited though a listener of the upgrade throws", () => {
      const { session, candidate, owner } = start();
      owner.onUpgrade = () => {
        throw new Error("of the application");
      };
      candidate.sink.onPacket("ping", "probe");
      candidate.take();
      session.send(message("waited"));
      expect(() => candidate.sink.onPacket("upgrade", undefined)).to.throw("of the application");
      session.send(message("after"));
      expect(candidate.take()).to.deep.equal([message("waited"), message("after")]);
    });

    it("closes after the upgrade when told to in its midst, so that the last words find the client", () => {
      const { session, transport, candidate, owner } = start();
      candidate.sink.onPacket("ping", "probe");
      candidate.take();
      session.send(message("last"));
      session.close();
      session.send(message("too late"));
      expect([session.state, candidate.closedBy]).to.deep.equal(["settling", undefined]);
      candidate.sink.onPacket("upgrade", undefined);
      expect(candidate.take()).to.deep.equal([message("last")]);
      expect([transport.closedBy, candidate.closedBy]).to.deep.equal(["discard", "graceful"]);
      expect(owner.closes).to.deep.equal([["forced close", undefined]]);
    });

    it("closes over polling when told to in the midst of an upgrade that then fails", () => {
      const { session, transport, candidate, owner, clock } = start();
      candidate.sink.onPacket("ping", "probe");
      session.send(message("last"));
      session.close();
      clock.advance(UPGRADE_TIMEOUT);
      transport.poll();
      expect(transport.take()).to.deep.equal([message("last")]);
      expect(owner.closes).to.deep.equal([["forced close", undefined]]);
      expect(clock.pending).to.equal(0);
    });

    it("gives a probe up at once when told to close before it was answered", () => {
      const { session, transport, candidate, owner } = start();
      session.close();
      expect([candidate.closedBy, transport.closedBy]).to.deep.equal(["discard", "graceful"]);
      expect(owner.closes).to.deep.equal([["forced close", undefined]]);
    });

    it("takes one candidate at a time, and none after an upgrade", () => {
      const { session, candidate } = start();
      expect(session.offer(new FakeTransport("websocket", revision))).to.equal(false);
      candidate.sink.onPacket("ping", "probe");
      candidate.sink.onPacket("upgrade", undefined);
      expect(session.offer(new FakeTransport("websocket", revision))).to.equal(false);
    });

    it("tells a client that is between two transports of the end where it will look next", () => {
      const { session, candidate, clock, owner } = start();
      candidate.sink.onPacket("ping", "probe");
      candidate.take();
      session.close(true);
      expect([owner.closes, candidate.closedBy]).to.deep.equal([[["forced close", undefined]], undefined]);
      candidate.sink.onPacket("upgrade", undefined);
      expect([candidate.take(), candidate.closedBy]).to.deep.equal([[{ type: "close" }], "discard"]);
      expect(clock.pending).to.equal(0);
    });

    for (const [title, end] of [
      ["leaves", ({ candidate }) => candidate.sink.onClose()],
      ["does not come in time", ({ clock }) => clock.advance(UPGRADE_TIMEOUT)],
      ["says anything else", ({ candidate }) => candidate.sink.onPacket("message", "late")],
    ] as [string, (started: ReturnType<typeof start>) => void][])
      it(`leaves no timer and no candidate when such a client ${title}`, () => {
        const started = start();
        const { session, candidate, clock } = started;
        candidate.sink.onPacket("ping", "probe");
        session.close(true);
        candidate.take();
        end(started);
        expect([candidate.take(), candidate.closedBy, clock.pending]).to.deep.equal([[], "discard", 0]);
      });
  });
