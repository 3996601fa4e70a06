import { once } from "node:events";
import { request } from "node:https";
import { gunzipSync } from "node:zlib";
import type { AttachOptions, ServerOptions, Socket } from "@towline/engine.io";
import { expect } from "chai";
import { WebSocket, WebSocketServer } from "ws";
import { answerOf, Http2Rig } from "./support/http2-server.ts";

let rig: Http2Rig;
const start = async (options: ServerOptions = {}, attachOptions: AttachOptions = {}, secure = false) => {
  rig = await Http2Rig.start(options, attachOptions, secure);
};

const refusal = (code: number, message: string) => JSON.stringify({ code, message });

describe("polling over HTTP/2", () => {
  afterEach(() => rig.close());

  it("carries text both ways", async () => {
    await start();
    const { socket, query } = await rig.openPolling();
    const received: unknown[] = [];
    socket.on("message", (data) => received.push(data));
    const posted = await rig.post(query, "4héllo\x1ebAQID");
    expect([posted.status, String(posted.body)]).to.deep.equal([200, "ok"]);
    expect(received).to.deep.equal(["héllo", Buffer.of(1, 2, 3)]);
    socket.send("wörld");
    const polled = await rig.get(query);
    expect([polled.status, String(polled.body)]).to.deep.equal([200, "4wörld"]);
    expect([polled.headers["content-type"], polled.headers["cache-control"]]).to.deep.equal([
      "text/plain; charset=UTF-8",
      "no-store",
    ]);
    expect([socket.remoteAddress, socket.request.headers[":path"]]).to.deep.equal([
      "127.0.0.1",
      "/engine.io/?EIO=4&transport=polling",
    ]);
  });

  it("carries bytes both ways in revision 3", async () => {
    await start();
    const { socket, query } = await rig.openPolling("EIO=3&transport=polling");
    const wire = Buffer.from("0104ff04010203", "hex");
    const message = once(socket, "message");
    await rig.post(query, wire, { "content-type": "application/octet-stream" });
    expect(await message).to.deep.equal([Buffer.of(1, 2, 3)]);
    socket.send(Buffer.of(1, 2, 3));
    expect((await rig.get(query)).body).to.deep.equal(wire);
  });

  it("answers a poll that waits", async () => {
    await start();
    const { socket, query } = await rig.openPolling();
    const arrived = once(rig.http, "request");
    const answer = rig.get(query);
    await arrived;
    socket.send("at last");
    expect(String((await answer).body)).to.equal("4at last");
  });

  it("compresses long answers", async () => {
    await start();
    const { socket, query } = await rig.openPolling();
    socket.send("a".repeat(5_000));
    const { headers, body } = await rig.get(query, { "accept-encoding": "gzip" });
    expect([headers["content-encoding"], headers["content-length"]]).to.deep.equal([
      "gzip",
      `${body.length}`,
    ]);
    expect(String(gunzipSync(body))).to.equal(`4${"a".repeat(5_000)}`);
  });

  it("answers preflights, and sets cookies and the headers of listeners", async () => {
    await start({ cors: { origin: "https://a.example" }, cookie: "io" });
    rig.engine.on("headers", (headers) => Object.assign(headers, { "X-Every": "1" }));
    const query = "EIO=4&transport=polling";
    const preflight = await rig.get(query, { ":method": "OPTIONS", origin: "https://a.example" });
    expect([preflight.status, preflight.headers["access-control-allow-origin"]]).to.deep.equal([
      204,
      "https://a.example",
    ]);
    const { headers } = await rig.get(query, { origin: "https://a.example" });
    expect(headers["access-control-allow-origin"]).to.equal("https://a.example");
    expect(headers["set-cookie"]?.[0]).to.match(/^io=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(headers["x-every"]).to.equal("1");
  });

  it("refuses with the codes of the protocol", async () => {
    await start({ allowRequest: (asked, decide) => decide(null, asked.headers["x-me"] !== undefined) });
    const answers: readonly [query: string, status: number, body: string][] = [
      ["EIO=4&transport=smoke", 400, refusal(0, "Transport unknown")],
      ["EIO=4&transport=polling&sid=no", 400, refusal(1, "Session ID unknown")],
      ["EIO=4&transport=polling", 403, refusal(4, "Forbidden")],
    ];
    for (const [query, status, body] of answers) {
      const answer = await rig.get(query);
      expect([answer.status, String(answer.body)]).to.deep.equal([status, body]);
    }
  });

  it("answers 413 to a body whose announced length is too much, and the other streams go on", async () => {
    await start({ maxHttpBufferSize: 1_000 });
    const { socket, query } = await rig.openPolling();
    const closed = once(socket, "close");
    const stream = rig.client.session.request({
      ":method": "POST",
      ":path": `/engine.io/?${query}`,
      "content-length": "100000000",
    });
    stream.on("error", () => {});
    expect((await answerOf(stream)).status).to.equal(413);
    expect((await closed)[0]).to.equal("transport error");
    await rig.openPolling();
  });

  it("answers 413 as soon as a body has become too much", async () => {
    await start({ maxHttpBufferSize: 1_000 });
    const { query } = await rig.openPolling();
    const stream = rig.client.session.request({ ":method": "POST", ":path": `/engine.io/?${query}` });
    stream.on("error", () => {});
    stream.write("4".repeat(1_001));
    expect((await answerOf(stream)).status).to.equal(413);
    await rig.openPolling();
  });

  for (const [method, body, reason] of [
    ["GET", undefined, "poll connection closed prematurely"],
    ["POST", "4a", "data request connection closed prematurely"],
  ] as const)
    it(`notices a ${method} that is reset`, async () => {
      await start();
      const { socket, query } = await rig.openPolling();
      const closed = once(socket, "close");
      const arrived = once(rig.http, "request");
      const stream = rig.client.session.request({ ":method": method, ":path": `/engine.io/?${query}` });
      stream.on("error", () => {});
      if (body !== undefined) stream.write(body);
      await arrived;
      // Not `close`, which would end the body first.
      stream.destroy(new Error("reset"));
      expect((await closed).map(String)).to.deep.equal(["transport error", `Error: ${reason}`]);
      expect(rig.engine.clientsCount).to.equal(0);
    });

  it("notices an answer that is reset half-way: the messages in it are not taken for sent", async () => {
    await start();
    const { socket, query } = await rig.openPolling();
    let isSent = false;
    // More than the window of a stream lets through.
    socket.send("a".repeat(1_000_000), () => {
      isSent = true;
    });
    const closed = once(socket, "close");
    const stream = rig.request(query);
    await once(stream, "response");
    stream.close(8);
    expect([(await closed)[0], isSent]).to.deep.equal(["transport error", false]);
  });

  it("refuses a second poll, and ends the first", async () => {
    await start();
    const { query } = await rig.openPolling();
    const arrived = once(rig.http, "request");
    const first = rig.get(query);
    await arrived;
    expect((await rig.get(query)).status).to.equal(400);
    expect(String((await first).body)).to.equal("6");
  });

  it("ends a post that is under way when its session closes", async () => {
    await start();
    const { socket, query } = await rig.openPolling();
    const arrived = once(rig.http, "request");
    const stream = rig.client.session.request({ ":method": "POST", ":path": `/engine.io/?${query}` });
    stream.on("error", () => {});
    stream.write("4a");
    await arrived;
    socket.close(true);
    expect((await answerOf(stream)).status).to.equal(400);
  });

  it("passes middlewares, one of which may answer", async () => {
    await start();
    rig.engine.use((asked, response, next) => {
      response.setHeader("x-seen", "yes");
      if (asked.headers["x-stop"] === undefined) next();
      else response.writeHead(401).end("who are you?");
    });
    expect((await rig.get("EIO=4&transport=polling")).headers["x-seen"]).to.equal("yes");
    const answer = await rig.get("EIO=4&transport=polling", { "x-stop": "1" });
    expect([answer.status, String(answer.body), answer.headers["x-seen"]]).to.deep.equal([
      401,
      "who are you?",
      "yes",
    ]);
  });

  it("leaves other paths to whoever served them before", async () => {
    await start();
    const answer = await answerOf(rig.client.session.request({ ":path": "/other" }));
    expect(String(answer.body)).to.equal("elsewhere");
  });

  it("closes its sessions with the server", async () => {
    await start();
    const { socket, query } = await rig.openPolling();
    const arrived = once(rig.http, "request");
    const answer = rig.get(query);
    await arrived;
    const closed = once(socket, "close");
    rig.engine.close();
    expect([(await closed)[0], String((await answer).body)]).to.deep.equal(["forced close", "1"]);
  });
});

describe("WebSocket over HTTP/2", () => {
  afterEach(() => rig.close());

  it("opens a session in a stream", async () => {
    await start();
    const connected = once(rig.engine, "connection") as Promise<[Socket]>;
    const webSocket = await rig.connect("EIO=4&transport=websocket");
    const [socket] = await connected;
    expect(JSON.parse((await webSocket.next()).slice(1))).to.include({
      sid: socket.id,
      pingInterval: 25_000,
    });
    expect([socket.transport.name, socket.remoteAddress]).to.deep.equal(["websocket", "127.0.0.1"]);
    socket.on("message", (data) => socket.send(`${data}!`));
    webSocket.send("4a", "4b");
    expect([await webSocket.next(), await webSocket.next()]).to.deep.equal(["4a!", "4b!"]);
    const closed = once(socket, "close");
    webSocket.stream.close(8);
    expect((await closed)[0]).to.equal("transport close");
    expect(rig.engine.clientsCount).to.equal(0);
  });

  it("upgrades a session that polls over the same connection", async () => {
    await start();
    const { socket, query, sid } = await rig.openPolling();
    const arrived = once(rig.http, "request");
    const poll = rig.get(query);
    await arrived;
    const webSocket = await rig.connect(`EIO=4&transport=websocket&sid=${sid}`);
    webSocket.send("2probe");
    expect(await webSocket.next()).to.equal("3probe");
    expect(String((await poll).body)).to.equal("6");
    const upgraded = once(socket, "upgrade");
    webSocket.send("5");
    await upgraded;
    socket.send("over here");
    expect(await webSocket.next()).to.equal("4over here");
    expect([socket.upgraded, socket.transport.name]).to.deep.equal([true, "websocket"]);
    const late = await rig.get(query);
    expect([late.status, String(late.body)]).to.deep.equal([400, refusal(3, "Bad request")]);
  });

  it("refuses with the codes of the protocol, and the connection goes on", async () => {
    await start({ allowRequest: (asked, decide) => decide("not you", asked.headers["x-me"] !== undefined) });
    const answers: readonly [query: string, status: number, body: string][] = [
      ["EIO=4&transport=smoke", 400, refusal(0, "Transport unknown")],
      ["EIO=4&transport=polling", 400, refusal(3, "Bad request")],
      ["EIO=4&transport=websocket&sid=no", 400, refusal(1, "Session ID unknown")],
      ["EIO=4&transport=websocket", 403, refusal(4, "not you")],
    ];
    for (const [query, status, body] of answers) {
      const answer = await rig.refused(query);
      expect([answer.status, answer.headers["content-type"], String(answer.body)]).to.deep.equal([
        status,
        "application/json",
        body,
      ]);
    }
    expect((await rig.get("EIO=4&transport=polling", { "x-me": "1" })).status).to.equal(200);
  });

  it("refuses another version than 13 with the one it speaks", async () => {
    await start();
    const answer = await rig.refused("EIO=4&transport=websocket", { "sec-websocket-version": "7" });
    expect([answer.status, answer.headers["sec-websocket-version"]]).to.deep.equal([400, "13, 8"]);
    expect(String(answer.body)).to.equal(refusal(3, "Bad request"));
    expect(rig.engine.clientsCount).to.equal(0);
  });

  it("answers with what middlewares and listeners put into the head", async () => {
    await start();
    rig.engine.use((_asked, response, next) => {
      response.setHeader("X-Seen", "yes");
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      next();
    });
    rig.engine.on("initial_headers", (headers) => Object.assign(headers, { "X-First": "1" }));
    const { headers } = await rig.connect("EIO=4&transport=websocket");
    expect([headers["x-seen"], headers["x-first"], headers["set-cookie"]]).to.deep.equal([
      "yes",
      "1",
      ["a=1", "b=2"],
    ]);
  });

  for (const [title, more] of [
    ["a reason phrase", ["Unauthorized"]],
    ["a reason phrase and headers", ["Unauthorized", { "x-why": "no badge" }]],
    ["headers in a list", [["x-why", "no badge"]]],
  ] as const)
    it(`sends what a middleware gives to writeHead as ${title}`, async () => {
      await start();
      rig.engine.use((_asked, response) => {
        (response.writeHead as (...given: unknown[]) => typeof response)(401, ...more).end();
      });
      const { status, headers } = await rig.refused("EIO=4&transport=websocket");
      expect([status, headers["x-why"], headers["0"]]).to.deep.equal([
        401,
        more.length === 1 && title === "a reason phrase" ? undefined : "no badge",
        undefined,
      ]);
    });

  it("lets a middleware answer, or fail", async () => {
    await start();
    rig.engine.use((asked, response, next) => {
      if (asked.headers["x-fail"] !== undefined) next(new Error("no"));
      else response.writeHead(401, { "x-why": "no badge" }).end("who are you?");
    });
    const answered = await rig.refused("EIO=4&transport=websocket");
    expect([answered.status, answered.headers["x-why"], String(answered.body)]).to.deep.equal([
      401,
      "no badge",
      "who are you?",
    ]);
    const failed = await rig.refused("EIO=4&transport=websocket", { "x-fail": "1" });
    expect([failed.status, String(failed.body)]).to.deep.equal([400, refusal(3, "Bad request")]);
    expect(rig.engine.clientsCount).to.equal(0);
  });

  it("refuses with 400 when the engine in use does not speak it", async () => {
    await start({ wsEngine: WebSocketServer });
    expect((await rig.refused("EIO=4&transport=websocket")).status).to.equal(400);
    await rig.openPolling();
  });

  it("ends a stream that nobody takes", async () => {
    await start({}, { destroyUpgradeTimeout: 10 });
    const stream = rig.client.request({ ":path": "/other" });
    await once(stream, "close");
  });

  it("leaves such a stream alone when told to", async () => {
    await start({}, { destroyUpgrade: false, destroyUpgradeTimeout: 0 });
    rig.http.on("stream", (stream, headers) => {
      if (headers[":path"] === "/other")
        setTimeout(() => stream.respond({ ":status": 299 }, { endStream: true }), 20);
    });
    expect((await answerOf(rig.client.request({ ":path": "/other" }))).status).to.equal(299);
  });

  it("closes its sessions with the server", async () => {
    await start();
    const connected = once(rig.engine, "connection") as Promise<[Socket]>;
    const webSocket = await rig.connect("EIO=4&transport=websocket");
    const [socket] = await connected;
    await webSocket.next();
    const closed = once(socket, "close");
    rig.engine.close();
    expect((await closed)[0]).to.equal("forced close");
    expect(webSocket.stream.destroyed).to.equal(false);
  });

  it("outlives a client whose connection is lost in the middle of everything", async () => {
    await start();
    const polling = await rig.openPolling();
    const connected = once(rig.engine, "connection") as Promise<[Socket]>;
    await rig.connect("EIO=4&transport=websocket");
    const [socket] = await connected;
    const arrived = once(rig.http, "request");
    rig.request(polling.query);
    await arrived;
    rig.client.request({ ":path": `/engine.io/?EIO=4&transport=websocket&sid=${polling.sid}` });
    const closes = [once(socket, "close"), once(polling.socket, "close")];
    await rig.client.close();
    expect((await Promise.all(closes)).map(([reason]) => reason)).to.deep.equal([
      "transport close",
      "transport error",
    ]);
    expect(rig.engine.clientsCount).to.equal(0);
  });
});

describe("a secure server of HTTP/2 that allows HTTP/1", () => {
  beforeEach(() => start({}, {}, true));
  afterEach(() => rig.close());

  it("serves clients of both at a time", async () => {
    const { socket, query } = await rig.openPolling();
    const older = new WebSocket(`wss://127.0.0.1:${rig.port}/engine.io/?EIO=4&transport=websocket`, {
      rejectUnauthorized: false,
    });
    const [[opened], [olderSocket]] = await Promise.all([
      once(older, "message"),
      once(rig.engine, "connection") as Promise<[Socket]>,
    ]);
    expect(String(opened)).to.match(/^0\{/);
    expect([socket, olderSocket].map(({ request }) => request.httpVersion)).to.deep.equal(["2.0", "1.1"]);
    socket.send("to the newer");
    olderSocket.send("to the older");
    expect(String((await once(older, "message"))[0])).to.equal("4to the older");
    expect(String((await rig.get(query)).body)).to.equal("4to the newer");
    const closed = once(older, "close");
    older.close();
    await closed;
  });

  it("refuses an upgrade of HTTP/1 as ever", async () => {
    const asked = request({
      host: "127.0.0.1",
      port: rig.port,
      path: "/engine.io/?EIO=4&transport=websocket&sid=no",
      headers: { Connection: "Upgrade", Upgrade: "websocket" },
      rejectUnauthorized: false,
      agent: false,
    });
    const [response] = await once(asked.end(), "response");
    let body = "";
    for await (const chunk of response) body += chunk;
    expect([response.statusCode, body]).to.deep.equal([400, refusal(1, "Session ID unknown")]);
  });
});
