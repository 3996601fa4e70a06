import { EventEmitter, once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { expect } from "chai";
import * as reference from "ws";
import type { ClientOptions } from "../src/client-options.ts";
import { Attempt } from "./support/attempt.ts";
import { frame, hex, TEXT } from "./support/bytes.ts";
import { nextTurn } from "./support/fake-socket.ts";
import { accept, headersOf, type RawRequest, RawServer } from "./support/raw-server.ts";
import { runningTimers } from "./support/timers.ts";
import { TLS_CERT } from "./support/tls.ts";

describe("connect", () => {
  const servers: RawServer[] = [];
  // A client that holds its socket open keeps the server from closing, and so fails the test.
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function serve(...[answer, options]: Parameters<typeof RawServer.listen>): Promise<RawServer> {
    const server = await RawServer.listen(answer, options);
    servers.push(server);
    return server;
  }

  const accepting = (): Promise<RawServer> => serve((request) => request.socket.write(accept(request)));
  const silent = (): Promise<RawServer> => serve(() => {});
  const urlOf = (server: RawServer): string => `ws://127.0.0.1:${server.port}/`;

  describe("the request", () => {
    it("is a GET with the headers of a handshake", async () => {
      const server = await accepting();
      const attempt = new Attempt(`${urlOf(server)}a?b=c`);
      (await attempt.connection()).terminate();
      const [head = ""] = server.heads;
      expect(head).to.match(/^GET \/a\?b=c HTTP\/1\.1\r\n/);
      const { "sec-websocket-key": key, ...others } = Object.fromEntries(headersOf(head));
      expect(key).to.match(/^[+/0-9A-Za-z]{22}==$/);
      expect(others).to.deep.equal({
        host: `127.0.0.1:${server.port}`,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
      });
    });

    const LIKE_WS: readonly [
      name: string,
      options: ClientOptions,
      userinfo?: string,
      protocols?: string[],
    ][] = [
      ["no options", {}],
      ["subprotocols", {}, "", ["a", "b"]],
      ["an origin", { origin: "http://here" }],
      ["version 8", { origin: "http://here", protocolVersion: 8 }],
      ["no compression", { perMessageDeflate: false }],
      [
        "options of compression",
        {
          perMessageDeflate: {
            serverNoContextTakeover: true,
            clientNoContextTakeover: true,
            serverMaxWindowBits: 10,
            clientMaxWindowBits: 11,
          },
        },
      ],
      ["auth", { auth: "a:b" }],
      ["credentials in the address", {}, "a:b%20c@"],
      ["credentials in the address and auth", { auth: "a:b" }, "c:d@"],
      ["auth and its header", { auth: "a:b", headers: { Authorization: "c" } }],
      ["a host and other headers", { headers: { Host: "there", Cookie: "a=b", "X-Many": ["1", "2"] } }],
      [
        "headers of its own",
        { headers: { upgrade: "h2c", "Sec-WebSocket-Version": "9", connection: "close" } },
      ],
      ["a subprotocol among the headers", { headers: { "Sec-WebSocket-Protocol": "a" } }],
      ["another host, port, path and method", { host: "there", port: 1, path: "/there", method: "POST" }],
    ];
    for (const [name, options, userinfo = "", protocols = []] of LIKE_WS)
      it(`is that of ws: ${name}`, async () => {
        const server = await serve(({ socket }) =>
          socket.end("HTTP/1.1 400 No\r\nConnection: close\r\n\r\n"),
        );
        const url = `ws://${userinfo}127.0.0.1:${server.port}/a?b`;
        await new Attempt(url, options, protocols).failure();
        const peer = new reference.WebSocket(url, protocols, options as reference.ClientOptions);
        await once(peer, "error");
        const [ours, theirs] = server.heads.map((head) =>
          head.replace(/(Sec-WebSocket-Key: ).*/, "$1").split("\r\n"),
        );
        expect(ours?.[0]).to.equal("GET /a?b HTTP/1.1");
        expect(ours?.sort()).to.deep.equal(theirs?.sort());
      });

    it("goes to a Unix domain socket", async () => {
      const path = join(tmpdir(), `towline-connect-${process.pid}.sock`);
      const server = await serve((request) => request.socket.write(accept(request)), { path });
      const attempt = new Attempt(`ws+unix:${path}:/a?b`);
      (await attempt.connection()).terminate();
      expect(server.heads[0]).to.match(/^GET \/a\?b HTTP/);
      expect(headersOf(server.heads[0]).get("host")).to.equal("localhost");
    });

    it("goes over a socket that createConnection makes", async () => {
      const server = await accepting();
      const attempt = new Attempt("ws://elsewhere.invalid/", {
        createConnection: () => createConnection(server.port, "127.0.0.1"),
      });
      (await attempt.connection()).terminate();
      expect(headersOf(server.heads[0]).get("host")).to.equal("elsewhere.invalid");
    });

    it("takes net's own createConnection, and an agent", async () => {
      const server = await accepting();
      (await new Attempt(urlOf(server), { createConnection }).connection()).terminate();
      const agent = new Agent();
      (await new Attempt(urlOf(server), { agent }).connection()).terminate();
      (await new Attempt(urlOf(server), { agent: false }).connection()).terminate();
      agent.destroy();
      expect(server.heads).to.have.length(3);
    });

    it("waits for finishRequest to end it", async () => {
      const server = await accepting();
      let asked: ClientRequest | undefined;
      const attempt = new Attempt(urlOf(server), {}, [], {
        finishRequest: (request) => {
          asked = request;
        },
      });
      expect(asked?.writableEnded).to.equal(false);
      await nextTurn();
      asked?.setHeader("X-Late", "1").end();
      (await attempt.connection()).terminate();
      expect(headersOf(server.heads[0]).get("x-late")).to.equal("1");
    });

    it("is given up when finishRequest throws, whose error the caller gets", async () => {
      const server = await silent();
      const fault = new Error("mine");
      const finishRequest = (): never => {
        throw fault;
      };
      expect(() => new Attempt(urlOf(server), {}, [], { finishRequest })).to.throw(fault);
      expect(server.heads).to.have.length(0);
    });
  });

  describe("over TLS", () => {
    const secure = (onSocket: (socket: TLSSocket) => void = () => {}): Promise<RawServer> =>
      serve(
        (request) => {
          onSocket(request.socket as TLSSocket);
          request.socket.write(accept(request));
        },
        { tls: true },
      );

    it("names the host, unless it is an address", async () => {
      const names: (string | false | null)[] = [];
      const server = await secure((socket) => names.push(socket.servername as string | false));
      for (const host of ["localhost", "127.0.0.1"])
        (await new Attempt(`wss://${host}:${server.port}/`, { ca: TLS_CERT }).connection()).terminate();
      const options = { ca: TLS_CERT, servername: "localhost" };
      (await new Attempt(`https://127.0.0.1:${server.port}/`, options).connection()).terminate();
      expect(names).to.deep.equal(["localhost", false, "localhost"]);
    });

    it("speaks HTTP/1.1 with a server that can do HTTP/2", async () => {
      const spoken: (string | false | null)[] = [];
      const server = await secure((socket) => spoken.push(socket.alpnProtocol));
      (await new Attempt(`wss://localhost:${server.port}/`, { ca: TLS_CERT }).connection()).terminate();
      expect(spoken).to.deep.equal(["http/1.1"]);
    });

    it("fails on a certificate that nobody vouches for, unless told not to look", async () => {
      const server = await secure();
      const url = `wss://localhost:${server.port}/`;
      expect(await new Attempt(url).failure()).to.have.property("code", "DEPTH_ZERO_SELF_SIGNED_CERT");
      expect(server.heads).to.have.length(0);
      (await new Attempt(url, { rejectUnauthorized: false }).connection()).terminate();
    });

    it("fails on a certificate for another name", async () => {
      const server = await secure();
      const options = { ca: TLS_CERT, servername: "elsewhere.example" };
      expect(await new Attempt(`wss://localhost:${server.port}/`, options).failure()).to.have.property(
        "code",
        "ERR_TLS_CERT_ALTNAME_INVALID",
      );
    });

    it("fails when the server does not speak it", async () => {
      const server = createServer((socket) =>
        socket
          .on("error", () => {})
          .resume()
          .end("HTTP/1.1 400 No\r\n\r\n"),
      );
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const error = await new Attempt(`wss://127.0.0.1:${port}/`).failure();
      expect(error).to.have.property("code", "EPROTO");
      await new Promise((resolve) => server.close(resolve));
    });
  });

  describe("a right answer", () => {
    it("gives the connection before its first frame, though both come at once", async () => {
      const server = await serve((request) =>
        request.socket.write(
          Buffer.concat([Buffer.from(accept(request)), frame(TEXT, "a", null), frame(TEXT, "b", null)]),
        ),
      );
      let early: number | undefined;
      const attempt: Attempt = new Attempt(urlOf(server), {}, [], {
        onConnected: () => {
          early = attempt.recorder.events.length;
        },
      });
      const connection = await attempt.connection();
      expect(early).to.equal(0);
      expect(await attempt.recorder.wait(2)).to.deep.equal([
        ["text", "a"],
        ["text", "b"],
      ]);
      expect(attempt.calls).to.deep.equal(["connect returned", "upgrade", "connected"]);
      connection.terminate();
    });

    it("may follow on others with status 1xx", async () => {
      const server = await serve((request) =>
        request.socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n${accept(request)}`),
      );
      (await new Attempt(urlOf(server)).connection()).terminate();
    });

    it("agrees on a subprotocol", async () => {
      const server = await serve((request) =>
        request.socket.write(accept(request, ["Sec-WebSocket-Protocol: b"])),
      );
      const connection = await new Attempt(urlOf(server), {}, ["a", "b"]).connection();
      expect(connection.protocol).to.equal("b");
      connection.terminate();
    });

    it("agrees on compression, which the first frame may have", async () => {
      // RFC 7692 §7.2.3.1: "Hello".
      const compressed = hex("c1 07 f2 48 cd c9 c9 07 00");
      const server = await serve((request) =>
        request.socket.write(
          Buffer.concat([
            Buffer.from(accept(request, ["Sec-WebSocket-Extensions: permessage-deflate"])),
            compressed,
          ]),
        ),
      );
      const attempt = new Attempt(urlOf(server));
      const connection = await attempt.connection();
      expect(await attempt.recorder.wait(1)).to.deep.equal([["text", "Hello"]]);
      connection.terminate();
    });

    it("comes of a server of ws that is asked for version 8", async () => {
      const server = new reference.WebSocketServer({ port: 0, host: "127.0.0.1" });
      server.on("connection", (peer) => peer.send("hello"));
      await once(server, "listening");
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const attempt = new Attempt(url, { protocolVersion: 8, origin: "http://here" });
      const connection = await attempt.connection();
      expect(await attempt.recorder.wait(1)).to.deep.equal([["text", "hello"]]);
      connection.terminate();
      await attempt.recorder.closed();
      await new Promise((resolve) => server.close(resolve));
    });

    it("leaves no timer of the handshake, and cannot be aborted any more", async () => {
      const server = await accepting();
      await nextTurn();
      const before = runningTimers();
      const attempt = new Attempt(urlOf(server));
      const connection = await attempt.connection();
      expect(runningTimers()).to.be.at.most(before);
      attempt.opening.abort(new Error("late"));
      await nextTurn();
      expect(connection.isOpen).to.equal(true);
      expect(attempt.calls).to.deep.equal(["connect returned", "upgrade", "connected"]);
      connection.terminate();
    });
  });

  describe("a failure", () => {
    /** Fails once, after `connect` has returned, and leaves no timer. */
    async function failureOf(...args: ConstructorParameters<typeof Attempt>): Promise<[Error, string[]]> {
      await nextTurn();
      const before = runningTimers();
      const attempt = new Attempt(...args);
      const error = await attempt.failure();
      await nextTurn();
      expect(runningTimers()).to.be.at.most(before);
      expect(attempt.calls[0]).to.equal("connect returned");
      expect(attempt.calls.filter((call) => call === "failed")).to.have.length(1);
      expect(attempt.calls.at(-1)).to.equal("failed");
      expect(attempt.recorder.events).to.deep.equal([]);
      return [error, attempt.calls.slice(1, -1)];
    }

    const end = (text: string) => (request: RawRequest) => request.socket.end(text);
    const write = (text: (request: RawRequest) => string) => (request: RawRequest) =>
      request.socket.write(text(request));
    const withLine = (line: string) => write((request) => accept(request, [line]));
    const withOwn = (replaced: Record<string, string | null>) =>
      write((request) => accept(request, [], replaced));

    const ANSWERS: readonly [
      name: string,
      answer: (request: RawRequest) => void,
      why: string,
      calls?: readonly string[],
    ][] = [
      ["nothing", ({ socket }) => socket.end(), "socket hang up", []],
      ["a reset", ({ socket }) => socket.resetAndDestroy(), "ECONNRESET", []],
      ["half a head", end("HTTP/1.1 101 Yes\r\nUpgr"), "socket hang up", []],
      [
        "half a head and a reset",
        (r) => r.socket.write("HTTP/1.1 1", () => r.socket.resetAndDestroy()),
        "",
        [],
      ],
      ["no HTTP", write(() => "SSH-2.0-OpenSSH\r\n\r\n"), "Parse Error", []],
      ["an endless head", write(() => `HTTP/1.1 101 Yes\r\nA: ${"a".repeat(20_000)}`), "Header overflow", []],
      ["status 200", end("HTTP/1.1 200 Yes\r\n\r\n"), "answered with status 200", ["unexpected 200"]],
      ["status 401", end("HTTP/1.1 401 No\r\n\r\nbody"), "answered with status 401", ["unexpected 401"]],
      [
        "status 200 and all headers",
        write((request) => accept(request).replace("101", "200")),
        "answered with status 200",
        ["unexpected 200"],
      ],
      [
        "an endless body",
        write(() => `HTTP/1.1 500 No\r\n\r\n${"a".repeat(100_000)}`),
        "answered with status 500",
        ["unexpected 500"],
      ],
      ["no Upgrade header", withOwn({ Upgrade: null }), '"Upgrade" header', []],
      ["another upgrade", withOwn({ Upgrade: "h2c" }), '"Upgrade" header'],
      ["no Connection header", withOwn({ Connection: null }), '"Connection" header', []],
      ["another connection", withOwn({ Connection: "xupgrade" }), '"Connection" header', []],
      ["no accept header", withOwn({ "Sec-WebSocket-Accept": null }), "does not fit the key"],
      ["a wrong accept header", withOwn({ "Sec-WebSocket-Accept": "AAAA" }), "does not fit the key"],
      ["a subprotocol", withLine("Sec-WebSocket-Protocol: a"), "subprotocol that was not offered"],
      ["an empty subprotocol", withLine("Sec-WebSocket-Protocol:"), "subprotocol that was not offered"],
      ["another extension", withLine("Sec-WebSocket-Extensions: constructor"), "extension"],
      [
        "a window of 7 bits",
        withLine("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7"),
        "permessage-deflate",
      ],
    ];
    for (const [name, answer, why, expected = ["upgrade"]] of ANSWERS)
      it(`comes of ${name} as the answer`, async () => {
        const server = await serve(answer);
        const [error, calls] = await failureOf(urlOf(server));
        expect(error.message).to.include(why);
        expect(calls).to.deep.equal(expected);
      });

    it("comes of a host that has no address, with its error", async () => {
      const fault = Object.assign(new Error("no such host"), { code: "ENOTFOUND" });
      const lookup: ClientOptions["lookup"] = (_host, _options, callback) => callback(fault, "", 4);
      const [error] = await failureOf("ws://here.invalid/", { lookup });
      expect(error).to.equal(fault);
    });

    it("comes of a port where nobody listens, with its error", async () => {
      const server = await RawServer.listen(() => {});
      const url = urlOf(server);
      await server.close();
      const [error] = await failureOf(url);
      expect(error).to.have.property("code", "ECONNREFUSED");
    });

    it("comes of a Unix domain socket that is not there", async () => {
      const [error] = await failureOf(`ws+unix:${join(tmpdir(), "towline-nobody.sock")}:/`);
      expect(error).to.have.property("code", "ENOENT");
    });

    it("comes of createConnection throwing, with its error", async () => {
      const fault = new Error("mine");
      const [error] = await failureOf("ws://here/", {
        createConnection: () => {
          throw fault;
        },
      });
      expect(error).to.equal(fault);
    });

    it("comes of a signal, with its error", async () => {
      const server = await silent();
      const controller = new AbortController();
      const failed = failureOf(urlOf(server), { signal: controller.signal });
      await server.requests(1);
      controller.abort();
      expect((await failed)[0]).to.have.property("name", "AbortError");
    });

    it("comes of a server that does not answer within handshakeTimeout", async () => {
      const server = await silent();
      const [error] = await failureOf(urlOf(server), { handshakeTimeout: 30 });
      expect(error).to.have.property("code", "WS_ERR_HANDSHAKE_TIMEOUT");
    });

    it("comes of a head that trickles in for longer than handshakeTimeout", async () => {
      const server = await serve(({ socket }) => {
        const timer = setInterval(() => socket.write("A"), 5);
        socket.write("HTTP/1.1 101 Yes\r\nA: ");
        socket.on("close", () => clearInterval(timer));
      });
      const attempt = new Attempt(urlOf(server), { handshakeTimeout: 40 });
      expect(await attempt.failure()).to.have.property("code", "WS_ERR_HANDSHAKE_TIMEOUT");
    });
  });

  describe("an unexpected response", () => {
    it("is left to who takes it over, until that one gives up", async () => {
      const server = await serve(({ socket }) =>
        socket.write("HTTP/1.1 401 No\r\nContent-Length: 4\r\nX-Why: because\r\n\r\nbody"),
      );
      const responses = new EventEmitter<{ response: [IncomingMessage] }>();
      const attempt = new Attempt(urlOf(server), {}, [], {
        onUnexpectedResponse: (_request, response) => responses.emit("response", response),
      });
      const [response] = (await once(responses, "response")) as [IncomingMessage];
      expect(response.headers["x-why"]).to.equal("because");
      expect(Buffer.concat(await response.toArray()).toString()).to.equal("body");
      await nextTurn();
      expect(attempt.calls).to.deep.equal(["connect returned", "unexpected 401"]);
      const enough = new Error("enough");
      attempt.opening.abort(enough);
      expect(await attempt.failure()).to.equal(enough);
    });

    it("times out when nobody gives up", async () => {
      const server = await serve(({ socket }) => socket.write("HTTP/1.1 401 No\r\n\r\n"));
      const attempt = new Attempt(urlOf(server), { handshakeTimeout: 30 }, [], {
        onUnexpectedResponse: () => true,
      });
      expect(await attempt.failure()).to.have.property("code", "WS_ERR_HANDSHAKE_TIMEOUT");
      expect(attempt.calls).to.deep.equal(["connect returned", "unexpected 401", "failed"]);
    });
  });

  describe("an abort", () => {
    const PHASES: readonly [
      phase: string,
      answer: (request: RawRequest) => void,
      when: "at once" | "requested" | "onUpgrade" | "onUnexpectedResponse",
    ][] = [
      ["before there is a connection", () => {}, "at once"],
      ["while the server is silent", () => {}, "requested"],
      ["in the midst of the head", ({ socket }) => socket.write("HTTP/1.1 101 Yes\r\nUp"), "requested"],
      ["in the upgrade", (request) => request.socket.write(accept(request)), "onUpgrade"],
      ["on a wrong upgrade", (request) => request.socket.write(accept({ key: "" })), "onUpgrade"],
      [
        "on another response",
        ({ socket }) => socket.write("HTTP/1.1 500 No\r\n\r\n"),
        "onUnexpectedResponse",
      ],
    ];
    for (const [phase, answer, when] of PHASES)
      it(`${phase} fails with its error, once`, async () => {
        const server = await serve(answer);
        const mine = new Error("mine");
        const abort = (): void => {
          attempt.opening.abort(mine);
          attempt.opening.abort(new Error("another"));
        };
        const attempt: Attempt = new Attempt(urlOf(server), {}, [], {
          onUpgrade: () => when === "onUpgrade" && abort(),
          onUnexpectedResponse: () => {
            abort();
            return false;
          },
        });
        if (when === "requested") await server.requests(1);
        if (when === "at once" || when === "requested") abort();
        expect(attempt.calls).to.not.include("failed");
        expect(await attempt.failure()).to.equal(mine);
        await nextTurn();
        expect(attempt.calls.filter((call) => call === "failed" || call === "connected")).to.deep.equal([
          "failed",
        ]);
      });
  });

  describe("options", () => {
    const connect = (options: object) => () => new Attempt("ws://127.0.0.1:1/", options);

    it("are refused with every fault named at once", () => {
      const faulty = {
        maxPayload: -1,
        handshakeTimeout: 0,
        followRedirects: "yes",
        maxRedirects: 1.5,
        protocolVersion: 9,
        headers: { "a b": "c", d: "e\r\nf", g: {}, h: "i" },
        origin: "a\nb",
        finishRequest: 1,
        generateMask: {},
        perMessageDeflate: { threshold: -1, serverMaxWindowBits: 7 },
      };
      for (const name of Object.keys(faulty)) expect(connect(faulty)).to.throw(TypeError, `${name} must`);
      expect(connect(faulty))
        .to.throw('(see "a b", "d", "g")')
        .with.property("message")
        .that.includes("threshold must be")
        .and.includes("serverMaxWindowBits must be");
    });

    for (const perMessageDeflate of [null, 1, "yes", []])
      it(`are refused with ${JSON.stringify(perMessageDeflate)} as perMessageDeflate`, () => {
        expect(connect({ perMessageDeflate })).to.throw(
          TypeError,
          "perMessageDeflate must be true, false or an object",
        );
      });

    it("are refused as Node refuses them", () => {
      expect(() => new Attempt("wss://127.0.0.1:1/", { agent: new Agent() })).to.throw(
        TypeError,
        "not supported",
      );
    });
  });
});
