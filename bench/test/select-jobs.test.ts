import { expect } from "chai";
import { selectJobs } from "../src/select-jobs.ts";
import { SUITES } from "../src/suites/index.ts";

const PEERS = ["towline", "socket.io", "websocket", "ws", "net", "uws"];

const select = (names: readonly string[], peers: readonly string[] = PEERS) =>
  selectJobs(SUITES, names, peers).map(
    (job) => `${job.scenario.name}: ${job.peers.map(({ name }) => name).join(" ")}`,
  );

describe("selection of what to measure", () => {
  it("takes a scenario with the peers of its suite, in their order", () => {
    expect(select(["echo"])).to.deep.equal(["echo: towline socket.io ws net"]);
    expect(select(["engine-echo"], [...PEERS, "reference-engine.io", "engine"])).to.deep.equal([
      "engine-echo: engine reference-engine.io ws net",
    ]);
    expect(select(["ws-echo"], ["uws", "ws", "towline"])).to.deep.equal(["ws-echo: ws uws"]);
  });

  it("takes all scenarios of a suite, and each of them once", () => {
    expect(select(["pipelined", "socketio"], ["ws"])).to.deep.equal([
      "echo: ws",
      "pipelined: ws",
      "echo16k: ws",
      "connect: ws",
      "idle-heap: ws",
      "idle-rss: ws",
    ]);
    expect(select(["websocket"], ["ws"])).to.have.length(8);
  });

  it("leaves peers out of a scenario that cannot do what it asks for", () => {
    expect(select(["engine-connect"], ["ws", "engine"])).to.deep.equal(["engine-connect: engine"]);
    expect(select(["ws-burst"])).to.deep.equal(["ws-burst: websocket ws uws"]);
  });

  it("leaves a scenario out when none of the peers takes part, but refuses to measure nothing", () => {
    expect(select(["echo", "ws-echo"], ["towline"])).to.deep.equal(["echo: towline"]);
    expect(() => select(["ws-echo", "ws-burst"], ["towline"])).to.throw(
      TypeError,
      "Nothing to measure: towline takes no part in ws-echo, ws-burst",
    );
  });

  it("knows every name once", () => {
    const names = SUITES.flatMap(({ name, scenarios }) => [name, ...scenarios.map((s) => s.name)]);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("has in each suite the peers that its targets and its ratios name", () => {
    for (const { peers, own, reference, scenarios } of SUITES) {
      expect(peers).to.include.members([own, reference]);
      for (const { targets } of scenarios)
        for (const target of targets)
          if ("peer" in target) expect(peers.map(({ name }) => name)).to.include(target.peer);
    }
  });
});
