import type { RunningChat } from "../../examples/chat/src/app.ts";
import { Visitor } from "./visitor.ts";

/** Somebody in the chat, doing and seeing what the page lets them. */
export class ChatVisitor {
  readonly visitor: Visitor;

  static async enter(chat: RunningChat, name: string): Promise<ChatVisitor> {
    const visitor = await Visitor.arrive();
    const { page } = visitor;
    await page.goto(chat.url);
    await page.waitForSelector("#name-dialog[open]");
    await page.$eval("#name", (input) => {
      (input as HTMLInputElement).value = "";
    });
    await page.type("#name", name);
    await page.keyboard.press("Enter");
    const guest = new ChatVisitor(visitor);
    await guest.isOnline();
    return guest;
  }

  constructor(visitor: Visitor) {
    this.visitor = visitor;
  }

  async isOnline(): Promise<void> {
    await this.visitor.page.waitForSelector('#status[data-state="online"]', { timeout: 8_000 });
  }

  async isOn(transport: "polling" | "websocket"): Promise<void> {
    await this.visitor.seesText("#fact-transport", transport);
    await this.isOnline();
  }

  async says(text: string): Promise<void> {
    await this.visitor.page.type("#text", text);
    await this.visitor.page.keyboard.press("Enter");
  }

  async hears(text: string): Promise<void> {
    await this.visitor.seesText("#log .text", text);
  }

  async showsPicture(file: string): Promise<void> {
    const input = await this.visitor.page.waitForSelector("input#picture-file");
    await input?.uploadFile(file);
  }

  /** The hashes of all pictures in the log, once there are `count` and they are drawn. */
  async pictureHashes(count: number): Promise<string[]> {
    const { page } = this.visitor;
    await page.waitForFunction(
      (wanted) => {
        const images = [...document.querySelectorAll<HTMLImageElement>("#log .picture img")];
        return images.length === wanted && images.every(({ naturalWidth }) => naturalWidth > 0);
      },
      { timeout: 5_000 },
      count,
    );
    return page.$$eval("#log .picture img", (images) => {
      const { blobHashes } = globalThis as unknown as { blobHashes: Map<string, Promise<string>> };
      return Promise.all(images.map((image) => blobHashes.get((image as HTMLImageElement).src) ?? "unknown"));
    });
  }

  async sessionId(): Promise<string> {
    return this.visitor.page.$eval("#fact-session", (element) => element.textContent ?? "");
  }

  async presses(selector: string): Promise<void> {
    await this.visitor.page.click(selector);
  }
}
