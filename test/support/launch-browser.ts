import puppeteer, { type Browser } from "puppeteer";
import { findBrowser } from "./find-browser.ts";

const ARGUMENTS = [
  // Chromium refuses its sandbox to root, and the pages it loads here are our own.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Starts a headless browser. One for a whole suite, with a context for each test, is enough: a start takes about a second. */
export async function launchBrowser(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: await findBrowser(),
    args: ARGUMENTS,
    headless: true,
    timeout: 30_000,
    protocolTimeout: 30_000,
  });
}
