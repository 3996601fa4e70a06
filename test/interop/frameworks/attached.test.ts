/** What our server does to the application that it is attached to, and what it leaves alone. */
import { once } from "node:events";
import { connect, type Socket as NetSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { WebSocket } from "ws";
import { upgradeRequest } from "../bad-input/wire.ts";
import { Guest } from "./guest.ts";
import { ATTACHED_HOSTS } from "./hosts.ts";

const SESSION_UNKNOWN = JSON.stringify({ code: 1, message: "Session ID unknown" });
const POLLING = "/engine.io/?EIO=4&transport=polling";
const WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";

for (const host of ATTACHED_HOSTS)
  describe(`attached to ${host.name}`, function () {
    this.timeout(3_000);
    let guest: Guest;
    const connections: NetSocket[] = [];
    afterEach(async () => {
      for (const connection of connections.splice(0)) connection.destroy();
      await guest.leave();
    });

    /** An upgrade request of HTTP/1.1. */
    function askUpgrade(path: string): NetSocket {
      const { protocol, port } = new URL(guest.host.url);
      const options = { port: Number(port), host: "127.0.0.1", rejectUnauthorized: false };
      const connection = protocol === "https:" ? connectTls(options) : connect(options);
      connections.push(connection);
      connection.on("error", () => {}).write(upgradeRequest(path));
      return connection;
    }

    it("ends an upgrade that nobody takes", async () => {
      guest = await Guest.arrive(host, {}, { destroyUpgradeTimeout: 10 });
      await once(askUpgrade("/nobody").resume(), "end");
    });

    it("waits with that for whoever takes it later", async () => {
      guest = await Guest.arrive(host, {}, { destroyUpgradeTimeout: 20 });
      const arrived = once(guest.host.http, "upgrade");
      const late = askUpgrade("/late");
      const first = once(late, "data");
      const [, socket] = (await arrived) as [unknown, NetSocket];
      socket.write("taken");
      await once(askUpgrade("/nobody").resume(), "end");
      expect([String((await first)[0]), socket.writable]).to.deep.equal(["taken", true]);
      socket.destroy();
    });

    it("leaves it alone when told to", async () => {
      guest = await Guest.arrive(host, {}, { destroyUpgrade: false, destroyUpgradeTimeout: 0 });
      const arrived = once(guest.host.http, "upgrade");
      const nobody = askUpgrade("/nobody");
      const [, socket] = (await arrived) as [unknown, NetSocket];
      // A later timer than the one that there would be.
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(socket.writable).to.equal(true);
      socket.end("still here");
      expect(String((await once(nobody, "data"))[0])).to.equal("still here");
    });

    it("refuses requests and upgrades of unknown sessions in JSON", async () => {
      guest = await Guest.arrive(host);
      const { status, body } = await guest.ask(`${POLLING}&sid=no`);
      expect([status, body]).to.deep.equal([400, SESSION_UNKNOWN]);
      const [, response] = await once(guest.webSocket(`${WEBSOCKET}&sid=no`), "unexpected-response");
      let text = "";
      for await (const chunk of response) text += chunk;
      expect([response.statusCode, text]).to.deep.equal([400, SESSION_UNKNOWN]);
    });

    it("answers 413 to a body that is too long, and to preflights", async () => {
      guest = await Guest.arrive(host, { maxHttpBufferSize: 100, cors: { origin: "https://a.example" } });
      const { body } = await guest.ask(POLLING);
      const { sid } = JSON.parse(body.slice(1)) as { sid: string };
      const path = `${POLLING}&sid=${sid}`;
      expect((await guest.ask(path, { method: "POST", body: "4".repeat(101) })).status).to.equal(413);
      const headers = { Origin: "https://a.example", "Access-Control-Request-Method": "POST" };
      const preflight = await guest.ask(path, { method: "OPTIONS", headers });
      expect([preflight.status, preflight.headers["access-control-allow-origin"]]).to.deep.equal([
        204,
        "https://a.example",
      ]);
    });

    it("takes another path, and leaves its own then to the application", async () => {
      guest = await Guest.arrive(host, {}, { path: "/else/where" });
      expect((await guest.ask(POLLING)).status).to.equal(404);
      expect((await guest.ask("/else/where/?EIO=4&transport=polling")).status).to.equal(200);
    });

    it("says so once it is closed, and the application goes on", async () => {
      guest = await Guest.arrive(host);
      guest.engine.close();
      const { status, body } = await guest.ask(POLLING);
      expect([status, JSON.parse(body)]).to.deep.equal([503, { code: 3, message: "Server closed" }]);
      const [, response] = await once(guest.webSocket(WEBSOCKET), "unexpected-response");
      response.resume();
      expect(response.statusCode).to.equal(503);
      await guest.expectHostUnharmed();
    });

    it("closes its sessions when the HTTP server closes", async () => {
      guest = await Guest.arrive(host);
      const connected = once(guest.engine, "connection");
      await guest.ask(POLLING);
      const [socket] = await connected;
      const closed = once(socket, "close");
      await guest.host.close();
      expect([(await closed)[0], guest.engine.clientsCount]).to.deep.equal(["forced close", 0]);
    });
  });

describe("attached to two applications", () => {
  it("serves both, and outlives the close of one", async () => {
    const [express, koa] = [ATTACHED_HOSTS[3], ATTACHED_HOSTS[6]];
    if (express === undefined || koa === undefined) throw new Error("no such hosts");
    const guest = await Guest.arrive(express);
    const second = await koa.start(guest.engine);
    const webSocket = new WebSocket(`${second.url.replace("http", "ws")}${WEBSOCKET}`);
    await once(webSocket, "message");
    expect((await guest.ask(POLLING)).status).to.equal(200);
    expect(guest.engine.clientsCount).to.equal(2);
    await guest.host.close();
    webSocket.send("4still here");
    expect(String((await once(webSocket, "message"))[0])).to.equal("4still here");
    const closed = once(webSocket, "close");
    guest.engine.close();
    await closed;
    await second.close();
  });
});
