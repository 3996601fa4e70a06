import { expect } from "chai";
import { findEndpoint, requestUrl } from "../src/endpoint.ts";

const PAGE = { protocol: "https:", hostname: "page.test", port: "8443" };

const at = (...[uri, options = {}, page]: Partial<Parameters<typeof findEndpoint>>): string =>
  requestUrl(findEndpoint(uri, options, page), "/engine.io/", "polling", {});

describe("endpoint", () => {
  for (const [uri, expected] of [
    ["http://host.test", "http://host.test/engine.io/?"],
    ["http://host.test:80/ignored", "http://host.test/engine.io/?"],
    ["https://host.test:3000", "https://host.test:3000/engine.io/?"],
    ["ws://host.test", "http://host.test/engine.io/?"],
    ["wss://host.test?a=1", "https://host.test/engine.io/?a=1"],
    ["http://[::1]:3000", "http://[::1]:3000/engine.io/?"],
    ["host.test:3000", "http://host.test:3000/engine.io/?"],
    ["//host.test", "http://host.test/engine.io/?"],
  ] as const)
    it(`finds ${uri}`, () => {
      expect(at(uri)).to.equal(expected);
    });

  it("takes the page's scheme where the address has none", () => {
    expect(at("//host.test", {}, PAGE)).to.equal("https://host.test/engine.io/?");
    expect(at("host.test:1", {}, PAGE)).to.equal("https://host.test:1/engine.io/?");
  });

  it("takes the options, then the page, then localhost, where there is no address", () => {
    expect(at(undefined, { hostname: "::1", port: 3000, secure: true })).to.equal(
      "https://[::1]:3000/engine.io/?",
    );
    expect(at(undefined, { host: "host.test" }, PAGE)).to.equal("https://host.test/engine.io/?");
    expect(at(undefined, {}, PAGE)).to.equal("https://page.test:8443/engine.io/?");
    expect(at()).to.equal("http://localhost/engine.io/?");
  });

  it("prefers the option query to that of the address, and encodes it", () => {
    expect(at("http://host.test?a=1", { query: { b: "x&y=é", c: 2 } })).to.equal(
      "http://host.test/engine.io/?b=x%26y%3D%C3%A9&c=2",
    );
  });

  it("lets no query parameter of the user replace the protocol's", () => {
    const endpoint = findEndpoint("http://host.test", { query: { sid: "forged" } }, undefined);
    expect(requestUrl(endpoint, "/", "websocket", { EIO: "4", sid: "abc", t: undefined })).to.equal(
      "ws://host.test/?sid=abc&EIO=4",
    );
  });

  for (const uri of ["ftp://host.test", "http://", "http://host.test:99999", "http://a b"])
    it(`refuses ${uri}`, () => {
      expect(() => at(uri)).to.throw(TypeError, `Invalid address ${JSON.stringify(uri)}`);
    });
});
