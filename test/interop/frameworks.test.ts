/** Our server inside other people's, with every client and over every transport. */
import { once } from "node:events";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import { OFFICIAL_CLIENTS, towlineEngineClient } from "./engine/peers.ts";
import { Guest } from "./frameworks/guest.ts";
import { ATTACHED_HOSTS, ROUTED_HOSTS } from "./frameworks/hosts.ts";
import { TRANSPORT_MODES } from "./rig.ts";

const CLIENTS = [...OFFICIAL_CLIENTS, await towlineEngineClient()];

for (const host of [...ATTACHED_HOSTS, ...ROUTED_HOSTS])
  describe(`inside ${host.name}`, function () {
    this.timeout(3_000);
    let guest: Guest;
    afterEach(() => guest.leave());

    for (const client of CLIENTS)
      for (const mode of TRANSPORT_MODES)
        it(`serves the ${client.name} by ${mode.name}`, async () => {
          guest = await Guest.arrive(host);
          await guest.serve(client, mode);
          expect(guest.engine.clientsCount).to.equal(0);
        });

    it("leaves a WebSocket server on another path alone", async () => {
      guest = await Guest.arrive(host);
      const other = new WebSocketServer({ noServer: true });
      other.on("connection", (webSocket) =>
        webSocket.on("message", (data) => webSocket.send(`other ${data}`)),
      );
      guest.host.http.on("upgrade", (request, socket, head) => {
        if (request.url === "/other")
          other.handleUpgrade(request, socket, head, (webSocket) => other.emit("connection", webSocket));
      });
      const ours = guest.webSocket("/engine.io/?EIO=4&transport=websocket");
      expect(String((await once(ours, "message"))[0])).to.match(/^0\{/);
      const theirs = guest.webSocket("/other");
      await once(theirs, "open");
      theirs.send("a");
      expect(String((await once(theirs, "message"))[0])).to.equal("other a");
      ours.send("4b");
      expect(String((await once(ours, "message"))[0])).to.equal("4b");
    });

    it("closes its sessions and leaves the application running", async () => {
      guest = await Guest.arrive(host);
      const webSocket = guest.webSocket("/engine.io/?EIO=4&transport=websocket");
      await once(webSocket, "message");
      const polling = await guest.ask("/engine.io/?EIO=4&transport=polling");
      expect(polling.status).to.equal(200);
      const closed = once(webSocket, "close");
      guest.engine.close();
      await closed;
      expect(guest.engine.clientsCount).to.equal(0);
      await guest.expectHostUnharmed();
    });
  });
