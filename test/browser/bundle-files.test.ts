/** How our server serves the browser bundles. */

import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { BundleServer } from "./bundle-server.ts";

interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

function get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Served> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("serving the browser bundles", () => {
  let server: BundleServer;
  before(async () => {
    server = new BundleServer();
    await server.listen();
  });
  after(() => server.close());

  for (const name of [
    "socket.io.js",
    "socket.io.min.js",
    "socket.io.esm.min.js",
    "socket.io.msgpack.min.js",
  ]) {
    const file = (suffix = "", headers = {}): Promise<Served> =>
      get(`${server.url}/socket.io/${name}${suffix}`, headers);

    it(`${name} comes as JavaScript with a strong ETag`, async () => {
      const { status, headers, body } = await file();
      expect(status).to.equal(200);
      expect(headers["content-type"]).to.match(/^(application|text)\/javascript/);
      expect(headers.etag).to.match(/^"[^"]+"$/);
      expect(body.length).to.equal(Number(headers["content-length"]));
    });

    it(`${name} comes gzipped to those who take it, and says that this varies`, async () => {
      const plain = await file();
      const zipped = await file("", { "accept-encoding": "gzip" });
      expect(zipped.headers["content-encoding"]).to.equal("gzip");
      expect(zipped.headers.vary).to.match(/accept-encoding/i);
      expect(zipped.body.length).to.be.below(plain.body.length / 2);
      expect(gunzipSync(zipped.body).equals(plain.body), "the same text inside").to.equal(true);
      expect(zipped.headers.etag, "another representation has another strong ETag").to.not.equal(
        plain.headers.etag,
      );
      expect((await file("", { "accept-encoding": "gzip;q=0" })).headers["content-encoding"]).to.equal(
        undefined,
      );
    });

    it(`${name} is not sent again to those who have it`, async () => {
      const { headers } = await file();
      const etag = String(headers.etag);
      for (const condition of [etag, `"other", ${etag}`, `W/${etag}`, "*"]) {
        const again = await file("", { "if-none-match": condition });
        expect([again.status, again.body.length, again.headers.etag], condition).to.deep.equal([
          304,
          0,
          etag,
        ]);
      }
      expect((await file("", { "if-none-match": '"other"' })).status).to.equal(200);
    });

    it(`${name} names its source map, which is served too`, async () => {
      const script = (await file()).body.toString();
      expect(script).to.match(new RegExp(`//# sourceMappingURL=${name.replaceAll(".", "\\.")}\\.map\\s*$`));
      const { status, headers, body } = await file(".map");
      expect(status).to.equal(200);
      expect(headers["content-type"]).to.match(/^application\/json/);
      const map = JSON.parse(body.toString()) as {
        version: number;
        sources: string[];
        sourcesContent: string[];
      };
      expect(map.version).to.equal(3);
      expect(map.sources.some((source) => source.includes("engine.io-client"))).to.equal(true);
      expect(map.sourcesContent).to.have.length(map.sources.length);
    });
  }

  it("serves no other file of the folder", async () => {
    for (const path of ["index.mjs", "../package.json", "%2e%2e/package.json", "socket.io.js/", "__proto__"])
      expect((await get(`${server.url}/socket.io/${path}`)).body.toString()).to.not.contain("@towline");
  });
});
