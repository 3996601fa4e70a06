import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { io } from "reference-socket.io-client";
import { startChat } from "../src/app.ts";

const SERVER = fileURLToPath(new URL("../src/server.ts", import.meta.url));

describe("a running chat", () => {
  it("refuses options that make no sense, all at once", async () => {
    const error = await startChat({ port: 70_000, graceMs: -1 }).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(TypeError);
    expect(String(error))
      .to.include("port must be a whole number from 0 to 65535")
      .and.include("graceMs must be");
  });

  it("frees its port when it is closed, connections or not", async () => {
    const first = await startChat({ port: 0 });
    const socket = io(first.url, { reconnection: false });
    await once(socket as never, "welcome");
    const gone = once(socket as never, "disconnect");
    await first.close();
    await gone;
    const second = await startChat({ port: first.port });
    await second.close();
  });

  it("ends at once on SIGTERM while somebody is in a room", async () => {
    const child = spawn(process.execPath, ["--conditions=towline-source", "--import", "tsx", SERVER], {
      env: { ...process.env, NODE_OPTIONS: "", PORT: "0" },
    });
    const [line] = await once(child.stdout, "data");
    const socket = io(/http:\S+/.exec(String(line))?.[0] ?? "", { reconnection: false });
    await socket.emitWithAck("join", { room: "lobby" });
    const askedAtMs = performance.now();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).to.deep.equal([0, null]);
    // Far below the grace period of somebody whose connection is lost, which the closing is.
    expect(performance.now() - askedAtMs).to.be.below(3_000);
    socket.disconnect();
  });
});
