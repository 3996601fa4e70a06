import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { Journal, wireOf } from "./rig.ts";

const REVISIONS = [3, 4] as const;

/** A poll's answer that only says goodbye. */
const GOODBYE = { 3: "1:1", 4: "1" } as const;

export const CLOSING: readonly Behaviour[] = [
  {
    title: "calls the error of a transport a TransportError",
    async run(rig) {
      const { socket, waitingPoll, poll } = await rig.poll();
      await waitingPoll();
      const closed = next(socket, "close");
      void poll();
      expect((await closed).at(1)).to.have.property("type", "TransportError");
    },
  },
  {
    title: "is closing until what waits was polled, and says goodbye after it",
    async run(rig) {
      const { socket, poll } = await rig.poll(3);
      const journal = new Journal();
      journal.follow(socket, "", ["flush", "drain", "close"], () => undefined);
      socket.send("waits", {}, () => journal.entries.push(["called back"]));
      socket.close();
      expect(socket.readyState).to.equal("closing");
      expect((await poll()).body).to.equal("6:4waits");
      const closed = socket.readyState === "closed" ? undefined : next(socket, "close");
      expect((await poll()).body).to.match(/1:1$/);
      await closed;
      expect(journal.names).to.deep.equal(["flush", "called back", "drain", "close"]);
    },
  },
  {
    title: "delivers over WebSocket what was sent before close",
    async run(rig) {
      const { socket, webSocket, received } = await rig.connect();
      const closed = next(webSocket, "close");
      socket.send("first");
      socket.send("last");
      socket.close();
      expect((await closed).at(0)).to.equal(1005);
      expect((await received.holding(3)).map(wireOf).slice(1)).to.deep.equal(["4first", "4last"]);
    },
  },
  {
    title: "is closed at once over WebSocket when nothing waits",
    async run(rig) {
      const { socket } = await rig.connect();
      let reason: unknown;
      socket.on("close", (why) => {
        reason = why;
      });
      socket.close();
      expect([socket.readyState, reason]).to.deep.equal(["closed", "forced close"]);
    },
  },
  {
    title: "drops with discard what waits: nobody is called back",
    async run(rig) {
      const { socket, poll } = await rig.poll();
      const journal = new Journal();
      journal.follow(socket, "", ["flush", "drain", "close"], () => undefined);
      socket.send("waits", {}, () => journal.entries.push(["called back"]));
      socket.close(true);
      expect(socket.readyState).to.equal("closed");
      expect(journal.names).to.deep.equal(["close"]);
      expect((await poll()).body).to.equal('{"code":1,"message":"Session ID unknown"}');
    },
  },
  {
    title: "ignores what is sent when it is closing or closed",
    async run(rig) {
      const { socket, poll } = await rig.poll();
      const journal = new Journal();
      const sendLate = () => socket.send("late", {}, () => journal.entries.push(["called back"]));
      socket.close();
      journal.follow(socket, "", ["packetCreate", "flush"], () => undefined);
      expect(socket.readyState).to.equal("closing");
      expect(sendLate()).to.equal(socket);
      const closed = next(socket, "close");
      expect((await poll()).body).to.be.oneOf(["1", "6\x1e1"]);
      await closed;
      expect(socket.readyState).to.equal("closed");
      expect(sendLate()).to.equal(socket);
      expect(journal.names).not.to.include("packetCreate").and.not.to.include("called back");
    },
  },
  ...REVISIONS.map(
    (revision): Behaviour => ({
      title: `answers waiting polls and closes WebSockets when the server is closed (revision ${revision})`,
      async run(rig) {
        const { webSocket } = await rig.connect(revision);
        const { waitingPoll } = await rig.poll(revision);
        await rig.poll(revision);
        const { answer } = await waitingPoll();
        const closed = next(webSocket, "close");
        expect(rig.engine.clientsCount).to.equal(3);
        expect(rig.engine.close()).to.equal(rig.engine);
        expect(rig.engine.clientsCount).to.equal(0);
        expect(Object.keys(rig.engine.clients)).to.deep.equal([]);
        expect((await answer).body).to.equal(GOODBYE[revision]);
        expect((await closed).at(0)).to.equal(1005);
      },
    }),
  ),
];
