import { once } from "node:events";
import { createServer, type Server as HttpServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Server, type ServerOptions, type Socket } from "@towline/engine.io";
import { HandshakeError, WebSocket } from "@towline/websocket";
import { expect } from "chai";
import { nextUncaught } from "../../websocket/test/support/uncaught.ts";

interface Running {
  readonly http: HttpServer;
  readonly server: Server;
  readonly url: string;
}

const running: Running[] = [];

async function start(options: ServerOptions = {}): Promise<Running> {
  const http = createServer((_request, response) => response.end("elsewhere"));
  const server = new Server(options).attach(http);
  http.listen(0);
  await once(http, "listening");
  const one = { http, server, url: `http://localhost:${(http.address() as AddressInfo).port}` };
  running.push(one);
  return one;
}

const connection = async ({ server }: Running): Promise<Socket> => (await once(server, "connection"))[0];

/** Opens a session on polling by hand. */
async function handshake(one: Running, query = "EIO=4&transport=polling") {
  const [socket, response] = await Promise.all([connection(one), fetch(`${one.url}/engine.io/?${query}`)]);
  const body = await response.text();
  const sid = /sid\W+([\w-]{20})/.exec(body)?.[1];
  const url = `${one.url}/engine.io/?${query}&sid=${sid}`;
  return { socket, body, sid: String(sid), url, response };
}

const post = (url: string, body: string | Uint8Array, contentType = "text/plain;charset=UTF-8") =>
  fetch(url, { method: "POST", body: body as BodyInit, headers: { "Content-Type": contentType } });

describe("server", () => {
  afterEach(() => {
    for (const { http, server } of running.splice(0)) {
      server.close();
      http.close();
      http.closeAllConnections();
    }
  });

  it("names every bad option at once", () => {
    expect(
      () => new Server({ pingInterval: -1, transports: ["smoke"] as never, maxHttpBufferSize: 0 }),
    ).to.throw(
      TypeError,
      /pingInterval must be .*, got -1; maxHttpBufferSize must be .*, got 0; transports must be .*, got \["smoke"\]/,
    );
  });

  it("opens a session of revision 4 on polling", async () => {
    const one = await start({ pingInterval: 300, pingTimeout: 200, maxHttpBufferSize: 1000 });
    const { body, response, sid, socket } = await handshake(one);
    expect(response.headers.get("content-type")).to.equal("text/plain; charset=UTF-8");
    expect(response.headers.get("cache-control")).to.equal("no-store");
    expect(JSON.parse(body.slice(1))).to.deep.equal({
      sid,
      upgrades: ["websocket"],
      pingInterval: 300,
      pingTimeout: 200,
      maxPayload: 1000,
    });
    expect(sid).to.match(/^[\w-]{20}$/);
    expect([socket.id, socket.protocol, socket.transport.name, socket.readyState]).to.deep.equal([
      sid,
      4,
      "polling",
      "open",
    ]);
    expect(one.server.clientsCount).to.equal(1);
    expect(one.server.clients[sid]).to.equal(socket);
  });

  it("opens a session of revision 3 with a length before its packet", async () => {
    const { body, socket } = await handshake(await start(), "EIO=3&transport=polling");
    expect(body).to.match(/^\d+:0\{/);
    expect(Number(body.slice(0, body.indexOf(":")))).to.equal(body.length - body.indexOf(":") - 1);
    expect(socket.protocol).to.equal(3);
  });

  it("carries text and bytes both ways in revision 4", async () => {
    const { socket, url } = await handshake(await start());
    const messages: unknown[] = [];
    socket.on("message", (data) => messages.push(data));
    const posted = await post(url, "4héllo\x1ebAQIDBA==");
    expect([posted.status, await posted.text()]).to.deep.equal([200, "ok"]);
    expect(messages).to.deep.equal(["héllo", Buffer.of(1, 2, 3, 4)]);
    socket.send("down").send(Uint8Array.of(1, 2, 3, 4));
    expect(await (await fetch(url)).text()).to.equal("4down\x1ebAQIDBA==");
  });

  it("carries text and bytes both ways in revision 3, as bytes when the client takes them", async () => {
    const { socket, url } = await handshake(await start(), "EIO=3&transport=polling");
    const messages: unknown[] = [];
    socket.on("message", (data) => messages.push(data));
    await post(url, "6:4hello10:b4AQIDBA==");
    await post(url, Buffer.from("0105ff0401020304", "hex"), "application/octet-stream");
    expect(messages).to.deep.equal(["hello", Buffer.of(1, 2, 3, 4), Buffer.of(1, 2, 3, 4)]);
    socket.send("only text");
    expect(await (await fetch(url)).text()).to.equal("10:4only text");
    socket.send(Uint8Array.of(1, 2, 3, 4));
    const response = await fetch(url);
    expect(response.headers.get("content-type")).to.equal("application/octet-stream");
    expect(Buffer.from(await response.arrayBuffer()).toString("hex")).to.equal("0105ff0401020304");
  });

  it("writes bytes as base64 for a client that asks for b64", async () => {
    const { socket, url } = await handshake(await start(), "EIO=3&transport=polling&b64=1");
    socket.send(Uint8Array.of(1, 2, 3, 4));
    expect(await (await fetch(url)).text()).to.equal("10:b4AQIDBA==");
  });

  it("speaks JSONP: scripts down, forms up", async () => {
    const { body, response, socket, url } = await handshake(await start(), "EIO=3&transport=polling&j=2");
    expect(response.headers.get("content-type")).to.match(/^text\/javascript/);
    expect(body).to.match(/^___eio\[2\]\("\d+:0\{/);
    const [message] = await Promise.all([
      once(socket, "message"),
      post(url, "d=4%3A4a%5Cnb", "application/x-www-form-urlencoded"),
    ]);
    expect(message).to.deep.equal(["a\nb"]);
  });

  it("answers a poll that waits with the next message", async () => {
    const one = await start();
    const { socket, url } = await handshake(one);
    const arrived = once(one.http, "request");
    const poll = fetch(url);
    await arrived;
    socket.send("at last");
    expect(await (await poll).text()).to.equal("4at last");
  });

  it("tells a waiting poll of the close, and forgets the session", async () => {
    const one = await start();
    const { socket, url, sid } = await handshake(one);
    const closed = once(socket, "close");
    socket.close();
    expect(await (await fetch(url)).text()).to.equal("1");
    expect(await closed).to.deep.equal(["forced close", undefined]);
    const refused = await fetch(url);
    expect([refused.status, await refused.json()]).to.deep.equal([
      400,
      { code: 1, message: "Session ID unknown" },
    ]);
    expect(one.server.clients[sid]).to.equal(undefined);
  });

  it("asks allowRequest, once, and tells the client why not", async () => {
    const errors: unknown[] = [];
    const one = await start({
      allowRequest: (request: IncomingMessage, callback) => {
        callback("not you", request.headers["x-me"] !== undefined);
        callback(null, true);
      },
    });
    one.server.on("connection_error", ({ code, message, context }) =>
      errors.push({ code, message, context }),
    );
    const refused = await fetch(`${one.url}/engine.io/?EIO=4&transport=polling`);
    expect([refused.status, await refused.json()]).to.deep.equal([403, { code: 4, message: "not you" }]);
    expect(errors).to.deep.equal([{ code: 4, message: "Forbidden", context: { message: "not you" } }]);
    expect(one.server.clientsCount).to.equal(0);
  });

  for (const id of [undefined, null, "", {}, Promise.resolve(undefined)])
    it(`opens no session by the id ${JSON.stringify(id)}`, async () => {
      const one = await start();
      const errors: unknown[] = [];
      one.server.generateId = () => id as unknown as string;
      one.server.on("connection_error", ({ context }) => errors.push(context.error));
      const refused = await fetch(`${one.url}/engine.io/?EIO=4&transport=polling`);
      expect(refused.status).to.equal(400);
      expect(String(errors)).to.match(/^TypeError: generateId must give a string/);
      expect(one.server.clientsCount).to.equal(0);
    });

  it("answers preflights and cross-origin requests as cors says", async () => {
    const one = await start({ cors: { origin: "https://a.example", credentials: true } });
    const preflight = await fetch(`${one.url}/engine.io/?EIO=4&transport=polling`, {
      method: "OPTIONS",
      headers: { Origin: "https://a.example", "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).to.equal(204);
    const { response } = await handshake(one);
    expect(response.headers.get("access-control-allow-origin")).to.equal("https://a.example");
    expect(response.headers.get("access-control-allow-credentials")).to.equal("true");
  });

  it("lets listeners add headers, and sets a cookie with the first answer only", async () => {
    const one = await start({ cookie: { name: "sid", path: "/chat" } });
    one.server.on("initial_headers", (headers) => Object.assign(headers, { "x-first": "1" }));
    one.server.on("headers", (headers) => Object.assign(headers, { "x-every": "1" }));
    const { response, sid, socket, url } = await handshake(one);
    expect(response.headers.get("set-cookie")).to.equal(`sid=${sid}; Path=/chat; HttpOnly; SameSite=Lax`);
    expect([response.headers.get("x-first"), response.headers.get("x-every")]).to.deep.equal(["1", "1"]);
    socket.send("a");
    const second = await fetch(url);
    expect(second.headers.get("set-cookie")).to.equal(null);
    expect([second.headers.get("x-first"), second.headers.get("x-every")]).to.deep.equal([null, "1"]);
  });

  it("runs middlewares before it looks at a request, and refuses when one fails", async () => {
    const one = await start();
    one.server.use((request, response, next) => {
      response.setHeader("x-seen", "yes");
      next(request.url?.includes("bad") ? new Error("no") : undefined);
    });
    expect((await handshake(one)).response.headers.get("x-seen")).to.equal("yes");
    const refused = await fetch(`${one.url}/engine.io/?EIO=4&transport=polling&bad`);
    expect([refused.status, await refused.json()]).to.deep.equal([400, { code: 3, message: "Bad request" }]);
  });

  it("lets a middleware answer an upgrade itself, and ends the connection then", async () => {
    const one = await start();
    one.server.use((_request, response) =>
      response.writeHead(401, { "x-why": "no badge" }).end("who are you?"),
    );
    const answer = new Promise<{ status: number | undefined; why: unknown; body: string }>(
      (resolve, reject) => {
        const asked = request(`${one.url}/engine.io/?EIO=4&transport=websocket`, {
          headers: { Connection: "Upgrade", Upgrade: "websocket" },
        });
        asked.on("error", reject).on("response", (response) => {
          let body = "";
          response.on("data", (chunk) => (body += chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode, why: response.headers["x-why"], body }),
          );
        });
        asked.end();
      },
    );
    expect(await answer).to.deep.equal({ status: 401, why: "no badge", body: "who are you?" });
    expect(one.server.clientsCount).to.equal(0);
  });

  it("waits for an id that takes time, and refuses when none can be made", async () => {
    const one = await start();
    one.server.generateId = async () => "an-id-of-twenty-char";
    expect((await handshake(one)).sid).to.equal("an-id-of-twenty-char");
    for (const fail of [
      () => Promise.reject(new Error("no")),
      () => {
        throw new Error("no");
      },
    ]) {
      one.server.generateId = fail;
      const refused = await fetch(`${one.url}/engine.io/?EIO=4&transport=polling`);
      expect([refused.status, await refused.json()]).to.deep.equal([
        400,
        { code: 3, message: "Bad request" },
      ]);
    }
  });

  it("refuses with 400 when a middleware throws", async () => {
    const one = await start();
    one.server.use(() => {
      throw new Error("of the middleware");
    });
    const refused = await fetch(`${one.url}/engine.io/?EIO=4&transport=polling`);
    expect([refused.status, await refused.json()]).to.deep.equal([400, { code: 3, message: "Bad request" }]);
  });

  it("opens no session once it is closed, however late the application admits it", async () => {
    let admit: (() => void) | undefined;
    const one = await start({ allowRequest: (_request, callback) => (admit = () => callback(null, true)) });
    const refused = fetch(`${one.url}/engine.io/?EIO=4&transport=polling`);
    while (admit === undefined) await new Promise(setImmediate);
    one.server.close();
    admit();
    expect([(await refused).status, await (await refused).json()]).to.deep.equal([
      503,
      { code: 3, message: "Server closed" },
    ]);
    expect(one.server.clientsCount).to.equal(0);
  });

  it("does not give one id to two sessions", async () => {
    const one = await start();
    one.server.generateId = () => "always-the-same-one-";
    const { socket } = await handshake(one);
    expect((await fetch(`${one.url}/engine.io/?EIO=4&transport=polling`)).status).to.equal(400);
    expect([one.server.clientsCount, socket.readyState]).to.deep.equal([1, "open"]);
  });

  it("ends a post that is under way when its session closes", async () => {
    const { socket, url } = await handshake(await start());
    const { host, pathname, search, port } = new URL(url);
    const raw = connect(Number(port));
    raw.write(`POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 6\r\n\r\n4a`);
    let answer = "";
    raw.on("data", (chunk) => (answer += chunk));
    const ended = once(raw, "close");
    // Another post on the session would be an overlap, so a poll shows that the first part has come in.
    const polled = fetch(url);
    socket.send("x");
    await polled;
    socket.close(true);
    await ended;
    expect(answer).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  for (const [method, reason] of [
    ["GET", "poll connection closed prematurely"],
    ["POST", "data request connection closed prematurely"],
  ] as const)
    it(`notices a ${method} that was aborted while a middleware took its time`, async () => {
      const one = await start();
      const { socket, url } = await handshake(one);
      const closed = once(socket, "close");
      one.server.use((asked, _response, next) => {
        asked.on("error", () => {});
        asked.socket.on("close", () => setImmediate(next));
      });
      const arrived = once(one.http, "request");
      const asked = request(url, { method, headers: method === "POST" ? { "Content-Length": 6 } : {} });
      asked.on("error", () => {});
      if (method === "POST") asked.write("4a");
      else asked.end();
      await arrived;
      asked.destroy();
      expect((await closed).map(String)).to.deep.equal(["transport error", `Error: ${reason}`]);
    });

  it("sends each cookie of a middleware on a line of its own, on upgrades too", async () => {
    const one = await start();
    one.server.use((_request, response, next) => {
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      next();
    });
    const raw = connect(Number(new URL(one.url).port));
    raw.write(
      "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    const [answer] = await once(raw, "data");
    raw.destroy();
    expect(String(answer)).to.include("\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n");
  });

  it("does not take a listener's error for a fault of the handshake", async () => {
    const one = await start();
    const thrown = new HandshakeError(400, "of another server");
    one.server.on("connection", (socket) => {
      socket.send("still there");
      throw thrown;
    });
    const uncaught = nextUncaught();
    const socket = new WebSocket(`${one.url.replace("http", "ws")}/engine.io/?EIO=4&transport=websocket`);
    const messages: string[] = [];
    socket.on("message", (data) => messages.push(String(data)));
    await once(socket, "message");
    if (messages.length < 2) await once(socket, "message");
    expect(messages[1]).to.equal("4still there");
    expect(await uncaught).to.equal(thrown);
    socket.terminate();
  });

  it("leaves other paths to whoever served them before", async () => {
    const one = await start();
    expect(await (await fetch(`${one.url}/other`)).text()).to.equal("elsewhere");
  });

  it("tells clients that it has been closed, until it is attached again", async () => {
    const one = await start();
    const { url } = await handshake(one);
    one.server.close();
    expect((await fetch(url)).status).to.equal(400);
    const refused = await fetch(`${one.url}/engine.io/?EIO=4&transport=polling`);
    expect([refused.status, await refused.json()]).to.deep.equal([
      503,
      { code: 3, message: "Server closed" },
    ]);
    one.server.attach(one.http);
    await handshake(one);
    expect(one.server.clientsCount).to.equal(1);
  });

  it("closes every session with the server", async () => {
    const one = await start();
    const { socket } = await handshake(one);
    const closed = once(socket, "close");
    one.server.close();
    expect((await closed)[0]).to.equal("forced close");
    expect(one.server.clientsCount).to.equal(0);
  });
});
