import { expect } from "chai";
import { findBrowser, type Machine } from "./find-browser.ts";

/** A machine with the given browsers and nothing else, which records what is installed on it. */
function machineWith(browsers: readonly string[], more: Partial<Machine> = {}) {
  const present = new Set(browsers);
  const commands: string[] = [];
  const machine: Machine = {
    platform: "linux",
    env: { PATH: "/opt/tools" },
    isDebianRoot: false,
    starts: (path) => present.has(path),
    puppeteerPath: async () => "/cache/chrome",
    install: (command, args) => {
      commands.push([command, ...args].join(" "));
      return true;
    },
    say: () => {},
    ...more,
  };
  return { machine, present, commands };
}

const faultOf = (search: Promise<string>) =>
  search.then(
    () => expect.fail("a browser was found"),
    (error: Error) => error.message,
  );

describe("browser search", () => {
  it("takes PUPPETEER_EXECUTABLE_PATH before anything else", async () => {
    const env = { PUPPETEER_EXECUTABLE_PATH: "/my/chrome" };
    expect(await findBrowser(machineWith(["/my/chrome", "/usr/bin/chromium"], { env }).machine)).to.equal(
      "/my/chrome",
    );
  });

  it("refuses a PUPPETEER_EXECUTABLE_PATH that does not start, rather than taking another browser", async () => {
    const env = { PUPPETEER_EXECUTABLE_PATH: "/my/chrome" };
    const fault = await faultOf(findBrowser(machineWith(["/usr/bin/chromium"], { env }).machine));
    expect(fault).to.equal(
      "PUPPETEER_EXECUTABLE_PATH is /my/chrome, where no browser starts; correct it or unset it.",
    );
  });

  it("takes an installed browser before puppeteer's", async () => {
    const { machine, commands } = machineWith(["/usr/bin/chromium", "/cache/chrome"]);
    expect(await findBrowser(machine)).to.equal("/usr/bin/chromium");
    expect(commands).to.deep.equal([]);
  });

  it("searches the PATH", async () => {
    expect(await findBrowser(machineWith(["/opt/tools/google-chrome"]).machine)).to.equal(
      "/opt/tools/google-chrome",
    );
  });

  it("knows the usual places of macOS and Windows", async () => {
    const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    expect(await findBrowser(machineWith([mac], { platform: "darwin" }).machine)).to.equal(mac);
    const windows = "C:\\Programs\\Google\\Chrome\\Application\\chrome.exe";
    const env = { PROGRAMFILES: "C:\\Programs" };
    expect(await findBrowser(machineWith([windows], { platform: "win32", env }).machine)).to.equal(windows);
  });

  it("takes the browser in puppeteer's cache when none is installed", async () => {
    expect(await findBrowser(machineWith(["/cache/chrome"]).machine)).to.equal("/cache/chrome");
  });

  it("installs Debian's chromium as root on Debian", async () => {
    const { machine, present, commands } = machineWith([], {
      isDebianRoot: true,
      install: (command, args) => {
        commands.push([command, ...args].join(" "));
        if (args.includes("chromium")) present.add("/usr/bin/chromium");
        return true;
      },
    });
    expect(await findBrowser(machine)).to.equal("/usr/bin/chromium");
    expect(commands).to.deep.equal(["apt-get update", "apt-get install -y --no-install-recommends chromium"]);
  });

  it("turns to puppeteer's installer when Debian's fails", async () => {
    const { machine, present } = machineWith([], {
      isDebianRoot: true,
      install: (command) => {
        if (command !== "apt-get") present.add("/cache/chrome");
        return command !== "apt-get";
      },
    });
    expect(await findBrowser(machine)).to.equal("/cache/chrome");
  });

  it("uses puppeteer's installer alone where it may not install packages", async () => {
    const { machine, commands } = machineWith([]);
    await faultOf(findBrowser(machine));
    expect(commands).to.have.length(1);
    expect(commands[0]).to.match(/ browsers install chrome$/);
  });

  it("says in one line what to install when nothing helps", async () => {
    const fault = await faultOf(
      findBrowser(machineWith([], { isDebianRoot: true, install: () => false }).machine),
    );
    expect(fault).to.match(/^The browser tests need Chrome or Chromium .* `apt-get install chromium`.*\.$/);
  });
});
