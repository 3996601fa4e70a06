import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer, request } from "node:http";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect } from "chai";
import { ClientFiles, type ClientFilesOptions } from "../src/client-files.ts";
import { Server } from "../src/server.ts";

const NAMES = [
  "socket.io.js",
  "socket.io.js.map",
  "socket.io.min.js",
  "socket.io.min.js.map",
  "socket.io.esm.min.js",
  "socket.io.esm.min.js.map",
  "socket.io.msgpack.min.js",
  "socket.io.msgpack.min.js.map",
];
const SCRIPT = "globalThis.io = () => {};\n".repeat(100);

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** `fetch` decompresses by itself; this leaves the answer as it came. */
const ask = (url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, { headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on("error", reject)
      .end();
  });

describe("client files", () => {
  let folder: string;
  let server: HttpServer;
  let url: string;
  let files: ClientFiles;
  /** What `serve` threw. */
  let thrown: unknown;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "towline-"));
    for (const name of NAMES) writeFileSync(join(folder, name), SCRIPT);
    server = createServer((incoming, response) => {
      if (!files.owns(incoming)) {
        response.writeHead(400).end();
        return;
      }
      try {
        files.serve(incoming, response);
      } catch (error) {
        thrown = error;
      }
    });
    server.listen(0);
    await once(server, "listening");
    url = `http://localhost:${(server.address() as AddressInfo).port}/socket.io/`;
  });
  beforeEach(() => use());
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  function use(options: ClientFilesOptions = {}): void {
    thrown = undefined;
    files = new ClientFiles("/socket.io/", { folder, ...options });
  }

  for (const name of NAMES)
    it(`serves ${name}, plain and compressed, each under a tag of its own`, async () => {
      const plain = await ask(url + name);
      const gzip = await ask(url + name, { "Accept-Encoding": "gzip" });
      const brotli = await ask(url + name, { "Accept-Encoding": "br" });
      const answers = [plain, gzip, brotli];
      for (const { status, headers, body } of answers) {
        expect(status).to.equal(200);
        expect(headers["content-type"]).to.equal(
          `application/${name.endsWith(".map") ? "json" : "javascript"}; charset=utf-8`,
        );
        expect(headers["content-length"]).to.equal(String(body.length));
        expect(headers.etag).to.match(/^"[\w-]+"$/);
        expect(headers.vary).to.equal("Accept-Encoding");
        expect(headers["cache-control"]).to.equal("public, max-age=0");
      }
      expect(answers.map(({ headers }) => headers["content-encoding"])).to.deep.equal([
        undefined,
        "gzip",
        "br",
      ]);
      expect(new Set(answers.map(({ headers }) => headers.etag)).size).to.equal(3);
      expect(plain.body.toString()).to.equal(SCRIPT);
      expect(gunzipSync(gzip.body).toString()).to.equal(SCRIPT);
      expect(brotliDecompressSync(brotli.body).toString()).to.equal(SCRIPT);
    });

  const WANTED = [
    ["gzip, deflate, br, zstd", "br"],
    ["br;q=0.5, gzip", "gzip"],
    ["gzip;q=0.5, identity", undefined],
    ["gzip;q=0", undefined],
    ["deflate", undefined],
    ["*", "br"],
    ["*;q=0", undefined],
    ["br;q=0, *", "gzip"],
    ["__proto__, constructor", undefined],
  ] as const;
  for (const [accepted, coding] of WANTED)
    it(`answers in ${coding ?? "no coding"} to who accepts ${accepted}`, async () => {
      const { status, headers } = await ask(`${url}socket.io.js`, { "Accept-Encoding": accepted });
      expect([status, headers["content-encoding"]]).to.deep.equal([200, coding]);
    });

  it("answers 304 to who has the file, in the coding that they get", async () => {
    const file = `${url}socket.io.js?v=1`;
    const { headers } = await ask(file);
    for (const tag of [headers.etag, `"other", W/${headers.etag}`, "*"]) {
      const answer = await ask(file, { "If-None-Match": String(tag) });
      expect(answer).to.deep.include({ status: 304, body: Buffer.of() });
      expect(answer.headers).to.include({
        etag: headers.etag,
        vary: "Accept-Encoding",
        "cache-control": "public, max-age=0",
      });
    }
    for (const coding of ["gzip", "br"]) {
      const compressed = { "Accept-Encoding": coding, "If-None-Match": String(headers.etag) };
      expect((await ask(file, compressed)).status).to.equal(200);
    }
    expect((await ask(file, { "If-None-Match": '"other"' })).status).to.equal(200);
  });

  it("sends to HEAD what it sends to GET, without the file", async () => {
    const headers = { "Accept-Encoding": "br" };
    const got = await ask(`${url}socket.io.min.js`, headers);
    const head = await ask(`${url}socket.io.min.js`, headers, "HEAD");
    const { date: _, ...expected } = got.headers;
    expect(head.status).to.equal(200);
    expect(head.body).to.have.length(0);
    expect(head.headers).to.deep.include(expected);
  });

  it("refuses other methods, and tells OPTIONS which there are", async () => {
    for (const [method, status] of [
      ["POST", 405],
      ["DELETE", 405],
      ["OPTIONS", 204],
    ] as const) {
      const answer = await ask(`${url}socket.io.js`, {}, method);
      expect([answer.status, answer.headers.allow, answer.body.length]).to.deep.equal([
        status,
        "GET, HEAD",
        0,
      ]);
    }
  });

  it("owns nothing else", async () => {
    for (const name of [
      "index.js",
      "../package.json",
      "%2e%2e/package.json",
      "socket.io.js/../index.mjs",
      "socket.io.js%00",
      "__proto__",
      "socket.io.js/",
      "socket.io.slim.js",
      "",
    ])
      expect((await ask(url + name)).status, name).to.equal(400);
    expect((await ask(url.replace(/\/$/, "socket.io.js"))).status).to.equal(400);
  });

  it("says what to do when the bundles have not been built, and serves them once they are", async () => {
    const built = join(folder, "built");
    use({ folder: built });
    const { status, body } = await ask(`${url}socket.io.js`, { "Accept-Encoding": "br" });
    expect([status, body.toString()]).to.deep.equal([
      404,
      'socket.io.js has not been built: run "npm run build" where @towline/socket.io-client comes from.\n',
    ]);
    mkdirSync(built);
    writeFileSync(join(built, "socket.io.js"), SCRIPT);
    expect((await ask(`${url}socket.io.js`)).body.toString()).to.equal(SCRIPT);
  });

  it("serves over HTTP/2", async () => {
    const host = http2.createServer((incoming, response) => {
      // The compatibility API, as an application gives it to a server of ours.
      files.serve(incoming as never, response as never);
    });
    host.listen(0);
    await once(host, "listening");
    const client = http2.connect(`http://localhost:${(host.address() as AddressInfo).port}`);
    const get = async (more: http2.OutgoingHttpHeaders = {}) => {
      const stream = client.request({ ":path": "/socket.io/socket.io.js", "accept-encoding": "br", ...more });
      const [headers] = (await once(stream, "response")) as [http2.IncomingHttpHeaders];
      return { headers, body: Buffer.concat(await stream.toArray()) };
    };
    const head = await get({ ":method": "HEAD" });
    expect([head.headers[":status"], head.body.length]).to.deep.equal([200, 0]);
    const { headers, body } = await get();
    expect(headers[":status"]).to.equal(200);
    expect(brotliDecompressSync(body).toString()).to.equal(SCRIPT);
    const again = await get({ "if-none-match": String(headers.etag) });
    expect([again.headers[":status"], again.body.length]).to.deep.equal([304, 0]);
    client.close();
    host.close();
    await once(host, "close");
  });

  describe("with the option cors", () => {
    const file = () => `${url}socket.io.js`;
    const ORIGIN = "https://example.com";

    it("lets a page of an allowed origin read the file, and says that this varies too", async () => {
      use({ cors: { origin: [ORIGIN], credentials: true } });
      const { status, headers } = await ask(file(), { Origin: ORIGIN });
      expect(status).to.equal(200);
      expect(headers).to.include({
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
        vary: "Origin, Accept-Encoding",
      });
      const again = await ask(file(), { Origin: ORIGIN, "If-None-Match": String(headers.etag) });
      expect(again.status).to.equal(304);
      expect(again.headers).to.include({
        "access-control-allow-origin": ORIGIN,
        vary: "Origin, Accept-Encoding",
      });
    });

    it("gives a page of another origin the file without the headers", async () => {
      use({ cors: { origin: [ORIGIN] } });
      const { status, headers } = await ask(file(), { Origin: "https://example.org" });
      expect([status, headers["access-control-allow-origin"]]).to.deep.equal([200, undefined]);
    });

    it("answers a preflight", async () => {
      use({ cors: true });
      const { status, headers } = await ask(file(), { Origin: ORIGIN }, "OPTIONS");
      expect([status, headers["access-control-allow-origin"]]).to.deep.equal([204, "*"]);
    });

    it("answers a preflight that cors is to pass on with its headers", async () => {
      use({ cors: { preflightContinue: true } });
      const { status, headers } = await ask(file(), { Origin: ORIGIN }, "OPTIONS");
      expect([status, headers["access-control-allow-origin"]]).to.deep.equal([204, "*"]);
    });

    it("asks a function for its options, by the request", async () => {
      use({ cors: (incoming, callback) => callback(null, { origin: incoming.headers.origin === ORIGIN }) });
      const allowed = await ask(file(), { Origin: ORIGIN });
      expect(allowed.headers["access-control-allow-origin"]).to.equal(ORIGIN);
      const other = await ask(file(), { Origin: "https://example.org" });
      expect([other.status, other.headers["access-control-allow-origin"]]).to.deep.equal([200, undefined]);
    });

    it("gives the file without the headers when the function passes on an error", async () => {
      use({ cors: { origin: (_origin, callback) => callback(new Error("no database")) } });
      const { status, headers } = await ask(file(), { Origin: ORIGIN });
      expect([status, headers["access-control-allow-origin"]]).to.deep.equal([200, undefined]);
    });

    it("answers once when the function calls back twice", async () => {
      const lost: unknown[] = [];
      const note = (reason: unknown) => lost.push(reason);
      process.on("unhandledRejection", note);
      use({
        cors: (_incoming, callback) => {
          callback(null, { origin: false });
          callback(null, { origin: false });
        },
      });
      const { status, body } = await ask(file(), { Origin: ORIGIN });
      expect([status, body.toString()]).to.deep.equal([200, SCRIPT]);
      expect((await ask(file(), { Origin: ORIGIN }, "POST")).status).to.equal(405);
      process.off("unhandledRejection", note);
      expect(lost).to.deep.equal([]);
    });

    it("answers 500 when the function throws, and throws that", async () => {
      const error = new Error("no database");
      use({
        cors: () => {
          throw error;
        },
      });
      expect((await ask(file(), { Origin: ORIGIN })).status).to.equal(500);
      expect(thrown).to.equal(error);
    });
  });
});

// The bundles need not have been built for these: it matters who answers.
describe("client files of a server", () => {
  let http: HttpServer;
  let io: Server;
  let origin: string;
  afterEach(() => io.close());

  async function serve(options: ConstructorParameters<typeof Server>[1]): Promise<void> {
    http = createServer((_request, response) => response.writeHead(418).end());
    io = new Server(http, options);
    http.listen(0);
    await once(http, "listening");
    origin = `http://localhost:${(http.address() as AddressInfo).port}`;
  }

  it("come with the server's option cors, and without asking allowRequest", async () => {
    let asked = 0;
    await serve({
      cors: { origin: "https://example.com" },
      allowRequest: (_request, answer) => {
        asked++;
        answer("no", false);
      },
    });
    const { headers } = await ask(`${origin}/socket.io/socket.io.js`);
    expect(headers["access-control-allow-origin"]).to.equal("https://example.com");
    expect(headers["content-type"]).to.not.contain("json");
    expect(asked).to.equal(0);
    expect((await ask(`${origin}/socket.io/?EIO=4&transport=polling`)).status).to.equal(403);
    expect(asked).to.equal(1);
  });

  it("are below the server's path", async () => {
    await serve({ path: "/live" });
    expect((await ask(`${origin}/live/socket.io.js`)).headers["content-type"]).to.not.contain("json");
    expect((await ask(`${origin}/socket.io/socket.io.js`)).status).to.equal(418);
  });

  it("are left to the engine, as any other name, when they are not to be served", async () => {
    await serve({ serveClient: false });
    const unknown = '{"code":0,"message":"Transport unknown"}';
    for (const name of ["socket.io.js", "other.js"])
      expect((await ask(`${origin}/socket.io/${name}`)).body.toString()).to.equal(unknown);
  });
});
