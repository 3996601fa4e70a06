import { createServer } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import type { Rig } from "./rig.ts";

const BUNDLES = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];
const UNPACKED = { gzip: gunzipSync, br: brotliDecompressSync };

export const CLIENT_SERVING: readonly Behaviour[] = [
  ...BUNDLES.flatMap((name) => [
    {
      title: `serves ${name}`,
      async run(rig: Rig) {
        const { status, headers, body } = await rig.request(`/socket.io/${name}`);
        expect(status).to.equal(200);
        expect(headers["content-type"]).to.match(/^application\/javascript; charset=utf-8$/);
        expect(headers["cache-control"]).to.equal("public, max-age=0");
        expect(headers.etag).to.match(/^"[^"]+"$/);
        expect(body.length).to.be.above(10_000);
      },
    },
    {
      title: `serves the map of ${name}`,
      async run(rig: Rig) {
        const { status, headers, body } = await rig.request(`/socket.io/${name}.map`);
        expect(status).to.equal(200);
        expect(headers["content-type"]).to.match(/^application\/json/);
        expect(JSON.parse(body.toString())).to.have.property("version", 3);
      },
    },
    {
      title: `answers 304 when the client has ${name} already`,
      async run(rig: Rig) {
        const { headers } = await rig.request(`/socket.io/${name}`);
        for (const tag of [headers.etag, `W/${headers.etag}`]) {
          const again = await rig.request(`/socket.io/${name}`, {
            headers: { "if-none-match": tag ?? "" },
          });
          expect([again.status, again.body.length]).to.deep.equal([304, 0]);
        }
        const other = await rig.request(`/socket.io/${name}`, { headers: { "if-none-match": '"other"' } });
        expect(other.status).to.equal(200);
      },
    },
  ]),
  ...(["gzip", "br"] as const).map((encoding) => ({
    title: `compresses a bundle by ${encoding} for a client that takes it`,
    async run(rig: Rig) {
      const headers = { "accept-encoding": encoding };
      const answer = await rig.request("/socket.io/socket.io.js", { headers });
      expect(answer.headers["content-encoding"]).to.equal(encoding);
      const plain = await rig.request("/socket.io/socket.io.js");
      expect(plain.headers).not.to.have.property("content-encoding");
      expect(UNPACKED[encoding](answer.body).equals(plain.body)).to.equal(true);
    },
  })),
  {
    title: "takes a query behind the name",
    async run(rig) {
      expect((await rig.request("/socket.io/socket.io.js?v=1")).status).to.equal(200);
    },
  },
  ...[
    "socket.io.txt",
    "package.json",
    "../package.json",
    "%2e%2e/package.json",
    "socket.io.js/",
    "socket.io.js.map.map",
    "socket.io.esm.js",
  ].map((name) => ({
    title: `does not serve ${name}`,
    async run(rig: Rig) {
      expect((await rig.request(`/socket.io/${name}`)).status).to.be.oneOf([400, 404]);
    },
  })),
  {
    title: "serves at the path of the server",
    async run(rig) {
      const http = rig.own(createServer((_request, response) => response.writeHead(404).end("another's")));
      rig.server(http, { path: "/deep/path" });
      http.listen(0);
      expect((await rig.request("/deep/path/socket.io.js", {}, http)).status).to.equal(200);
      expect((await rig.request("/socket.io/socket.io.js", {}, http)).status).to.equal(404);
    },
  },
  {
    title: "serves nothing with serveClient: false",
    options: { serveClient: false },
    async run(rig) {
      expect((await rig.request("/socket.io/socket.io.js")).status).to.equal(400);
    },
  },
  {
    title: "serves nothing when it was told so before it was attached",
    async run(rig) {
      const http = rig.own(createServer());
      rig.server().serveClient(false).attach(http);
      http.listen(0);
      expect((await rig.request("/socket.io/socket.io.js", {}, http)).status).to.equal(400);
    },
  },
  {
    title: "serves to other origins as cors says",
    options: { cors: { origin: "http://example.com" } },
    async run(rig) {
      const { status, headers } = await rig.request("/socket.io/socket.io.js", {
        headers: { origin: "http://example.com" },
      });
      expect(status).to.equal(200);
      expect(headers).to.have.property("access-control-allow-origin", "http://example.com");
    },
  },
  {
    title: "leaves other requests to the listeners that were there before",
    async run(rig) {
      expect((await rig.request("/elsewhere")).body.toString()).to.equal("another's");
    },
  },
];
