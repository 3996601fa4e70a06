import { expect } from "chai";
import { checkAnswer, checkProtocols, requestHeaders } from "../src/client-handshake.ts";
import { acceptKey, acceptResponse, checkHandshake } from "../src/handshake.ts";

const HEADERS = {
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
    ["version 8", "GET", { "sec-websocket-version": "8" }, 426],
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

  it("tells which version and method it wants", () => {
    const check = (method: string, version: string) => () =>
      checkHandshake({ method, headers: { ...HEADERS, "sec-websocket-version": version } });
    expect(check("GET", "8")).to.throw().with.deep.property("headers", { "Sec-WebSocket-Version": "13" });
    expect(check("PUT", "13")).to.throw().with.deep.property("headers", { Allow: "GET" });
  });

  it("writes an answer with its subprotocol and further lines", () => {
    expect(acceptResponse(HEADERS["sec-websocket-key"], "chat", ["Set-Cookie: a=b"])).to.equal(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\nSet-Cookie: a=b\r\n\r\n",
    );
  });

  for (const line of ["A: b\r\nC: d", "A: b\n", "no colon", ": empty name", "A b: c", "A: \0"])
    it(`refuses the further line ${JSON.stringify(line)}`, () => {
      expect(() => acceptResponse("key", undefined, [line])).to.throw(TypeError, "Not a valid header line");
    });

  it("refuses a subprotocol that is no token", () => {
    expect(() => acceptResponse("key", "a\r\nb: c", [])).to.throw(TypeError, "must be a token");
  });
});

describe("opening handshake, client", () => {
  it("lets further headers neither drop nor replace its own", () => {
    const headers = requestHeaders("the key", ["a", "b"], "http://here", {
      Cookie: "c=d",
      upgrade: "h2c",
      "sec-websocket-KEY": "mine",
    });
    expect(headers).to.deep.equal({
      Cookie: "c=d",
      Origin: "http://here",
      "Sec-WebSocket-Protocol": "a,b",
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "the key",
    });
  });

  it("refuses subprotocols that are no different tokens", () => {
    expect(checkProtocols("a")).to.deep.equal(["a"]);
    for (const protocols of [["a", "a"], [""], ["a b"], "a,b"])
      expect(() => checkProtocols(protocols)).to.throw(SyntaxError);
  });

  const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  const ANSWER = { upgrade: "websocket", "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" };

  it("takes a valid answer and tells the subprotocol", () => {
    expect(checkAnswer(ANSWER, KEY, [])).to.equal("");
    expect(checkAnswer({ ...ANSWER, "sec-websocket-protocol": "b" }, KEY, ["a", "b"])).to.equal("b");
  });

  const REFUSED: readonly [name: string, headers: object, protocols: readonly string[], why: string][] = [
    ["no upgrade", { upgrade: undefined }, [], '"Upgrade" header'],
    ["another key's answer", { "sec-websocket-accept": "AAAA" }, [], "does not fit the key"],
    ["an extension", { "sec-websocket-extensions": "permessage-deflate" }, [], "extension"],
    ["a subprotocol nobody asked for", { "sec-websocket-protocol": "a" }, [], "not offered"],
    ["another subprotocol", { "sec-websocket-protocol": "c" }, ["a"], "not offered"],
    ["no subprotocol", {}, ["a"], "none of the subprotocols"],
  ];
  for (const [name, headers, protocols, why] of REFUSED)
    it(`refuses an answer with ${name}`, () => {
      expect(() => checkAnswer({ ...ANSWER, ...headers }, KEY, protocols)).to.throw(why);
    });
});
