import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { expect } from "chai";
import { type ClientOptions, WebSocket } from "../../src/index.ts";
import { TLS_CERT, TLS_KEY } from "../support/tls.ts";
import { answerHandshake } from "./support/subject.ts";
import { settle, WirePeer } from "./support/wire-peer.ts";

interface Outcome {
  readonly opened: boolean;
  readonly errors: number;
  readonly codes: readonly number[];
}

// Not `once` of node:events, which rejects when an `error` comes first.
const closeOf = (client: WebSocket): Promise<void> =>
  new Promise((resolve) => client.on("close", () => resolve()));

/** Whether a client opened, and its errors and closes by the time it is closed. An open one is terminated. */
async function outcomeOf(client: WebSocket): Promise<Outcome> {
  let opened = false;
  let errors = 0;
  const codes: number[] = [];
  client.on("open", () => {
    opened = true;
    client.terminate();
  });
  client.on("error", () => errors++);
  client.on("close", (code: number) => codes.push(code));
  await closeOf(client);
  await settle();
  return { opened, errors, codes };
}

const FAILED: Outcome = { opened: false, errors: 1, codes: [1006] };

describe("conformance of the client: opening handshake", () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => sockets.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Connects and gives the request's head; the client is left waiting. */
  async function request(path = "/", protocols: string[] = [], options: ClientOptions = {}) {
    const accepted = once(server, "connection");
    const client = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options);
    client.on("error", () => {});
    const peer = new WirePeer((await accepted)[0] as Socket, false);
    const head = await peer.head();
    const [line = "", ...lines] = head.trimEnd().split("\r\n");
    const headers = new Map(
      lines.map((text) => [
        text.slice(0, text.indexOf(":")).toLowerCase(),
        text.slice(text.indexOf(":") + 1).trim(),
      ]),
    );
    return { client, peer, head, line, headers, lines };
  }

  async function drop({ client, peer }: { client: WebSocket; peer: WirePeer }): Promise<void> {
    const closed = closeOf(client);
    client.terminate();
    peer.socket.destroy();
    await closed;
  }

  it("sends a GET of HTTP/1.1 with the path and query of its address", async () => {
    const got = await request("/chat/%23room?x=1&y");
    expect(got.line).to.equal("GET /chat/%23room?x=1&y HTTP/1.1");
    expect(got.lines.every((line) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\x20-\x7e]*$/.test(line))).to.equal(
      true,
    );
    await drop(got);
  });

  it("sends / when its address has no path", async () => {
    const got = await request("");
    expect(got.line).to.equal("GET / HTTP/1.1");
    await drop(got);
  });

  it("names host and port in Host", async () => {
    const got = await request();
    expect(got.headers.get("host")).to.equal(`127.0.0.1:${port}`);
    await drop(got);
  });

  it("leaves the port out of Host when it is the scheme's own", async () => {
    const accepted = once(server, "connection");
    const client = new WebSocket("ws://example.com/", [], {
      createConnection: () => connect({ port, host: "127.0.0.1" }),
    });
    client.on("error", () => {});
    const peer = new WirePeer((await accepted)[0] as Socket, false);
    expect(await peer.head()).to.match(/\r\nhost: example\.com\r\n/i);
    await drop({ client, peer });
  });

  it("sends Upgrade: websocket, Connection: Upgrade and version 13", async () => {
    const got = await request();
    expect(got.headers.get("upgrade")).to.equal("websocket");
    expect(got.headers.get("connection")).to.equal("Upgrade");
    expect(got.headers.get("sec-websocket-version")).to.equal("13");
    expect(got.headers.has("sec-websocket-protocol")).to.equal(false);
    await drop(got);
  });

  it("sends a key of 16 random bytes in base64, another one each time", async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const got = await request();
      const key = got.headers.get("sec-websocket-key") ?? "";
      expect(key).to.match(/^[A-Za-z0-9+/]{22}==$/);
      expect(Buffer.from(key, "base64")).to.have.length(16);
      keys.add(key);
      await drop(got);
    }
    expect(keys.size).to.equal(20);
  });

  it("offers its subprotocols in their order, and refuses any that are no different tokens", async () => {
    const got = await request("/", ["chat", "superchat"]);
    expect(got.headers.get("sec-websocket-protocol")?.split(/, */)).to.deep.equal(["chat", "superchat"]);
    await drop(got);
    for (const bad of [["a", "a"], [""], ["a b"], ["a,b"], ["é"], ["a\r\nb"], ["a/b"], ["a;b"]])
      expect(() => new WebSocket(`ws://127.0.0.1:${port}`, bad), JSON.stringify(bad)).to.throw(SyntaxError);
  });

  it("sends the origin it is given, and none of itself", async () => {
    const got = await request("/", [], { origin: "http://example.com" });
    expect(got.headers.get("origin")).to.equal("http://example.com");
    await drop(got);
    const without = await request();
    expect(without.headers.has("origin")).to.equal(false);
    await drop(without);
  });

  it("sends nothing before the server's answer", async () => {
    const got = await request();
    expect(() => got.client.send("early")).to.throw();
    expect(() => got.client.ping()).to.throw();
    await settle();
    answerHandshake(got.peer.socket, got.head);
    await once(got.client, "open");
    got.client.send("now");
    expect((await got.peer.frame())?.payload.toString()).to.equal("now");
    await drop(got);
  });

  const ok = (head: string): string => {
    const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
    return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  };
  const ANSWER = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: ACCEPT",
  ];
  const replaced = (name: string, line: string | undefined): string[] =>
    ANSWER.flatMap((one) => (one.startsWith(name) ? (line === undefined ? [] : [line]) : [one]));

  async function answered(
    lines: readonly string[],
    protocols: string[] = [],
    options: ClientOptions = {},
  ): Promise<Outcome> {
    const accepted = once(server, "connection");
    const client = new WebSocket(`ws://127.0.0.1:${port}`, protocols, options);
    const outcome = outcomeOf(client);
    const peer = new WirePeer((await accepted)[0] as Socket, false);
    const head = await peer.head();
    peer.socket.write(`${lines.join("\r\n").replace("ACCEPT", ok(head))}\r\n\r\n`);
    return outcome;
  }

  const TAKEN: readonly [name: string, lines: readonly string[], protocols?: string[]][] = [
    ["as RFC 6455 has it", ANSWER],
    [
      "with its words in another case",
      replaced("Upgrade", "UPGRADE: WebSocket").map((line) =>
        line.replace("Connection: Upgrade", "connection: upgrade"),
      ),
    ],
    ["with further headers", [...ANSWER, "Server: x", "Set-Cookie: a=b"]],
    ["with a list in Connection", replaced("Connection", "Connection: keep-alive, Upgrade")],
    [
      "with blanks around the accept key",
      replaced("Sec-WebSocket-Accept", "Sec-WebSocket-Accept:  \t ACCEPT  "),
    ],
    ["with a subprotocol that was offered", [...ANSWER, "Sec-WebSocket-Protocol: b"], ["a", "b"]],
  ];
  for (const [name, lines, protocols] of TAKEN)
    it(`takes an answer ${name}`, async () => {
      expect(await answered(lines, protocols)).to.deep.include({ opened: true, errors: 0 });
    });

  const REFUSED: readonly [name: string, lines: readonly string[], protocols?: string[]][] = [
    ...[200, 204, 301, 400, 401, 404, 426, 500, 503].map((status): [string, string[]] => [
      `status ${status}`,
      [`HTTP/1.1 ${status} No`, "Location: http://127.0.0.1/", "Content-Length: 0", ...ANSWER.slice(1)],
    ]),
    ["status 200 and the headers of an upgrade", replaced("HTTP", "HTTP/1.1 200 OK")],
    ["no Upgrade", replaced("Upgrade", undefined)],
    ["another Upgrade", replaced("Upgrade", "Upgrade: h2c")],
    ["more than websocket in Upgrade", replaced("Upgrade", "Upgrade: websocket, h2c")],
    ["no Connection", replaced("Connection", undefined)],
    ["a Connection without Upgrade", replaced("Connection", "Connection: keep-alive")],
    ["no accept key", replaced("Sec-WebSocket-Accept", undefined)],
    ["an empty accept key", replaced("Sec-WebSocket-Accept", "Sec-WebSocket-Accept:")],
    [
      "the accept key of another",
      replaced("Sec-WebSocket-Accept", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ],
    [
      "an accept key in small letters",
      replaced("Sec-WebSocket-Accept", "Sec-WebSocket-Accept: aaaaaaaaaaaaaaaaaaaaaaaaaaa="),
    ],
    ["an extension that was not offered", [...ANSWER, "Sec-WebSocket-Extensions: x-not-offered"]],
    ["an extension list that is none", [...ANSWER, "Sec-WebSocket-Extensions: ;;="]],
    ["a subprotocol when none was offered", [...ANSWER, "Sec-WebSocket-Protocol: a"]],
    ["a subprotocol that was not offered", [...ANSWER, "Sec-WebSocket-Protocol: c"], ["a", "b"]],
    ["a subprotocol in another case", [...ANSWER, "Sec-WebSocket-Protocol: A"], ["a", "b"]],
    ["two subprotocols", [...ANSWER, "Sec-WebSocket-Protocol: a, b"], ["a", "b"]],
    ["no subprotocol though some were offered", ANSWER, ["a", "b"]],
    ["something that is not HTTP", ["hello", "world"]],
  ];
  for (const [name, lines, protocols] of REFUSED)
    it(`fails on an answer with ${name}: one error, one close with 1006, TCP ended`, async () => {
      expect(await answered(lines, protocols)).to.deep.equal(FAILED);
    });

  it("follows no redirect unless it is told to", async () => {
    let requests = 0;
    server.on("connection", () => requests++);
    expect(
      await answered(["HTTP/1.1 302 Found", `Location: ws://127.0.0.1:${port}/`, "Content-Length: 0"]),
    ).to.deep.equal(FAILED);
    expect(requests).to.equal(1);
  });

  it("fails when nobody listens", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port: closedPort } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    expect(await outcomeOf(new WebSocket(`ws://127.0.0.1:${closedPort}`))).to.deep.equal(FAILED);
  });

  for (const [name, cut] of [
    ["ends", (socket: Socket) => socket.end()],
    ["is reset", (socket: Socket) => socket.resetAndDestroy()],
    ["ends in the midst of the answer", (socket: Socket) => socket.end("HTTP/1.1 101 Swi")],
  ] as const)
    it(`fails when TCP ${name} before the answer is complete`, async () => {
      server.on("connection", (socket) => socket.once("data", () => cut(socket)).on("error", () => {}));
      expect(await outcomeOf(new WebSocket(`ws://127.0.0.1:${port}`))).to.deep.equal(FAILED);
    });

  for (const address of [
    "ws://",
    "ws://a b/",
    "ws://host:99999/",
    "//host/",
    "ftp://host/",
    "ws://host/#",
    "ws://host/#part",
  ])
    it(`refuses the address ${address}, and opens no connection`, () => {
      expect(() => new WebSocket(address)).to.throw(SyntaxError);
    });

  describe("over TLS", () => {
    async function overTls(options: ClientOptions, host = "localhost") {
      const names: string[] = [];
      const first: Buffer[] = [];
      const tls = createTlsServer({
        key: TLS_KEY,
        cert: TLS_CERT,
        SNICallback: (name, done) => {
          names.push(name);
          done(null);
        },
      });
      tls.on("connection", (socket: Socket) => socket.once("data", (chunk: Buffer) => first.push(chunk)));
      tls.on("tlsClientError", () => {});
      tls.on("secureConnection", (socket: TLSSocket) => {
        const peer = new WirePeer(socket, false);
        void peer.head().then((head) => head.includes("\r\n\r\n") && answerHandshake(socket, head));
      });
      tls.listen(0);
      await once(tls, "listening");
      const address = `wss://${host}:${(tls.address() as AddressInfo).port}`;
      const outcome = await outcomeOf(new WebSocket(address, [], options));
      await new Promise((resolve) => tls.close(resolve));
      return { outcome, names, first };
    }

    it("sends its handshake through the tunnel, and the server's name with the hello", async () => {
      const { outcome, names } = await overTls({ ca: TLS_CERT });
      expect(outcome).to.deep.include({ opened: true, errors: 0 });
      expect(names).to.deep.equal(["localhost"]);
    });

    it("fails on a certificate that it cannot verify, and sends no handshake", async () => {
      const { outcome } = await overTls({});
      expect(outcome).to.deep.equal(FAILED);
    });

    it("fails on a server that does not speak TLS", async () => {
      server.on("connection", (socket) =>
        socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
      );
      expect(await outcomeOf(new WebSocket(`wss://127.0.0.1:${port}`))).to.deep.equal(FAILED);
    });
  });
});
