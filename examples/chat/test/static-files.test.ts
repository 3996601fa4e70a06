import { expect } from "chai";
import { type RunningChat, startChat } from "../src/app.ts";

describe("files of the page", () => {
  let chat: RunningChat;
  before(async () => {
    chat = await startChat({ port: 0 });
  });
  after(() => chat.close());

  const FILES: readonly [path: string, type: string][] = [
    ["/", "text/html; charset=utf-8"],
    ["/style.css", "text/css; charset=utf-8"],
    ["/chat.js", "text/javascript; charset=utf-8"],
    ["/icon.svg", "image/svg+xml"],
  ];
  for (const [path, type] of FILES)
    it(`serves ${path} with a policy that lets no foreign script in`, async () => {
      const response = await fetch(`${chat.url}${path}?x=1`);
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.equal(type);
      expect(response.headers.get("content-security-policy")).to.include("script-src 'self'");
      expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(await response.text()).not.to.equal("");
    });

  for (const path of ["/index.html", "/server.ts", "/%2e%2e/package.json", "/__proto__", "/style.css/"])
    it(`has no ${path}`, async () => {
      const response = await fetch(`${chat.url}${path}`);
      expect(response.status).to.equal(404);
      expect(response.headers.get("content-security-policy")).to.include("default-src 'none'");
    });

  it("answers 304 to one who has the file", async () => {
    const etag = (await fetch(`${chat.url}/style.css`)).headers.get("etag") ?? "";
    const again = await fetch(`${chat.url}/style.css`, { headers: { "If-None-Match": etag } });
    expect(again.status).to.equal(304);
  });

  it("answers 405 to one who would write", async () => {
    const response = await fetch(chat.url, { method: "POST", body: "x" });
    expect(response.status).to.equal(405);
    expect(response.headers.get("allow")).to.equal("GET, HEAD");
  });
});
