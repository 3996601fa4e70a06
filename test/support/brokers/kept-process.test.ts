import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { makeFolder } from "./broker.ts";
import { type Program, startKept } from "./kept-process.ts";

const OWNER = fileURLToPath(new URL("kept-process-owner.ts", import.meta.url));

describe("a kept process", () => {
  /** Programs connect to it: a connection lasts as long as its program. */
  let server: Server;
  const folders: string[] = [];
  beforeEach(async () => {
    server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    server.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  const program = (code: string): Program => {
    const folder = makeFolder("kept");
    folders.push(folder);
    return { command: process.execPath, args: ["-e", code], folder, stopSignal: "SIGTERM" };
  };
  const connecting = () => {
    const { port } = server.address() as AddressInfo;
    return program(`require("net").connect(${port}, "127.0.0.1", () => console.log("ready"))`);
  };
  const connection = async () => {
    const [socket] = (await once(server, "connection")) as [Socket];
    // A program that is killed may reset its connection.
    return {
      closed: new Promise<void>((resolve) =>
        socket
          .on("error", () => {})
          .on("close", resolve)
          .resume(),
      ),
    };
  };

  it("is gone after stop", async () => {
    const [kept, { closed }] = await Promise.all([startKept(connecting(), /ready/), connection()]);
    await kept.stop();
    await closed;
  });

  it("says what it printed when it ends instead of being ready", async () => {
    const ending = program("console.error('no such thing'); process.exitCode = 3");
    const fault = await startKept(ending, /ready/).then(
      () => expect.fail("it was ready"),
      (error: Error) => error.message,
    );
    expect(fault).to.match(/ ended at once: no such thing\s*$/);
  });

  it("ends, and its folder goes, when the one who started it is killed", async () => {
    const started = connecting();
    const owner = spawn(process.execPath, ["--import", "tsx", OWNER, JSON.stringify(started)]);
    const { closed } = await connection();
    owner.kill("SIGKILL");
    await closed;
    while (existsSync(started.folder)) await setImmediate();
  });
});
