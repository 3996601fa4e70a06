/** The chat of `npm start`, in two real browser pages. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type RunningChat, startChat } from "../../examples/chat/src/app.ts";
import { ChatVisitor } from "./chat-visitor.ts";
import { testPicture } from "./test-picture.ts";

const SCREENSHOTS = join(import.meta.dirname, "../artefacts/out");
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };

const picture = testPicture();
const pictureHash = createHash("sha256").update(picture).digest("hex");

describe("the chat in two browser pages", function () {
  this.timeout(30_000);
  let chat: RunningChat;
  let ada: ChatVisitor;
  let bo: ChatVisitor;
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "towline-"));
    file = join(folder, "sea.png");
    await writeFile(file, picture);
    await mkdir(SCREENSHOTS, { recursive: true });
    chat = await startChat({ port: 0 });
    [ada, bo] = await Promise.all([ChatVisitor.enter(chat, "Ada"), ChatVisitor.enter(chat, "Bo")]);
  });
  afterEach(() => {
    for (const { visitor } of [ada, bo]) expect(visitor.complaints).to.deep.equal([]);
  });
  after(async () => {
    await Promise.all([ada, bo].map(({ visitor }) => visitor.leave()));
    await chat.close();
    await rm(folder, { recursive: true });
  });

  it("starts on polling and is upgraded to WebSocket", async () => {
    await Promise.all([ada.isOn("websocket"), bo.isOn("websocket")]);
    for (const guest of [ada, bo])
      for (const packet of ["open", "2probe", "upgrade"])
        await guest.visitor.seesText("#wire", packet === "2probe" ? "probe" : packet);
  });

  it("shows each who is there", async () => {
    await Promise.all([ada.visitor.seesText("#people", "Bo"), bo.visitor.seesText("#people", "Ada")]);
  });

  it("chats over polling alone while WebSocket is blocked", async () => {
    await Promise.all([ada.presses("#block-websocket"), bo.presses("#block-websocket")]);
    await Promise.all([ada.isOn("polling"), bo.isOn("polling")]);
    await ada.says("Ahoy from Ada, over polling: naïve ☕ 日本語");
    await bo.hears("Ahoy from Ada, over polling: naïve ☕ 日本語");
    await bo.says("Ahoy back from Bo");
    await ada.hears("Ahoy back from Bo");
  });

  it("carries a picture intact over polling", async () => {
    await ada.showsPicture(file);
    expect(await bo.pictureHashes(1)).to.deep.equal([pictureHash]);
  });

  it("chats over WebSocket once it is unblocked", async () => {
    await Promise.all([ada.presses("#block-websocket"), bo.presses("#block-websocket")]);
    await Promise.all([ada.isOn("websocket"), bo.isOn("websocket")]);
    await bo.says("Upgraded, this one");
    await ada.hears("Upgraded, this one");
    await ada.says("Aye");
    await bo.hears("Aye");
  });

  it("carries a picture intact over WebSocket", async () => {
    await bo.showsPicture(file);
    expect(await ada.pictureHashes(2)).to.deep.equal([pictureHash, pictureHash]);
  });

  it("comes back after the connection was dropped, with its name and what was said meanwhile", async () => {
    const before = await ada.sessionId();
    await ada.presses("#drop-connection");
    await ada.visitor.page.waitForSelector('#status:not([data-state="online"])');
    await bo.says("Did she go overboard?");
    await ada.isOn("websocket");
    expect(await ada.sessionId()).to.not.equal(before);
    await ada.hears("Did she go overboard?");
    await ada.says("Back on deck");
    await bo.hears("Back on deck");
    await bo.visitor.seesText("#people", "Ada");
    expect(await ada.visitor.page.$eval("#me", (element) => element.textContent)).to.contain("Ada");
  });

  it("keeps name and history over a reload", async () => {
    await ada.visitor.page.reload();
    await ada.isOnline();
    await ada.hears("Back on deck");
    expect(await ada.pictureHashes(2)).to.deep.equal([pictureHash, pictureHash]);
    expect(await ada.visitor.page.$eval("#me", (element) => element.textContent)).to.contain("Ada");
  });

  for (const scheme of ["light", "dark"] as const)
    for (const [device, viewport] of [
      ["desktop", { width: 1280, height: 800 }],
      ["phone", PHONE],
    ] as const)
      it(`fits a ${device} in ${scheme}`, async () => {
        const { page } = ada.visitor;
        await page.emulateMediaFeatures([
          { name: "prefers-color-scheme", value: scheme },
          // Nothing moves, so that the picture does not depend on the moment.
          { name: "prefers-reduced-motion", value: "reduce" },
        ]);
        // Loads the page anew where it turns a desktop into a phone.
        await page.setViewport(viewport);
        await ada.isOn("websocket");
        await ada.hears("Back on deck");
        await ada.pictureHashes(2);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, "pixels that stick out to the right").to.be.at.most(0);
        await page.screenshot({ path: join(SCREENSHOTS, `chat-${device}-${scheme}.png`) });
        if (device !== "phone") return;
        await page.click('#tabs [data-panel="wire"]');
        await page.screenshot({ path: join(SCREENSHOTS, `chat-${device}-${scheme}-wire.png`) });
        await page.click('#tabs [data-panel="chat"]');
      });
});
