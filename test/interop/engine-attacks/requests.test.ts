/** Requests that no client of ours would make. */
import { once } from "node:events";
import { createServer } from "node:http";
import { expect } from "chai";
import { cpuMsOf, growthOf } from "../../../packages/websocket/test/support/memory.ts";
import { upgradeRequest } from "../bad-input/wire.ts";
import { Victim } from "./victim.ts";

const HANDSHAKE = "EIO=4&transport=polling";

describe("requests of attackers", function () {
  this.timeout(5_000);
  let victim: Victim;
  before(async () => {
    // Room for what is to reach the server: Node itself stops at 16 KiB.
    victim = await Victim.start({ cors: { origin: true } }, createServer({ maxHeaderSize: 2 ** 20 }));
    await victim.meetBystander();
  });
  afterEach(() => victim.expectOthersUnharmed());
  after(() => victim.close());

  it("are forgotten: 10,000 polls of unknown sessions leave nothing", async () => {
    const connection = await victim.dial();
    const flood = async (count: number) => {
      const before = connection.answers;
      for (let sent = 0; sent < count; sent += 500) {
        const requests = Array.from(
          { length: 500 },
          (_, i) =>
            `GET ${victim.pathOf(`${HANDSHAKE}&sid=unknown-${sent + i}`)} HTTP/1.1\r\nHost: a\r\n\r\n`,
        );
        connection.write(requests.join(""));
        await connection.answered(before + sent + 500);
      }
    };
    await flood(2_000);
    const { bytes } = await growthOf(() => flood(10_000));
    // The answers themselves are kept by this test: some 200 bytes each.
    expect(bytes).to.be.below(4 * 2 ** 20);
    expect(victim.sessions).to.equal(0);
  });

  for (const [title, query] of [
    ["a URL of 64 KB", `${HANDSHAKE}&t=${"a".repeat(65_536)}`],
    ["10,000 parameters", `${HANDSHAKE}${"&a=1".repeat(10_000)}`],
    [
      "10,000 different parameters",
      `${HANDSHAKE}${Array.from({ length: 10_000 }, (_, i) => `&p${i}`).join("")}`,
    ],
    ["a parameter 10,000 times", `${HANDSHAKE}${"&EIO=4".repeat(10_000)}`],
    ["percent signs that mean nothing", `${HANDSHAKE}&t=${"%".repeat(65_536)}`],
  ] as const)
    it(`are answered in good time: ${title}`, async () => {
      let status = 0;
      const costMs = await cpuMsOf(async () => {
        ({ status } = await victim.ask({ path: victim.pathOf(query) }));
      });
      expect(status).to.be.oneOf([200, 400]);
      expect(costMs).to.be.below(1_000);
      victim.closeSessions();
    });

  it("find no way into prototypes", async () => {
    const query = `${HANDSHAKE}&__proto__=polluted&constructor=x&hasOwnProperty=y&__proto__[polluted]=z`;
    const connected = once(victim.engine, "connection");
    expect((await victim.ask({ path: victim.pathOf(query) })).status).to.equal(200);
    const [{ request }] = await connected;
    expect(request._query.constructor).to.equal("x");
    expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
    victim.closeSessions();
  });

  // Of `j` only digits come back, in the script that the page runs.
  for (const [j, index] of [
    ["alert(1)//", "1"],
    ["0];alert(document.cookie);//", "0"],
    ["%0d%0aSet-Cookie:%20a=1", "1"],
    ["</script><script>", ""],
    ["1&j=2", "2"],
  ] as const)
    it(`get nothing into the script by j=${j}`, async () => {
      const answer = await victim.ask({ path: victim.pathOf(`EIO=3&transport=polling&j=${j}`) });
      expect(answer.body.startsWith(`___eio[${index}]("`)).to.equal(true);
      expect(answer.headers["set-cookie"]).to.equal(undefined);
      victim.closeSessions();
    });

  for (const parameter of ["sid", "transport", "EIO", "t", "b64"])
    it(`get no header into the answer by ${parameter}`, async () => {
      const injected = encodeURIComponent("x\r\nSet-Cookie: a=1\r\n\r\n<script>");
      for (const query of [
        `${HANDSHAKE}&${parameter}=${injected}`,
        `${parameter}=${injected}&${HANDSHAKE}`,
      ]) {
        const { headers, body } = await victim.ask({ path: victim.pathOf(query) });
        expect([headers["set-cookie"], body.includes("<script>")]).to.deep.equal([undefined, false]);
        const connection = await victim.dial();
        connection.write(upgradeRequest(victim.pathOf(query.replace("polling", "websocket"))));
        await connection.until(/\r\n\r\n/);
        expect(connection.received).not.to.match(/set-cookie|<script>/i);
        connection.cut();
      }
      victim.closeSessions();
    });

  for (const origin of ["a\x01b", "a\x7fb", "a\0b", "http://a\r b"])
    it(`are refused with 400 for the Origin ${JSON.stringify(origin)}`, async () => {
      for (const request of [
        `GET ${victim.pathOf(HANDSHAKE)} HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nConnection: close\r\n\r\n`,
        upgradeRequest(victim.pathOf("EIO=4&transport=websocket")).replace(
          "Host:",
          `Origin: ${origin}\r\nHost:`,
        ),
      ]) {
        const connection = await victim.dial();
        connection.write(request);
        await connection.over;
        expect(connection.received).to.match(/^HTTP\/1\.1 400 /);
      }
      expect(victim.sessions).to.equal(0);
    });

  it("are refused at once when they bring bytes in revision 4: the body is not waited for", async () => {
    const { socket, path } = await victim.openPolling();
    const closed = once(socket, "close");
    const connection = await victim.dial();
    connection.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: 900000\r\n\r\n4`,
    );
    await connection.until(/^HTTP\/1\.1 400 /);
    const [reason, description] = await closed;
    expect([reason, description.message]).to.deep.equal(["transport error", "invalid content"]);
  });

  it("are refused when they post twice at a time, and end the session", async () => {
    const { socket, path } = await victim.openPolling();
    const closed = once(socket, "close");
    const first = await victim.dial();
    const arrived = once(victim.http, "request");
    first.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n4`);
    await arrived;
    expect((await victim.ask({ path, method: "POST", body: "4a" })).status).to.equal(400);
    expect((await closed)[1].message).to.equal("data request overlap from client");
    await first.over;
  });

  it("may come in one segment: each is answered, in order, and the overlap ends the session", async () => {
    const { socket, path } = await victim.openPolling();
    const closed = once(socket, "close");
    const connection = await victim.dial();
    const poll = `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    connection.write(`${poll}POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n4a${poll}`);
    expect((await closed)[1].message).to.equal("overlap from client");
    await connection.answered(2);
    expect(connection.received.match(/^HTTP\/1\.1 \d+/gm)?.[0]).to.equal("HTTP/1.1 200");
    connection.cut();
  });

  it("may carry anything in messages, and it comes back as it was", async () => {
    const { socket, path } = await victim.openPolling(3);
    const text = "a\r\nSet-Cookie: x=1\r\n\r\n\u2028\u2029</script>\0";
    socket.on("message", (data) => socket.send(data));
    const body = `${text.length + 1}:4${text}`;
    expect((await victim.ask({ path, method: "POST", body })).body).to.equal("ok");
    const answer = await victim.ask({ path });
    expect([answer.body, answer.headers["set-cookie"]]).to.deep.equal([body, undefined]);
    socket.close(true);
  });
});
