import { Agent } from "node:http";
import { expect } from "chai";
import { parseWebSocketUrl } from "../src/client-url.ts";
import { followRedirect, type Hop, redirectLocation } from "../src/redirect.ts";
import { Attempt } from "./support/attempt.ts";
import { nextTurn } from "./support/fake-socket.ts";
import { accept, headersOf, RawServer, redirect } from "./support/raw-server.ts";
import { runningTimers } from "./support/timers.ts";
import { TLS_CERT } from "./support/tls.ts";

describe("redirect", () => {
  it("is an answer of 300 to 399 with a location", () => {
    expect(
      [300, 301, 302, 303, 307, 308].map((status) => redirectLocation(status, { location: "/a" })),
    ).to.deep.equal(Array(6).fill("/a"));
    for (const status of [101, 200, 201, 299, 400, undefined])
      expect(redirectLocation(status, { location: "/a" })).to.equal(undefined);
    expect(redirectLocation(302, {})).to.equal(undefined);
    expect(redirectLocation(302, { location: "" })).to.equal(undefined);
  });

  const hop = (address: string, options: Hop["options"] = {}): Hop => ({
    target: parseWebSocketUrl(address),
    options,
  });

  const RESOLVED: readonly [from: string, location: string, url: string][] = [
    ["ws://here:81/a/b?c", "/d?e", "ws://here:81/d?e"],
    ["ws://here:81/a/b?c", "d", "ws://here:81/a/d"],
    ["ws://here:81/a/b?c", "?d", "ws://here:81/a/b?d"],
    ["wss://here/a", "//there/b", "wss://there/b"],
    ["ws://here/", "https://there", "wss://there/"],
    ["wss://here/", "HTTP://there", "ws://there/"],
    ["ws://user:pass@here/a", "b", "ws://user:pass@here/b"],
    ["ws+unix:/tmp/a.sock:/b/c", "/d?e", "ws+unix:/tmp/a.sock:/d?e"],
    ["ws+unix:/tmp/a.sock:/b/c", "d", "ws+unix:/tmp/a.sock:/b/d"],
    ["ws+unix:/tmp/a.sock:/b", "ws+unix:/tmp/b.sock:/c", "ws+unix:/tmp/b.sock:/c"],
    ["ws+unix:/tmp/a.sock:/b", "ws://there/", "ws://there/"],
  ];
  for (const [from, location, url] of RESOLVED)
    it(`leads from ${from} by ${location} to ${url}`, () => {
      expect(followRedirect(hop(from), location).target.url).to.equal(url);
    });

  const REFUSED: readonly [from: string, location: string, why: string][] = [
    ["ws://here/", "ftp://there/", "got ftp:"],
    ["ws://here/", "javascript:alert(1)", "got javascript:"],
    ["ws://here/", "ws://", "Not a URL"],
    ["ws://here/", "//[", "Not a URL"],
    ["ws://here/", "/a#b", "fragment"],
    ["ws://here/", "ws+unix:/tmp/a.sock:/b", "must not lead to a Unix domain socket"],
    ["ws+unix:/tmp/a.sock:/b", "//there/", "Not a path on the same socket"],
    ["ws+unix:/tmp/a.sock:/b", "/c#d", "fragment"],
  ];
  for (const [from, location, why] of REFUSED)
    it(`does not lead from ${from} by ${location}`, () => {
      expect(() => followRedirect(hop(from), location)).to.throw(SyntaxError, why);
    });

  const CREDENTIALS = {
    auth: "user:pass",
    cert: TLS_CERT,
    key: "key",
    pfx: "pfx",
    passphrase: "secret",
    servername: "here",
    headers: { AUTHORIZATION: "a", cookie: "b", Host: "c", "proxy-Authorization": "d", "X-Other": "e" },
    ca: TLS_CERT,
    origin: "http://me",
  };

  const OTHER_ORIGINS: readonly [name: string, from: string, location: string][] = [
    ["another host", "ws://here/", "ws://there/"],
    ["a host below", "ws://here.example/", "ws://sub.here.example/"],
    ["another port", "ws://here/", "ws://here:81/"],
    ["secure to insecure", "wss://here:81/", "ws://here:81/"],
    ["insecure to secure", "ws://here/", "wss://here/"],
    ["another Unix socket", "ws+unix:/a.sock:/b", "ws+unix:/b.sock:/b"],
    ["a Unix socket to the network", "ws+unix:/a.sock:/b", "ws://localhost/b"],
  ];
  for (const [name, from, location] of OTHER_ORIGINS)
    it(`takes no credentials along: ${name}`, () => {
      const withUserinfo = from.replace(/^(wss?:\/\/)/, "$1user:pass@");
      const next = followRedirect(hop(withUserinfo, CREDENTIALS), location);
      expect(next.options).to.deep.equal({
        headers: { "X-Other": "e" },
        ca: TLS_CERT,
        origin: "http://me",
      });
      expect(next.target.auth).to.equal(undefined);
    });

  it("keeps credentials on the same origin", () => {
    for (const location of ["/b", "ws://here/b", "http://here:80/b"])
      expect(followRedirect(hop("ws://here/a", CREDENTIALS), location).options).to.deep.equal(CREDENTIALS);
    const next = followRedirect(hop("ws://a:b@here/", CREDENTIALS), "ws://here/b");
    expect(next.options.auth).to.equal("a:b");
    const unix = followRedirect(hop("ws+unix:/a.sock:/b", CREDENTIALS), "/c");
    expect(unix.options).to.deep.equal(CREDENTIALS);
  });

  it("does not bring credentials back when it returns to their origin", () => {
    const there = followRedirect(hop("ws://u:p@here/", CREDENTIALS), "ws://there/");
    const back = followRedirect(there, "ws://here/");
    expect(back.options).to.deep.equal({ headers: { "X-Other": "e" }, ca: TLS_CERT, origin: "http://me" });
    expect(back.target.auth).to.equal(undefined);
  });

  describe("on the wire", () => {
    const servers: RawServer[] = [];
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.close();
    });

    async function serve(...[answer, options]: Parameters<typeof RawServer.listen>): Promise<RawServer> {
      const server = await RawServer.listen(answer, options);
      servers.push(server);
      return server;
    }

    const accepting = (): Promise<RawServer> => serve((request) => request.socket.write(accept(request)));

    it("is followed, with a new key, and announced before the request leaves", async () => {
      const server = await serve((request) =>
        request.socket.write(request.path === "/a" ? redirect("b?c=d") : accept(request)),
      );
      const base = `ws://127.0.0.1:${server.port}`;
      const attempt = new Attempt(`${base}/a`, { followRedirects: true, headers: { Cookie: "a=b" } }, ["p"], {
        onRedirect: (_url, request) => request.setHeader("X-Late", "1"),
      });
      // The server chooses no subprotocol, which ends the handshake as it would without a redirect.
      expect(await attempt.failure()).to.include({ code: "WS_ERR_HANDSHAKE_FAILED" });
      expect(attempt.calls).to.deep.equal([
        "connect returned",
        `redirect ${base}/b?c=d`,
        "upgrade",
        "failed",
      ]);
      const [first, second] = server.heads.map(headersOf);
      expect(server.heads[1]).to.match(/^GET \/b\?c=d HTTP\/1\.1\r\n/);
      expect(second?.get("x-late")).to.equal("1");
      expect(second?.get("cookie")).to.equal("a=b");
      expect(second?.get("sec-websocket-protocol")).to.equal("p");
      expect(second?.get("sec-websocket-key")).to.not.equal(first?.get("sec-websocket-key"));
    });

    it("is an unexpected response unless asked to be followed, or without a location", async () => {
      const server = await serve(({ path, socket }) =>
        socket.end(path === "/a" ? redirect("/b") : "HTTP/1.1 302 Elsewhere\r\n\r\n"),
      );
      const base = `ws://127.0.0.1:${server.port}`;
      const unfollowed = new Attempt(`${base}/a`);
      expect((await unfollowed.failure()).message).to.include("answered with status 302");
      const nowhere = new Attempt(`${base}/b`, { followRedirects: true });
      expect((await nowhere.failure()).message).to.include("answered with status 302");
      expect(nowhere.calls).to.deep.equal(["connect returned", "unexpected 302", "failed"]);
      expect(server.heads).to.have.length(2);
    });

    for (const maxRedirects of [0, 2, undefined])
      it(`is followed ${maxRedirects ?? 10} times when maxRedirects is ${maxRedirects}`, async () => {
        const server = await serve(({ socket }) => socket.write(redirect("/again")));
        const attempt = new Attempt(`ws://127.0.0.1:${server.port}/`, {
          followRedirects: true,
          maxRedirects,
        });
        expect((await attempt.failure()).message).to.include(`maxRedirects (${maxRedirects ?? 10})`);
        expect(server.heads).to.have.length(1 + (maxRedirects ?? 10));
      });

    it("sends no credentials to another origin, nor back", async () => {
      const there = await serve(({ socket }) => socket.write(redirect(`http://127.0.0.1:${here.port}/end`)));
      const here: RawServer = await serve((request) =>
        request.socket.write(
          request.path === "/a" ? redirect(`ws://127.0.0.1:${there.port}/`) : accept(request),
        ),
      );
      const attempt = new Attempt(`ws://u:p@127.0.0.1:${here.port}/a`, {
        followRedirects: true,
        auth: "a:b",
        headers: { Cookie: "a=b", Host: "me", "X-Other": "c" },
      });
      (await attempt.connection()).terminate();
      expect(headersOf(here.heads[0]).get("authorization")).to.equal("Basic dTpw");
      expect(headersOf(here.heads[0]).get("cookie")).to.equal("a=b");
      expect(headersOf(here.heads[0]).get("host")).to.equal("me");
      for (const [server, head] of [
        [there, there.heads[0]],
        [here, here.heads[1]],
      ] as const) {
        const headers = headersOf(head);
        expect(headers.has("authorization") || headers.has("cookie")).to.equal(false);
        expect(headers.get("host")).to.equal(`127.0.0.1:${server.port}`);
        expect(headers.get("x-other")).to.equal("c");
      }
    });

    it("keeps userinfo when the same origin is named without it", async () => {
      const server: RawServer = await serve((request) =>
        request.socket.write(
          request.path === "/a" ? redirect(`ws://127.0.0.1:${server.port}/b`) : accept(request),
        ),
      );
      const attempt = new Attempt(`ws://u:p@127.0.0.1:${server.port}/a`, { followRedirects: true });
      (await attempt.connection()).terminate();
      expect(headersOf(server.heads[1]).get("authorization")).to.equal("Basic dTpw");
    });

    it("leads from an insecure server to a secure one", async () => {
      const secure = await serve((request) => request.socket.write(accept(request)), { tls: true });
      const server = await serve(({ socket }) =>
        socket.write(redirect(`https://localhost:${secure.port}/b`)),
      );
      const attempt = new Attempt(`ws://127.0.0.1:${server.port}/`, { followRedirects: true, ca: TLS_CERT });
      (await attempt.connection()).terminate();
      expect(attempt.calls).to.include(`redirect wss://localhost:${secure.port}/b`);
    });

    const WRONG: readonly [name: string, location: string, cause: string][] = [
      ["no URL", "ws://", "Not a URL"],
      ["another scheme", "ftp://there/", "got ftp:"],
      ["a Unix socket", "ws+unix:/tmp/a.sock:/b", "Unix domain socket"],
    ];
    for (const [name, location, cause] of WRONG)
      it(`fails when it leads to ${name}`, async () => {
        const server = await serve(({ socket }) => socket.write(redirect(location)));
        const error = await new Attempt(`ws://127.0.0.1:${server.port}/`, {
          followRedirects: true,
        }).failure();
        expect(error.message).to.include("cannot follow the redirect").and.include(location);
        expect(error).to.have.property("code", "WS_ERR_HANDSHAKE_FAILED");
        expect((error.cause as Error).message).to.include(cause);
      });

    it("fails when the user's agent is not one for the new scheme", async () => {
      const server = await serve(({ socket }) => socket.write(redirect("wss://127.0.0.1:1/")));
      const agent = new Agent();
      const attempt = new Attempt(`ws://127.0.0.1:${server.port}/`, { followRedirects: true, agent });
      const error = await attempt.failure();
      expect(error.message).to.include("cannot follow the redirect");
      expect(error.cause).to.have.property("code", "ERR_INVALID_PROTOCOL");
      agent.destroy();
    });

    it("leaves no timer behind", async () => {
      const server = await serve((request) =>
        request.socket.write(request.path === "/a" ? redirect("/b") : accept(request)),
      );
      await nextTurn();
      const before = runningTimers();
      const attempt = new Attempt(`ws://127.0.0.1:${server.port}/a`, { followRedirects: true });
      const connection = await attempt.connection();
      expect(runningTimers()).to.be.at.most(before);
      connection.terminate();
    });

    it("shares one handshakeTimeout with all that follow", async () => {
      const silent = await serve(() => {});
      const server = await serve(({ socket }) => socket.write(redirect(`ws://127.0.0.1:${silent.port}/`)));
      const attempt = new Attempt(`ws://127.0.0.1:${server.port}/`, {
        followRedirects: true,
        handshakeTimeout: 100,
      });
      expect(await attempt.failure()).to.have.property("code", "WS_ERR_HANDSHAKE_TIMEOUT");
      expect(silent.heads).to.have.length(1);
    });

    it("is not followed once given up in its announcement", async () => {
      const there = await accepting();
      const server = await serve(({ socket }) => socket.write(redirect(`ws://127.0.0.1:${there.port}/`)));
      let finished = 0;
      const attempt: Attempt = new Attempt(`ws://127.0.0.1:${server.port}/`, { followRedirects: true }, [], {
        onRedirect: () => attempt.opening.abort(new Error("no more")),
        finishRequest: (request) => {
          finished++;
          request.end();
        },
      });
      expect((await attempt.failure()).message).to.equal("no more");
      expect(finished).to.equal(1);
      expect(there.heads).to.have.length(0);
    });

    it("asks for each request to be finished", async () => {
      const server = await serve((request) =>
        request.socket.write(request.path === "/a" ? redirect("/b") : accept(request)),
      );
      const paths: string[] = [];
      const attempt = new Attempt(`ws://127.0.0.1:${server.port}/a`, { followRedirects: true }, [], {
        finishRequest: (request) => {
          paths.push(request.path);
          request.end();
        },
      });
      (await attempt.connection()).terminate();
      expect(paths).to.deep.equal(["/a", "/b"]);
    });
  });
});
