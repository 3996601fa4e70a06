import { expect } from "chai";
import { readTarget } from "../src/url.ts";

const PAGE = { protocol: "https:", host: "page.test:8443" };
const FILE = { protocol: "file:", host: "" };

describe("address of io()", () => {
  for (const [uri, page, server, namespace] of [
    ["http://host.test", undefined, "http://host.test", "/"],
    ["http://host.test:80/", undefined, "http://host.test", "/"],
    ["https://host.test:3000/admin", undefined, "https://host.test:3000", "/admin"],
    ["wss://host.test/a/b", undefined, "https://host.test", "/a/b"],
    ["ws://[::1]:3000/x", undefined, "http://[::1]:3000", "/x"],
    ["host.test:3000/chat", undefined, "https://host.test:3000", "/chat"],
    ["host.test", PAGE, "https://host.test", "/"],
    ["//host.test/é ü", undefined, "https://host.test", "/é ü"],
    ["//host.test", FILE, "http://host.test", "/"],
    ["/admin", PAGE, "https://page.test:8443", "/admin"],
    [undefined, PAGE, "https://page.test:8443", "/"],
  ] as const)
    it(`reads ${uri}${page === undefined ? "" : ` on ${page.protocol}//${page.host}`}`, () => {
      const target = readTarget(uri, "/socket.io", page);
      expect([target.server, target.namespace]).to.deep.equal([server, namespace]);
    });

  it("tells servers and endpoint paths apart, and nothing else", () => {
    const id = (uri: string, path = "/socket.io") => readTarget(uri, path, undefined).id;
    expect(id("http://a.test/x?y=1")).to.equal(id("ws://a.test:80/"));
    expect(id("http://a.test")).not.to.equal(id("https://a.test"));
    expect(id("http://a.test")).not.to.equal(id("http://a.test", "/other"));
  });

  it("reads the query, and leaves the fragment out", () => {
    const { query, namespace } = readTarget("http://a.test/x?token=a%20b&n=1#frag", "/", undefined);
    expect(query).to.deep.equal({ token: "a b", n: "1" });
    expect(namespace).to.equal("/x");
    expect(readTarget("http://a.test/x", "/", undefined).query).to.equal(undefined);
  });

  it("says what is wrong with an address", () => {
    expect(() => readTarget("http://a.test:99999", "/", undefined)).to.throw(
      TypeError,
      'Invalid address "a.test:99999"',
    );
    expect(() => readTarget("/admin", "/", undefined)).to.throw(
      TypeError,
      "outside of a page, give the server's",
    );
  });
});
