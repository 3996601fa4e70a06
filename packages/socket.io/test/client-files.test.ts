import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { ClientFiles } from "../src/client-files.ts";

const NAMES = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"].flatMap((name) => [
  name,
  `${name}.map`,
]);
const SCRIPT = "globalThis.io = () => {};\n".repeat(100);

let folder: string;
let server: HttpServer;
let url: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "towline-"));
  for (const name of NAMES) writeFileSync(join(folder, name), SCRIPT);
  const files = new ClientFiles("/socket.io/", folder);
  server = createServer((incoming, response) => {
    if (files.owns(incoming)) files.serve(incoming, response);
    else response.writeHead(400).end();
  });
  server.listen(0);
  await once(server, "listening");
  url = `http://localhost:${(server.address() as AddressInfo).port}/socket.io/`;
});

after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** `fetch` decompresses by itself; this leaves the answer as it came. */
const get = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
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
  for (const name of NAMES)
    it(`serves ${name}, plain and compressed, each under a tag of its own`, async () => {
      const plain = await get(url + name);
      const gzip = await get(url + name, { "Accept-Encoding": "br, gzip;q=0.8, identity;q=0.1" });
      expect([plain.status, gzip.status]).to.deep.equal([200, 200]);
      expect(plain.headers["content-type"]).to.match(
        name.endsWith(".map") ? /^application\/json/ : /^application\/javascript/,
      );
      expect(plain.headers["content-encoding"]).to.equal(undefined);
      expect(gzip.headers["content-encoding"]).to.equal("gzip");
      expect(plain.body.toString()).to.equal(SCRIPT);
      expect(gunzipSync(gzip.body).toString()).to.equal(SCRIPT);
      expect(plain.headers.etag).to.match(/^"[\w-]+"$/);
      expect(gzip.headers.etag)
        .to.match(/^"[\w-]+"$/)
        .and.not.equal(plain.headers.etag);
      expect(plain.headers.vary).to.equal("Accept-Encoding");
    });

  it("answers 304 to who has the file, as it is compressed for them", async () => {
    const file = `${url}socket.io.js?v=1`;
    const { headers } = await get(file);
    for (const tag of [headers.etag, `"other", W/${headers.etag}`, "*"])
      expect(await get(file, { "If-None-Match": String(tag) })).to.deep.include({
        status: 304,
        body: Buffer.of(),
      });
    expect(
      (await get(file, { "If-None-Match": String(headers.etag), "Accept-Encoding": "gzip" })).status,
    ).to.equal(200);
    expect((await get(file, { "If-None-Match": '"other"' })).status).to.equal(200);
  });

  it("owns nothing else", async () => {
    for (const name of [
      "index.js",
      "../package.json",
      "%2e%2e/package.json",
      "__proto__",
      "socket.io.js/",
      "",
    ])
      expect((await get(url + name)).status, name).to.equal(400);
  });

  it("says what to do when the bundles have not been built", async () => {
    const files = new ClientFiles("/socket.io", join(folder, "missing"));
    server.removeAllListeners("request");
    server.on("request", (incoming, response) => files.serve(incoming, response));
    const { status, body } = await get(`${url}socket.io.js`);
    expect([status, body.toString()]).to.deep.equal([
      404,
      'socket.io.js has not been built: run "npm run build" where @towline/socket.io-client comes from.\n',
    ]);
  });
});
