import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { packet, shown } from "./packets.ts";
import { Journal } from "./rig.ts";

export const FLUSHING: readonly Behaviour[] = [
  {
    title: "flushes in one go what waits for a poll, then calls back, then has drained",
    async run(rig) {
      const { socket, poll } = await rig.poll();
      const journal = new Journal();
      journal.follow(socket, "", ["flush", "drain"], shown);
      journal.follow(rig.engine, "server ", ["flush", "drain"], shown);
      socket.send("one", {}, () => journal.entries.push(["called back"]));
      socket.send("two");
      await poll();
      const packets = [packet("message", "one"), packet("message", "two")];
      expect(journal.entries).to.deep.equal([
        ["flush", packets],
        ["server flush", "socket", packets],
        ["called back"],
        ["drain"],
        ["server drain", "socket"],
      ]);
    },
  },
  {
    title: "flushes before send returns when a poll waits, then calls back, then has drained",
    async run(rig) {
      const { socket, waitingPoll } = await rig.poll();
      const { answer } = await waitingPoll();
      const journal = new Journal();
      journal.follow(socket, "", ["packetCreate", "flush", "drain"]);
      const drained = next(socket, "drain");
      socket.send("one", {}, () => journal.entries.push(["called back"]));
      expect(journal.names.slice(0, 2)).to.deep.equal(["packetCreate", "flush"]);
      await drained;
      expect(journal.names).to.deep.equal(["packetCreate", "flush", "called back", "drain"]);
      expect((await answer).body).to.equal("4one");
    },
  },
  {
    title: "flushes over WebSocket before send returns, and calls back afterwards",
    async run(rig) {
      const { socket } = await rig.connect();
      const journal = new Journal();
      journal.follow(socket, "", ["packetCreate", "flush"], shown);
      await new Promise<void>((resolve) => {
        socket.send("one", {}, () => {
          journal.entries.push(["called back"]);
          resolve();
        });
        journal.entries.push(["returned"]);
      });
      expect(journal.entries).to.deep.equal([
        ["packetCreate", packet("message", "one")],
        ["flush", [packet("message", "one")]],
        ["returned"],
        ["called back"],
      ]);
    },
  },
  {
    title: "has drained when send returns",
    async run(rig) {
      const { socket } = await rig.connect();
      const journal = new Journal();
      journal.follow(socket, "", ["flush", "drain"]);
      socket.send("one");
      expect(journal.names).to.deep.equal(["flush", "drain"]);
    },
  },
];
