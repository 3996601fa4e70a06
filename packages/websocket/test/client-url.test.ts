import { expect } from "chai";
import { parseWebSocketUrl } from "../src/client-url.ts";

describe("address of a WebSocket", () => {
  const NETWORK: readonly [
    address: string,
    url: string,
    isSecure: boolean,
    hostname: string,
    port: string,
    path: string,
  ][] = [
    ["ws://here", "ws://here/", false, "here", "", "/"],
    ["WSS://Here:8443/a%20b?c=d", "wss://here:8443/a%20b?c=d", true, "here", "8443", "/a%20b?c=d"],
    ["http://here:80/x y", "ws://here/x%20y", false, "here", "", "/x%20y"],
    ["https://here:443?a", "wss://here/?a", true, "here", "", "/?a"],
    ["ws://[::1]:3000/", "ws://[::1]:3000/", false, "::1", "3000", "/"],
  ];
  for (const [address, url, isSecure, hostname, port, path] of NETWORK)
    it(`reads ${address}`, () => {
      const expected = { url, isSecure, hostname, port, path, socketPath: undefined, auth: undefined };
      expect(parseWebSocketUrl(address)).to.deep.equal(expected);
      expect(parseWebSocketUrl(new URL(address))).to.deep.equal(expected);
    });

  it("leaves a URL object as it was", () => {
    const address = new URL("https://here/");
    parseWebSocketUrl(address);
    expect(address.href).to.equal("https://here/");
  });

  const UNIX: readonly [address: string, socketPath: string, path: string, hostname?: string][] = [
    ["ws+unix:/tmp/a.sock:/b?c=d:e", "/tmp/a.sock", "/b?c=d:e"],
    ["ws+unix:///tmp/a.sock:/b:/c", "/tmp/a.sock", "/b:/c"],
    ["ws+unix:/tmp/a.sock", "/tmp/a.sock", "/"],
    ["ws+unix:/tmp/a.sock:", "/tmp/a.sock", "/"],
    ["ws+unix:/tmp/a.sock:?b", "/tmp/a.sock", "/?b"],
    ["ws+unix:a.sock:b c", "a.sock", "/b%20c"],
    ["ws+unix://tmp/a.sock:/b", "/a.sock", "/b", "tmp"],
  ];
  for (const [address, socketPath, path, hostname = "localhost"] of UNIX)
    it(`reads ${address}`, () => {
      expect(parseWebSocketUrl(address)).to.include({ socketPath, path, hostname, isSecure: false });
    });

  const AUTH: readonly [address: string, auth: string | undefined][] = [
    ["ws://here/", undefined],
    ["ws://us%3Aer:p%20%c3%a4%@here/", "us:er:p ä%"],
    ["ws://user@here/", "user:"],
    ["ws://:pass@here/", ":pass"],
    ["ws+unix://user:pass@here/a.sock:/b", "user:pass"],
  ];
  for (const [address, auth] of AUTH)
    it(`finds ${auth === undefined ? "no credentials" : JSON.stringify(auth)} in ${address}`, () => {
      expect(parseWebSocketUrl(address).auth).to.equal(auth);
    });

  const REFUSED: readonly [address: string, why: string][] = [
    ["", "Not a URL"],
    ["/path", "Not a URL"],
    ["ws://", "Not a URL"],
    ["ws://here:99999/", "Not a URL"],
    ["ftp://here/", "got ftp:"],
    ["wss+unix:/tmp/a.sock", "got wss+unix:"],
    ["ws://here/#a", "must not have a fragment"],
    ["ws://here/#", "must not have a fragment"],
    ["ws+unix:/tmp/a.sock:/b#a", "must not have a fragment"],
    ["ws+unix:", "must name a socket"],
    ["ws+unix://", "must name a socket"],
    ["ws+unix::/b", "must name a socket"],
  ];
  for (const [address, why] of REFUSED)
    it(`refuses ${JSON.stringify(address)}`, () => {
      expect(() => parseWebSocketUrl(address)).to.throw(SyntaxError, why);
    });
});
