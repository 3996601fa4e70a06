import type { Browser } from "puppeteer";
import { launchBrowser } from "../support/launch-browser.ts";

let launched: Promise<Browser> | undefined;

/** The one browser of the whole suite, started when first asked for. */
export function sharedBrowser(): Promise<Browser> {
  launched ??= launchBrowser();
  return launched;
}

after(async () => {
  await (await launched)?.close();
});
