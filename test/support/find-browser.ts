import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import puppeteer from "puppeteer";

/** All that the search needs to know of the machine it is on. Tests hand in one of their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** May install Debian packages. */
  readonly isDebianRoot: boolean;
  /** Whether a browser at this path is there and starts. */
  starts(path: string): boolean;
  /** Where puppeteer's own browser is, or would be. */
  puppeteerPath(): Promise<string>;
  /** Runs an installer, showing what it says. Gives whether it succeeded. */
  install(command: string, args: readonly string[]): boolean;
  say(line: string): void;
}

const NAMES = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome"];

/**
 * Finds a Chrome or Chromium, and installs one when there is none: `PUPPETEER_EXECUTABLE_PATH`, an installed browser,
 * puppeteer's cache, Debian's package, puppeteer's installer, in this order.
 *
 * @throws {Error} with one line that says what to install, when nothing helps.
 */
export async function findBrowser(machine: Machine = thisMachine()): Promise<string> {
  const chosen = machine.env.PUPPETEER_EXECUTABLE_PATH;
  if (chosen !== undefined && chosen !== "") {
    if (machine.starts(chosen)) return chosen;
    throw new Error(
      `PUPPETEER_EXECUTABLE_PATH is ${chosen}, where no browser starts; correct it or unset it.`,
    );
  }
  return (await installedBrowser(machine)) ?? (await newBrowser(machine));
}

async function installedBrowser(machine: Machine): Promise<string | undefined> {
  const candidates = [...usualPlaces(machine), ...searchPath(machine), await machine.puppeteerPath()];
  return candidates.find((path) => machine.starts(path));
}

async function newBrowser(machine: Machine): Promise<string> {
  if (machine.isDebianRoot) {
    machine.say("No Chrome or Chromium here: installing Debian's chromium (about a minute) …");
    const installed =
      machine.install("apt-get", ["update"]) &&
      machine.install("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]);
    const path = installed ? await installedBrowser(machine) : undefined;
    if (path !== undefined) return path;
  }
  machine.say("No Chrome or Chromium here: puppeteer installs Chrome (about a minute) …");
  const installed = machine.install(process.execPath, [puppeteerProgram(), "browsers", "install", "chrome"]);
  const path = installed ? await installedBrowser(machine) : undefined;
  if (path !== undefined) return path;
  throw new Error(
    "The browser tests need Chrome or Chromium and none could be installed: install one (on Debian `apt-get install chromium`) or set PUPPETEER_EXECUTABLE_PATH.",
  );
}

function usualPlaces({ platform, env }: Machine): readonly string[] {
  if (platform === "darwin")
    return [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
  if (platform === "win32")
    return [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .map((folder) => `${folder}\\Google\\Chrome\\Application\\chrome.exe`);
  return NAMES.map((name) => `/usr/bin/${name}`);
}

function searchPath({ platform, env }: Machine): readonly string[] {
  const suffix = platform === "win32" ? ".exe" : "";
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name + suffix)));
}

const INSTALL_LIMIT_MS = 10 * 60_000;
const START_LIMIT_MS = 20_000;

function thisMachine(): Machine {
  const { platform, env } = process;
  return {
    platform,
    env,
    isDebianRoot: process.getuid?.() === 0 && existsSync("/etc/debian_version"),
    starts: (path) => existsSync(path) && (platform === "win32" || printsItsVersion(path)),
    puppeteerPath: async () => puppeteer.executablePath(),
    // The installers' output goes to stderr, since stdout carries the answer of `ensure-browser.ts`.
    install: (command, args) =>
      spawnSync(command, args, {
        stdio: ["ignore", process.stderr, process.stderr],
        env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
        timeout: INSTALL_LIMIT_MS,
      }).status === 0,
    say: (line) => console.error(line),
  };
}

/** Ubuntu's `chromium-browser` may be a script that only asks for a snap: being there is not enough. */
const printsItsVersion = (path: string): boolean =>
  spawnSync(path, ["--version"], { stdio: "ignore", timeout: START_LIMIT_MS }).status === 0;

function puppeteerProgram(): string {
  const require = createRequire(import.meta.url);
  const manifestPath = require.resolve("puppeteer/package.json");
  const { bin } = require(manifestPath) as { bin: string };
  return join(dirname(manifestPath), bin);
}
