/** Clients that take their time over everything. */
import { once } from "node:events";
import { createServer } from "node:http";
import { expect } from "chai";
import { upgradeRequest } from "../bad-input/wire.ts";
import { Victim } from "./victim.ts";

const PING_INTERVAL_MS = 60;
const PING_TIMEOUT_MS = 60;
const DRIP_MS = 5;
/** `pingInterval + pingTimeout`, and time for a busy machine to notice. */
const SOON_MS = PING_INTERVAL_MS + PING_TIMEOUT_MS + 1_500;

describe("slow clients", function () {
  this.timeout(3_000);
  let victim: Victim;
  let startedMs = 0;
  const start = async (options = {}, http = createServer()) => {
    victim = await Victim.start(
      { pingInterval: PING_INTERVAL_MS, pingTimeout: PING_TIMEOUT_MS, ...options },
      http,
    );
    startedMs = performance.now();
  };
  const elapsedMs = () => performance.now() - startedMs;
  afterEach(async () => {
    expect(elapsedMs()).to.be.below(SOON_MS);
    expect(victim.engine.clientsCount).to.equal(0);
    await victim.close();
  });

  for (const revision of [3, 4] as const)
    it(`lose their session and connection over a body that drips, in revision ${revision}`, async () => {
      await start();
      const { socket, path } = await victim.openPolling(revision);
      const connection = await victim.dial();
      const closed = once(socket, "close");
      connection.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n4`);
      await connection.drip("a", DRIP_MS);
      expect((await closed)[0]).to.equal("ping timeout");
      expect(connection.received).to.match(/^HTTP\/1\.1 400 .*\r\nconnection: close\r\n/is);
    });

  it("lose them over a chunked body that drips", async () => {
    await start();
    const { socket, path } = await victim.openPolling();
    const connection = await victim.dial();
    const closed = once(socket, "close");
    connection.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    await connection.drip("1\r\na\r\n", DRIP_MS);
    expect((await closed)[0]).to.equal("ping timeout");
    expect(connection.received).to.match(/^HTTP\/1\.1 400 /);
  });

  it("lose them over a body that drips while a poll waits", async () => {
    await start();
    const { path } = await victim.openPolling();
    const connection = await victim.dial();
    connection.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n4`);
    const poll = victim.ask({ path });
    await connection.drip("a", DRIP_MS);
    // The ping that stays unanswered.
    expect((await poll).body).to.equal("2");
  });

  it("lose them when they never poll", async () => {
    await start();
    const { socket } = await victim.openPolling();
    expect((await once(socket, "close"))[0]).to.equal("ping timeout");
  });

  it("lose the WebSocket over frames that drip", async () => {
    await start();
    const connection = await victim.dial();
    const connected = once(victim.engine, "connection");
    connection.write(upgradeRequest(victim.pathOf("EIO=4&transport=websocket")));
    const [socket] = await connected;
    const closed = once(socket, "close");
    // FIN and text, 65,535 bytes, masked with zeros.
    connection.write(Buffer.from("81feffff00000000", "hex"));
    const timer = setInterval(() => connection.write("4"), DRIP_MS);
    expect((await closed)[0]).to.equal("ping timeout");
    clearInterval(timer);
    await connection.until(/\x88/);
  });

  it("do not keep a session open by pings of WebSocket", async () => {
    await start();
    const connection = await victim.dial();
    const connected = once(victim.engine, "connection");
    connection.write(upgradeRequest(victim.pathOf("EIO=4&transport=websocket")));
    const [socket] = await connected;
    const timer = setInterval(() => connection.write(Buffer.from("898000000000", "hex")), DRIP_MS);
    expect((await once(socket, "close"))[0]).to.equal("ping timeout");
    clearInterval(timer);
  });

  it("lose the candidate of an upgrade that they never finish, and keep the session", async () => {
    await start({ pingInterval: 25_000, upgradeTimeout: 50 });
    const { socket, sid } = await victim.openPolling();
    const connection = await victim.dial();
    connection.write(upgradeRequest(victim.pathOf(`EIO=4&transport=websocket&sid=${sid}`)));
    await connection.until(/\r\n\r\n/);
    const timer = setInterval(() => connection.write(Buffer.from("898000000000", "hex")), DRIP_MS);
    await connection.until(/\x88/);
    clearInterval(timer);
    expect([socket.readyState, socket.upgrading]).to.deep.equal(["open", false]);
    socket.close(true);
  });

  it("lose the connection over headers that drip, as the HTTP server says", async () => {
    await start({}, createServer({ headersTimeout: 50, connectionsCheckingInterval: 20 }));
    const connection = await victim.dial();
    connection.write(`GET ${victim.pathOf("EIO=4&transport=polling")} HTTP/1.1\r\nX-Slow: `);
    await connection.drip("a", DRIP_MS);
    expect(connection.received).to.match(/^HTTP\/1\.1 408 /);
  });

  it("lose it over the headers of an upgrade that drip", async () => {
    await start({}, createServer({ headersTimeout: 50, connectionsCheckingInterval: 20 }));
    const connection = await victim.dial();
    connection.write(upgradeRequest(victim.pathOf("EIO=4&transport=websocket")).slice(0, -2));
    await connection.drip("X", DRIP_MS);
    expect(connection.received).to.match(/^HTTP\/1\.1 408 /);
  });
});
