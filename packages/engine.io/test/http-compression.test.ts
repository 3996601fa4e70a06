import { once } from "node:events";
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { gunzipSync, inflateSync } from "node:zlib";
import type { SendData, ServerOptions } from "@towline/engine.io";
import { expect } from "chai";
import { RunningServer } from "./support/running-server.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request whose answer is left as it came. */
function ask(url: string, headers: OutgoingHttpHeaders = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("error", reject).end();
  });
}

let server: RunningServer;

/** The answer to a poll that takes `messages`. */
async function poll(
  options: ServerOptions,
  acceptEncoding: string | undefined,
  messages: readonly (readonly [SendData, { compress: boolean }?])[],
  query?: string,
): Promise<Answer> {
  server = await RunningServer.start(options);
  const { socket, url } = await server.openPolling(query);
  for (const [data, sendOptions] of messages) socket.send(data, sendOptions);
  return ask(url, acceptEncoding === undefined ? {} : { "Accept-Encoding": acceptEncoding });
}

const encodingOf = ({ headers }: Answer): string | undefined => headers["content-encoding"];

/** With its packet type, as many bytes as the threshold of the default. */
const LONG = "a".repeat(1023);

describe("compression of answers to polls", () => {
  afterEach(() => server.close());

  it("is gzip, with the length of what is sent", async () => {
    const { headers, body } = await poll({}, "gzip, deflate, br", [[LONG]]);
    expect(headers["content-encoding"]).to.equal("gzip");
    expect(headers["content-length"]).to.equal(String(body.length));
    expect(headers["content-type"]).to.equal("text/plain; charset=UTF-8");
    expect(gunzipSync(body).toString()).to.equal(`4${LONG}`);
    expect(body.length).to.be.below(100);
  });

  it("is deflate, in the format of zlib, for a client that takes nothing else", async () => {
    const { headers, body } = await poll({}, "deflate", [[LONG]]);
    expect(headers["content-encoding"]).to.equal("deflate");
    expect(inflateSync(body).toString()).to.equal(`4${LONG}`);
  });

  // RFC 9110 §12.5.3
  const preferences: readonly [acceptEncoding: string | undefined, encoding: string | undefined][] = [
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["br", undefined],
    ["gzip;q=0.1, deflate;q=0.9", "deflate"],
    ["deflate, gzip", "deflate"],
    ["gzip;q=0", undefined],
    ["gzip;q=0, deflate;q=0.001", "deflate"],
    ["*", "gzip"],
    ["*;q=0", undefined],
    ["gzip;q=0, *", "deflate"],
    ["GZIP", "gzip"],
    ["constructor, __proto__", undefined],
    [";;;,,gzip;q=x", undefined],
  ];
  for (const [acceptEncoding, encoding] of preferences)
    it(`is ${encoding ?? "left out"} for Accept-Encoding: ${acceptEncoding}`, async () => {
      const answer = await poll({}, acceptEncoding, [[LONG]]);
      expect(encodingOf(answer)).to.equal(encoding);
      if (encoding === undefined) expect(answer.body.toString()).to.equal(`4${LONG}`);
    });

  const thresholds: readonly [options: ServerOptions, message: string, encoding: string | undefined][] = [
    [{}, LONG.slice(1), undefined],
    [{}, LONG, "gzip"],
    // Bytes count, not characters.
    [{}, "é".repeat(512), "gzip"],
    [{ httpCompression: true }, LONG.slice(1), undefined],
    [{ httpCompression: true }, LONG, "gzip"],
    [{ httpCompression: { threshold: 0 } }, "", "gzip"],
    [{ httpCompression: { threshold: 4 } }, "ab", undefined],
    [{ httpCompression: { threshold: 4 } }, "abc", "gzip"],
    [{ httpCompression: false }, LONG, undefined],
  ];
  for (const [options, message, encoding] of thresholds)
    it(`is ${encoding ?? "left out"} for ${message.length} characters with ${JSON.stringify(options)}`, async () => {
      expect(encodingOf(await poll(options, "gzip", [[message]]))).to.equal(encoding);
    });

  it("takes the options of zlib", async () => {
    const { body } = await poll({ httpCompression: { threshold: 0, level: 0 } }, "gzip", [[LONG]]);
    expect(body.length).to.be.above(1024);
    expect(gunzipSync(body).toString()).to.equal(`4${LONG}`);
  });

  it("is left out when no message of the answer may be compressed", async () => {
    const answer = await poll({}, "gzip", [
      [LONG, { compress: false }],
      [LONG, { compress: false }],
    ]);
    expect(encodingOf(answer)).to.equal(undefined);
  });

  it("is done when any of them may be", async () => {
    const answer = await poll({}, "gzip", [[LONG, { compress: false }], [LONG]]);
    expect(gunzipSync(answer.body).toString()).to.equal(`4${LONG}\x1e4${LONG}`);
  });

  it("is done with bytes of revision 3", async () => {
    const answer = await poll({}, "gzip", [[Buffer.alloc(2_000, 7)]], "EIO=3&transport=polling");
    expect(answer.headers["content-type"]).to.equal("application/octet-stream");
    const wire = Buffer.concat([Buffer.from("0102000001ff04", "hex"), Buffer.alloc(2_000, 7)]);
    expect(gunzipSync(answer.body).equals(wire)).to.equal(true);
  });

  it("is done with scripts", async () => {
    const answer = await poll({}, "gzip", [[LONG]], "EIO=3&transport=polling&j=1");
    expect(gunzipSync(answer.body).toString()).to.equal(`___eio[1]("1024:4${LONG}");`);
  });

  it("lets listeners see the header, and the length of what is sent", async () => {
    server = await RunningServer.start();
    const { socket, url } = await server.openPolling();
    const seen: [unknown, unknown][] = [];
    server.engine.on("headers", (headers) =>
      seen.push([headers["Content-Encoding"], headers["Content-Length"]]),
    );
    socket.send(LONG);
    const { body } = await ask(url, { "Accept-Encoding": "gzip" });
    expect(seen).to.deep.equal([["gzip", body.length]]);
  });

  it("leaves answers to HEAD without a body, and the session as it is", async () => {
    server = await RunningServer.start();
    const { socket, url } = await server.openPolling();
    socket.send(LONG);
    const answer = await ask(url, { "Accept-Encoding": "gzip" }, "HEAD");
    expect([answer.status, encodingOf(answer), answer.body.length]).to.deep.equal([405, undefined, 0]);
    expect((await ask(url)).body.toString()).to.equal(`4${LONG}`);
  });

  it("leaves the answer to a post alone", async () => {
    server = await RunningServer.start({ httpCompression: { threshold: 0 } });
    const { url } = await server.openPolling();
    const response = await fetch(url, { method: "POST", body: "4a", headers: { "Accept-Encoding": "gzip" } });
    expect([response.headers.get("content-encoding"), await response.text()]).to.deep.equal([null, "ok"]);
  });

  it("outlives a client that leaves while it is done", async () => {
    server = await RunningServer.start();
    const { socket, url } = await server.openPolling();
    const arrived = once(server.http, "request");
    const asked = request(url, { agent: false, headers: { "Accept-Encoding": "gzip" } });
    asked.on("error", () => {}).end();
    const [incoming] = await arrived;
    socket.send(Buffer.alloc(10_000_000));
    const closed = once(socket, "close");
    incoming.socket.destroy();
    expect((await closed)[0]).to.equal("transport error");
  });

  it("outlives a close of the session while it is done: what was sent still arrives", async () => {
    server = await RunningServer.start();
    const { socket, url } = await server.openPolling();
    const arrived = once(server.http, "request");
    const answer = ask(url, { "Accept-Encoding": "gzip" });
    await arrived;
    socket.send("a".repeat(1_000_000));
    socket.close(true);
    expect(gunzipSync((await answer).body).length).to.equal(1_000_001);
    expect(server.engine.clientsCount).to.equal(0);
  });
});
