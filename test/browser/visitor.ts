import type { BrowserContext, Page, Viewport } from "puppeteer";
import { sharedBrowser } from "./shared-browser.ts";

/** Keeps the SHA-256 of every blob that the page shows, under its URL: a page's policy may forbid to fetch one. */
const WATCH_BLOBS = `
  globalThis.blobHashes = new Map();
  const makeUrl = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    const url = makeUrl.call(URL, blob);
    const hash = blob.arrayBuffer().then((bytes) => crypto.subtle.digest("SHA-256", bytes));
    globalThis.blobHashes.set(url, hash.then((bytes) => new Uint8Array(bytes).toHex?.() ??
      Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("")));
    return url;
  };
`;

/** One person at a browser: a page with storage of its own, whose complaints are written down. */
export class Visitor {
  readonly page: Page;
  /** What the page wrote to its console as an error, and what it threw. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;

  static async arrive(viewport: Viewport = { width: 1280, height: 800 }): Promise<Visitor> {
    const context = await (await sharedBrowser()).createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(viewport);
    await page.evaluateOnNewDocument(WATCH_BLOBS);
    return new Visitor(context, page);
  }

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  /** Resolves once `selector` is there and its text holds `text`. */
  async seesText(selector: string, text: string): Promise<void> {
    await this.page.waitForFunction(
      (where, what) =>
        [...document.querySelectorAll(where)].some((element) => element.textContent?.includes(what)),
      { timeout: 5_000 },
      selector,
      text,
    );
  }

  async leave(): Promise<void> {
    await this.#context.close();
  }
}
