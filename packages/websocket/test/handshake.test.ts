import { expect } from "chai";
import { checkAnswer, checkProtocols, newKey, type Offer, requestHeaders } from "../src/client-handshake.ts";
import { resolveDeflateOptions } from "../src/deflate-options.ts";
import { ConnectionError } from "../src/errors.ts";
import { acceptKey, acceptResponse, checkHandshake } from "../src/handshake.ts";

const HEADERS = {
  host: "localhost",
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

describe("opening handshake", () => {
  it("answers the RFC's key", () => {
    expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).to.equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("reads key and subprotocols", () => {
    const request = { method: "GET", headers: { ...HEADERS, "sec-websocket-protocol": "chat, superchat" } };
    const { key, protocols } = checkHandshake(request);
    expect(key).to.equal(HEADERS["sec-websocket-key"]);
    expect([...protocols]).to.deep.equal(["chat", "superchat"]);
    expect([...checkHandshake({ method: "GET", headers: HEADERS }).protocols]).to.deep.equal([]);
  });

  it("takes the upgrade in any case, and an extension it does not know", () => {
    const headers = {
      ...HEADERS,
      upgrade: "WebSocket",
      "sec-websocket-extensions": "constructor, __proto__",
    };
    expect(() => checkHandshake({ method: "GET", headers })).not.to.throw();
  });

  const REFUSED: readonly [name: string, method: string, headers: object, status: number][] = [
    ["another method", "POST", {}, 405],
    ["no Upgrade header", "GET", { upgrade: undefined }, 400],
    ["another upgrade", "GET", { upgrade: "h2c" }, 400],
    ["no version", "GET", { "sec-websocket-version": undefined }, 426],
    ["version 7", "GET", { "sec-websocket-version": "7" }, 426],
    ["no Host", "GET", { host: undefined }, 400],
    ["two versions", "GET", { "sec-websocket-version": "13, 8" }, 426],
    ["no key", "GET", { "sec-websocket-key": undefined }, 400],
    ["a short key", "GET", { "sec-websocket-key": "c2hvcnQ=" }, 400],
    ["two keys", "GET", { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==" }, 400],
    ["a bad subprotocol", "GET", { "sec-websocket-protocol": "a b" }, 400],
    ["a subprotocol twice", "GET", { "sec-websocket-protocol": "a, a" }, 400],
    ["100 KB of blanks as subprotocol", "GET", { "sec-websocket-protocol": " ".repeat(100_000) }, 400],
  ];
  for (const [name, method, headers, status] of REFUSED)
    it(`refuses ${name} with ${status}`, () => {
      expect(() => checkHandshake({ method, headers: { ...HEADERS, ...headers } }))
        .to.throw()
        .that.includes({ name: "HandshakeError", status });
    });

  it("refuses HTTP/1.0 with 400", () => {
    expect(() => checkHandshake({ method: "GET", httpVersion: "1.0", headers: HEADERS }))
      .to.throw()
      .that.includes({ name: "HandshakeError", status: 400 });
  });

  it("takes version 8, whose frames are the same", () => {
    const headers = { ...HEADERS, "sec-websocket-version": "8" };
    expect(() => checkHandshake({ method: "GET", headers })).not.to.throw();
  });

  it("tells which version and method it wants", () => {
    const check = (method: string, version: string) => () =>
      checkHandshake({ method, headers: { ...HEADERS, "sec-websocket-version": version } });
    expect(check("GET", "7")).to.throw().with.deep.property("headers", { "Sec-WebSocket-Version": "13, 8" });
    expect(check("PUT", "13")).to.throw().with.deep.property("headers", { Allow: "GET" });
  });

  it("writes an answer with its subprotocol and further lines", () => {
    expect(
      acceptResponse(HEADERS["sec-websocket-key"], { protocol: "chat", headers: ["Set-Cookie: a=b"] }),
    ).to.equal(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\nSet-Cookie: a=b\r\n\r\n",
    );
  });

  for (const line of ["A: b\r\nC: d", "A: b\n", "no colon", ": empty name", "A b: c", "A: \0"])
    it(`refuses the further line ${JSON.stringify(line)}`, () => {
      expect(() => acceptResponse("key", { headers: [line] })).to.throw(TypeError, "Not a valid header line");
    });

  it("refuses a subprotocol that is no token", () => {
    expect(() => acceptResponse("key", { protocol: "a\r\nb: c" })).to.throw(TypeError, "must be a token");
  });
});

describe("opening handshake, client", () => {
  const OFFER: Offer = { protocols: [], deflate: undefined, origin: undefined, version: 13 };
  const deflate = resolveDeflateOptions(true);

  it("lets further headers neither drop nor replace its own", () => {
    const offer: Offer = { protocols: ["a", "b"], deflate, origin: "http://here", version: 13 };
    const headers = requestHeaders("the key", offer, {
      Cookie: "c=d",
      "X-None": undefined,
      upgrade: "h2c",
      "sec-websocket-KEY": "mine",
      "sec-websocket-extensions": "mine",
    });
    expect(headers).to.deep.equal({
      Cookie: "c=d",
      Origin: "http://here",
      "Sec-WebSocket-Protocol": "a,b",
      "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "the key",
    });
  });

  it("names the origin as version 8 does", () => {
    expect(requestHeaders("the key", { ...OFFER, origin: "http://here", version: 8 })).to.deep.equal({
      "Sec-WebSocket-Origin": "http://here",
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "8",
      "Sec-WebSocket-Key": "the key",
    });
  });

  it("takes a fresh key of 16 bytes each time", () => {
    expect(newKey()).to.match(/^[+/0-9A-Za-z]{22}==$/);
    expect(newKey()).to.not.equal(newKey());
  });

  it("refuses subprotocols that are no different tokens", () => {
    expect(checkProtocols("a")).to.deep.equal(["a"]);
    for (const protocols of [["a", "a"], [""], ["a b"], "a,b"])
      expect(() => checkProtocols(protocols)).to.throw(SyntaxError);
  });

  const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  const ANSWER = {
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  };
  const check = (headers: object, offer: Partial<Offer> = {}) =>
    checkAnswer({ ...ANSWER, ...headers }, KEY, { ...OFFER, ...offer });

  it("takes a valid answer and tells what was agreed on", () => {
    expect(check({})).to.deep.equal({ protocol: "", deflate: undefined });
    expect(check({ connection: "keep-alive ,\tUPGRADE", upgrade: "WebSocket" }).protocol).to.equal("");
    expect(check({ "sec-websocket-protocol": "b" }, { protocols: ["a", "b"] }).protocol).to.equal("b");
    expect(check({}, { deflate }).deflate).to.equal(undefined);
    const answer = { "sec-websocket-extensions": "permessage-deflate; server_no_context_takeover" };
    expect(check(answer, { deflate }).deflate).to.include({ serverNoContextTakeover: true });
  });

  const REFUSED: readonly [name: string, headers: object, offer: Partial<Offer>, why: string][] = [
    ["no upgrade", { upgrade: undefined }, {}, '"Upgrade" header'],
    ["another upgrade", { upgrade: "h2c" }, {}, '"Upgrade" header'],
    ["no Connection header", { connection: undefined }, {}, '"Connection" header'],
    ["another connection", { connection: "xupgrade, close" }, {}, '"Connection" header'],
    ["no accept header", { "sec-websocket-accept": undefined }, {}, "does not fit the key"],
    ["another key's answer", { "sec-websocket-accept": "AAAA" }, {}, "does not fit the key"],
    ["an extension not offered", { "sec-websocket-extensions": "permessage-deflate" }, {}, "extension"],
    ["an unknown extension", { "sec-websocket-extensions": "constructor" }, { deflate }, "extension"],
    ["an empty list of extensions", { "sec-websocket-extensions": "" }, { deflate }, "extension"],
    ["a subprotocol nobody asked for", { "sec-websocket-protocol": "a" }, {}, "not offered"],
    ["an empty subprotocol", { "sec-websocket-protocol": "" }, {}, "not offered"],
    ["another subprotocol", { "sec-websocket-protocol": "c" }, { protocols: ["a"] }, "not offered"],
    ["two subprotocols", { "sec-websocket-protocol": "a, b" }, { protocols: ["a", "b"] }, "not offered"],
    ["a subprotocol in other case", { "sec-websocket-protocol": "A" }, { protocols: ["a"] }, "not offered"],
    ["no subprotocol", {}, { protocols: ["a"] }, "none of the subprotocols"],
  ];
  for (const [name, headers, offer, why] of REFUSED)
    it(`refuses an answer with ${name}`, () => {
      expect(() => check(headers, offer))
        .to.throw(ConnectionError, why)
        .with.property("code", "WS_ERR_HANDSHAKE_FAILED");
    });
});
