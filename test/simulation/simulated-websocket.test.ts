import { expect } from "chai";
import type { WebSocketLink } from "../../packages/engine.io/src/transports/websocket-link.ts";
import { Coverage } from "./coverage.ts";
import { FAULTS, type FaultRates } from "./faults.ts";
import { SimulatedWebSocket } from "./simulated-websocket.ts";
import { World } from "./world.ts";

/** Opens a WebSocket. `told` gets a line for all that either end hears. */
function open(faults: Partial<FaultRates> = {}, seed = 1) {
  const world = new World(seed, new Coverage(), undefined);
  world.rates = { ...FAULTS.none, ...faults };
  const told: string[] = [];
  const links: WebSocketLink[] = [];
  const socket = new SimulatedWebSocket(
    world,
    1,
    "",
    {
      onOpen: () => told.push("client: open"),
      onMessage: (data) => told.push(`client: ${data}`),
      onError: (cause) => told.push(`client: error ${(cause as Error).message}`),
      onClose: (event) => told.push(`client: close ${(event as { code: number }).code}`),
    },
    (arrived) => {
      const link = arrived.accept();
      links.push(link);
      link.sink = {
        onText: (text) => told.push(`server: ${text}`),
        onBinary: (data) => told.push(`server: ${data}`),
        onFlushed: () => told.push("server: flushed"),
        onClose: (code) => told.push(`server: close ${code}`),
      };
    },
  );
  const runUntil = (untilMs: number) => {
    while (world.scheduler.step(untilMs));
  };
  const linkOf = (): WebSocketLink => {
    const [link] = links;
    if (link === undefined) throw new Error("not open");
    return link;
  };
  return { world, told, socket, linkOf, runUntil, run: () => runUntil(100_000) };
}

const numbers = Array.from({ length: 30 }, (_, index) => String(index));

describe("a simulated WebSocket", () => {
  it("keeps the order of each direction, however long each message takes", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { told, socket, linkOf, run } = open({ slow: 0.3, frameStalled: 0.1 }, seed);
      run();
      for (const number of numbers) {
        socket.handle.send(number);
        linkOf().sendText(number);
      }
      run();
      expect(told.filter((line) => /server: \d/.test(line))).to.deep.equal(
        numbers.map((n) => `server: ${n}`),
      );
      expect(told.filter((line) => /client: \d/.test(line))).to.deep.equal(
        numbers.map((n) => `client: ${n}`),
      );
    }
  });

  it("says when the network has taken what was sent", () => {
    const { told, linkOf, run } = open();
    run();
    linkOf().sendText("one");
    linkOf().sendText("two");
    expect(linkOf().bufferedAmount).to.equal(6);
    run();
    expect(linkOf().bufferedAmount).to.equal(0);
    expect(told.filter((line) => line === "server: flushed")).to.have.length(1);
  });

  it("delivers what was sent before a close, then reports it once to each end", () => {
    const { told, socket, linkOf, run } = open();
    run();
    linkOf().sendText("last");
    linkOf().close();
    linkOf().sendText("too late");
    run();
    expect(told).to.include("client: last").and.not.include("client: too late");
    expect(told.indexOf("client: close 1005")).to.be.greaterThan(told.indexOf("client: last"));
    expect(told.filter((line) => line.includes("close"))).to.have.members([
      "client: close 1005",
      "server: close 1005",
    ]);
    expect(socket.isHeld).to.equal(false);
  });

  it("that breaks loses all that was under way, and reports it once to each end", () => {
    const { world, told, socket, linkOf, run } = open();
    run();
    world.rates = { ...FAULTS.none, frameReset: 1 };
    socket.handle.send("lost");
    world.rates = FAULTS.none;
    socket.handle.send("lost as well");
    run();
    expect(told).to.have.members(["client: open", "client: close 1006", "server: close 1006"]);
    linkOf().sendText("to nobody");
    run();
    expect(told).to.have.length(3);
  });

  it("that breaks for a deaf end is still held by it", () => {
    const { world, told, socket, run } = open();
    run();
    world.rates = { ...FAULTS.none, frameReset: 1, halfOpen: 1 };
    socket.handle.send("lost");
    run();
    expect(told.filter((line) => line.includes("close"))).to.have.length(1);
    expect(socket.isHeld).to.equal(true);
  });

  it("is refused by the network, or by the server", () => {
    const { told, run } = open({ socketRefused: 1 });
    run();
    expect(told).to.deep.equal(["client: error refused", "client: close 1006"]);
  });

  it("that nobody answers stays as it is until it is given up", () => {
    const { told, socket, run } = open({ socketSilent: 1 });
    run();
    expect([told, socket.isHeld]).to.deep.equal([[], true]);
    socket.handle.close();
    expect(socket.isHeld).to.equal(false);
  });

  it("that is given up while it opens is reported to the server, if that has it", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { told, socket, run } = open({}, seed);
      socket.handle.close();
      run();
      expect(told).to.be.deep.oneOf([[], ["server: close 1006"]]);
      expect(socket.isHeld).to.equal(false);
    }
  });
});
