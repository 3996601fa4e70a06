import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import { acceptUpgrade } from "../src/accept-upgrade.ts";
import { HandshakeError } from "../src/errors.ts";
import { refuseUpgrade } from "../src/refuse-upgrade.ts";
import { frame, TEXT } from "./support/bytes.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";
import { handshakeRequest, KEY, RawClient } from "./support/raw-client.ts";
import { runningTimers } from "./support/timers.ts";
import { UpgradeServer } from "./support/upgrade-server.ts";

describe("accepting an upgrade", () => {
  let server: UpgradeServer;
  beforeEach(async () => {
    server = await UpgradeServer.listen({ headers: ["X-Towed: yes"] });
  });
  afterEach(() => server.close());

  async function answerTo(request: string): Promise<string> {
    const client = await RawClient.connect(server.port);
    client.send(request);
    return (await client.readToEnd()).toString("latin1");
  }

  it("answers with 101, the accept key and the headers it was given", async () => {
    const client = await RawClient.connect(server.port);
    client.send(handshakeRequest({ "Sec-WebSocket-Extensions": "constructor" }));
    expect(await client.readHead()).to.equal(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Towed: yes\r\n\r\n",
    );
    client.destroy();
    await (await server.accepted()).recorder.closed();
  });

  it("sends the answer and the first message in one write", async () => {
    server.onAccepted = ({ connection }) => connection.sendText("Hello");
    const client = await RawClient.connect(server.port);
    client.send(handshakeRequest());
    const [chunk] = (await once(client.socket, "data")) as [Buffer];
    expect(chunk.toString("hex")).to.match(/0d0a0d0a810548656c6c6f$/);
    client.destroy();
    await (await server.accepted()).recorder.closed();
  });

  const REFUSED: readonly [name: string, request: string, status: string][] = [
    ["another method", handshakeRequest({}, "POST"), "405 Method Not Allowed"],
    ["version 7", handshakeRequest({ "Sec-WebSocket-Version": "7" }), "426 Upgrade Required"],
    ["a bad key", handshakeRequest({ "Sec-WebSocket-Key": "x" }), "400 Bad Request"],
    ["a key named __proto__", handshakeRequest({ "Sec-WebSocket-Key": "__proto__" }), "400 Bad Request"],
    [
      "a flood of blanks as subprotocol",
      handshakeRequest({ "Sec-WebSocket-Protocol": `a${" ".repeat(10_000)}b` }),
      "400 Bad Request",
    ],
  ];
  for (const [name, request, status] of REFUSED)
    it(`refuses ${name} with ${status}`, async () => {
      const answer = await answerTo(request);
      expect(answer).to.match(new RegExp(`^HTTP/1.1 ${status}\r\n`));
      expect(answer).to.include("Connection: close\r\n");
    });

  it("tells a client of another version which it speaks", async () => {
    expect(await answerTo(handshakeRequest({ "Sec-WebSocket-Version": "7" }))).to.include(
      "\r\nSec-WebSocket-Version: 13, 8\r\n",
    );
  });

  it("refuses when so many headers came that Node left the Upgrade header out", async () => {
    server.http.maxHeadersCount = 3;
    const head = handshakeRequest().replace("\r\n\r\n", "\r\n");
    const [start, ...lines] = head.split("\r\n");
    const fillers = Array.from({ length: 10 }, (_, i) => `X-${i}: y`);
    const request = `${[start, ...fillers, ...lines].join("\r\n")}\r\n`;
    // From version 22 on, Node does not leave headers out but answers 431 by itself.
    expect(await answerTo(request)).to.match(
      /^HTTP\/1.1 (?:400 Bad Request|431 Request Header Fields Too Large)\r\n/,
    );
  });

  it("takes no request whose Connection header Node left out, or lacks the token", () => {
    for (const connection of [undefined, "keep-alive, upgrades"]) {
      const headers = {
        host: "localhost",
        upgrade: "websocket",
        connection,
        "sec-websocket-key": KEY,
        "sec-websocket-version": "13",
      };
      const request = { method: "GET", httpVersion: "1.1", headers } as IncomingMessage;
      expect(() => acceptUpgrade(request, new FakeSocket(), Buffer.alloc(0), {}))
        .to.throw(HandshakeError, "Connection")
        .with.property("status", 400);
    }
  });

  it("survives a peer that resets while it is being refused or accepted", async () => {
    for (const request of [handshakeRequest({ "Sec-WebSocket-Version": "7" }), handshakeRequest()])
      for (let i = 0; i < 20; i++) {
        const client = await RawClient.connect(server.port);
        client.send(request);
        if (i % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
        client.socket.resetAndDestroy();
      }
    const client = await RawClient.upgrade(server.port, frame(TEXT, "alive"));
    client.destroy();
  });
});

describe("refusing an upgrade", () => {
  it("writes a complete answer, its length in bytes, and ends", async () => {
    const socket = new FakeSocket();
    refuseUpgrade(socket, 403, '{"why":"é"}', { "Content-Type": "application/json" });
    await nextTurn();
    expect(Buffer.concat(socket.writes).toString()).to.equal(
      "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n" +
        '{"why":"é"}',
    );
    expect(socket.writableEnded).to.equal(true);
    socket.destroy();
  });

  it("refuses a header that would break out of its line, and writes nothing", () => {
    const socket = new FakeSocket();
    expect(() => refuseUpgrade(socket, 400, "", { "X-A": "b\r\nX-C: d" })).to.throw(TypeError);
    expect(socket.writes).to.have.length(0);
    socket.destroy();
  });

  it("reads what the peer still sends, so that the answer is not lost to a reset", async () => {
    const socket = new FakeSocket();
    await nextTurn();
    const before = runningTimers();
    refuseUpgrade(socket, 400, "no");
    expect(runningTimers()).to.equal(before + 1);
    socket.push(Buffer.alloc(1000));
    socket.push(null);
    await once(socket, "close");
    expect(socket.readableEnded).to.equal(true);
    expect(runningTimers()).to.equal(before);
  });

  it("writes a line for each value of a header", async () => {
    const socket = new FakeSocket();
    refuseUpgrade(socket, 499, "", { "Set-Cookie": ["a=b", "c=d"], "X-One": 1, "X-None": undefined });
    await nextTurn();
    expect(Buffer.concat(socket.writes).toString()).to.equal(
      "HTTP/1.1 499 Error\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 0\r\n" +
        "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nX-One: 1\r\n\r\n",
    );
    socket.destroy();
  });

  for (const status of [101, 1000, Number.NaN, "400\r\nX-A: b"])
    it(`refuses the status ${JSON.stringify(status)}, and writes nothing`, () => {
      const socket = new FakeSocket();
      expect(() => refuseUpgrade(socket, status as number, "")).to.throw(TypeError, "status");
      expect(socket.writes).to.have.length(0);
      socket.destroy();
    });

  it("does nothing to a socket that is gone", async () => {
    const socket = new FakeSocket();
    socket.destroy();
    refuseUpgrade(socket, 400, "no");
    await nextTurn();
    expect(socket.writes).to.have.length(0);
  });
});
