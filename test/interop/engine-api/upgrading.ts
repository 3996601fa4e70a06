import { expect } from "chai";
import { Inbox, next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { EngineTransport } from "./peers.ts";
import { wireOf } from "./rig.ts";

const nameOf = (value: unknown): unknown => (value as EngineTransport).name;

export const UPGRADING: readonly Behaviour[] = [
  {
    title: "says by its flags and events how far an upgrade is",
    async run(rig) {
      const { socket, waitingPoll, candidate } = await rig.poll();
      const flags = () => [socket.upgrading, socket.upgraded, socket.transport.name];
      const { answer } = await waitingPoll();
      const webSocket = candidate();
      const received = new Inbox(webSocket, "message");
      const beforeProbe = next(webSocket, "open");
      const upgrading = next(socket, "upgrading");
      const upgrade = new Promise<unknown>((resolve) =>
        socket.on("upgrade", (transport) => resolve([nameOf(transport), ...flags()])),
      );
      expect(flags()).to.deep.equal([false, false, "polling"]);
      await beforeProbe;
      webSocket.send("2probe");
      expect((await upgrading).map(nameOf)).to.deep.equal(["websocket"]);
      expect(flags()).to.deep.equal([true, false, "polling"]);
      await received.holding(1);
      expect((await answer).body).to.equal("6");
      socket.send("meanwhile");
      webSocket.send("5");
      expect(await upgrade).to.deep.equal(["websocket", false, true, "websocket"]);
      expect((await received.holding(2)).map(wireOf)).to.deep.equal(["3probe", "4meanwhile"]);
    },
  },
  {
    title: "says that it is upgrading when the probe has come, not before",
    async run(rig) {
      const { socket, candidate } = await rig.poll();
      const webSocket = candidate();
      let isProbed = false;
      const upgrading = new Promise((resolve) => socket.on("upgrading", () => resolve(isProbed)));
      await next(webSocket, "open");
      await rig.request("?EIO=4&transport=polling&sid=nobody");
      isProbed = true;
      webSocket.send("2probe");
      expect(await upgrading).to.equal(true);
    },
  },
];
