import { expect } from "chai";
import { tcp } from "../src/load/dialect.ts";
import { LoadFailure } from "../src/load/load-failure.ts";
import { PEERS } from "../src/peers/index.ts";
import { type Peer, PeerAbsent } from "../src/peers/peer.ts";
import { runJob } from "../src/run.ts";
import { echo } from "../src/scenarios/echo.ts";
import type { Measurement, Subject } from "../src/scenarios/scenario.ts";
import type { Job } from "../src/select-jobs.ts";
import { socketIoSuite } from "../src/suites/socket.io.ts";

const SETTINGS = { warmupMs: 50, durationMs: 100 };
const MEASUREMENT: Measurement = { cost: 1, operations: 1, operationsPerSecond: 1, generatorMicros: 1 };

describe("rounds", function () {
  // Every server of every round is a process, started for it.
  this.timeout(30_000);
  const never = new AbortController().signal;
  const peers = PEERS.filter(({ name }) => name === "ws" || name === "net");

  const job = (measure: (subject: Subject) => Promise<Measurement>): Job => ({
    suite: socketIoSuite,
    scenario: { ...echo, measure },
    peers,
  });

  it("takes every peer in each round, on a server of its own", async () => {
    const order: string[] = [];
    const ports = new Set<number>();
    const result = await runJob(
      job(async ({ peer, port }) => {
        order.push(peer.name);
        ports.add(port);
        return MEASUREMENT;
      }),
      { rounds: 2, settings: SETTINGS },
      () => {},
      never,
    );
    expect(order).to.deep.equal(["ws", "net", "ws", "net"]);
    expect(ports.size).to.be.greaterThan(1);
    expect(result.outcomes.get("net")).to.deep.equal({ rounds: [MEASUREMENT, MEASUREMENT] });
  });

  it("leaves a peer out once it has failed, and goes on with the others", async () => {
    const order: string[] = [];
    const result = await runJob(
      job(async ({ peer }) => {
        order.push(peer.name);
        if (peer.name === "ws") throw new LoadFailure("3 answers missing");
        return MEASUREMENT;
      }),
      { rounds: 2, settings: SETTINGS },
      () => {},
      never,
    );
    expect(order).to.deep.equal(["ws", "net", "net"]);
    expect(result.outcomes.get("ws")).to.deep.equal({ failure: "3 answers missing" });
  });

  it("leaves a peer out that cannot run here, without calling it a failure", async () => {
    const result = await runJob(
      job(async ({ peer }) => {
        if (peer.name === "ws") throw new PeerAbsent("ws is not installed");
        return MEASUREMENT;
      }),
      { rounds: 2, settings: SETTINGS },
      () => {},
      never,
    );
    expect(result.outcomes.get("ws")).to.deep.equal({ absence: "ws is not installed" });
    expect(result.outcomes.get("net")).to.deep.equal({ rounds: [MEASUREMENT, MEASUREMENT] });
  });

  it("says where it is", async () => {
    const texts: string[] = [];
    await runJob(
      { ...job(async () => MEASUREMENT), peers: peers.slice(0, 1) },
      { rounds: 1, settings: SETTINGS },
      (text) => texts.push(text),
      never,
    );
    expect(texts).to.deep.equal(["echo, round 1 of 1, ws: starting"]);
  });

  it("stops at a server that does not start", async () => {
    const nobody: Peer = { name: "nobody", packages: [], dialect: tcp, apps: {} };
    const nobodys: Job = { suite: socketIoSuite, scenario: echo, peers: [nobody] };
    const run = runJob(nobodys, { rounds: 1, settings: SETTINGS }, () => {}, never);
    const cause = await run.catch((error: unknown) => error);
    expect((cause as Error).message).to.match(/^The server nobody did not start/);
  });
});
