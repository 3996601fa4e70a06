import { expect } from "chai";
import { visitByUpgrade } from "../src/load/engine-visits.ts";
import { PEERS } from "../src/peers/index.ts";
import { type AppName, PeerAbsent } from "../src/peers/peer.ts";
import { engineIdleHeapPolling } from "../src/scenarios/engine-idle-heap-polling.ts";
import type { Scenario } from "../src/scenarios/scenario.ts";
import { wsIdleHeap } from "../src/scenarios/ws-idle-heap.ts";
import { ServerFailure, ServerProcess } from "../src/server/server-process.ts";
import { SUITES } from "../src/suites/index.ts";

const SETTINGS = { warmupMs: 50, durationMs: 100, connections: 2 };
// A process that loads TypeScript takes its second to start, more on a busy machine.
const START_MS = 20_000;

/** The first scenario that asks this peer for this app, and is no matter of memory. */
function scenarioFor(peerName: string, app: AppName): Scenario {
  const suites = SUITES.filter(({ peers }) => peers.some(({ name }) => name === peerName));
  const scenarios = suites.flatMap((suite) => suite.scenarios);
  return scenarios.find((scenario) => scenario.app === app) ?? expect.fail("there is no scenario");
}

describe("server process", function () {
  this.timeout(START_MS);
  const never = new AbortController().signal;

  async function measure(peerName: string, scenario: Scenario, settings: typeof SETTINGS) {
    const peer = PEERS.find(({ name }) => name === peerName) ?? expect.fail(`there is no ${peerName}`);
    const server = await ServerProcess.start(peer.name, scenario.app, never);
    try {
      const subject = {
        peer,
        port: server.port,
        usage: () => server.usage(),
        usageAfterCollection: () => server.usageAfterCollection(),
      };
      const phases: string[] = [];
      const measurement = await scenario.measure(subject, settings, (phase) => phases.push(phase));
      return { ...measurement, phases };
    } finally {
      await server.stop();
    }
  }

  for (const { name, apps } of PEERS)
    for (const app of Object.keys(apps) as AppName[])
      it(`serves the ${app} of ${name}, which answers every message, or says that it is not installed`, async () => {
        const measured = await measure(name, scenarioFor(name, app), SETTINGS).catch((cause: unknown) => {
          // Of all peers, this one need not be installed.
          if (cause instanceof PeerAbsent && name === "uws") return undefined;
          throw cause;
        });
        if (measured === undefined) return;
        const { cost, operations, phases } = measured;
        expect(operations).to.be.at.least(2);
        expect(cost).to.be.greaterThan(0);
        expect(phases).to.deep.equal(["connecting", "warming up", "measuring"]);
      });

  for (const [peerName, scenario] of [
    ["ws", wsIdleHeap],
    ["engine", engineIdleHeapPolling],
    ["reference-engine.io", engineIdleHeapPolling],
  ] as const)
    it(`tells what idle connections take of the memory of ${peerName}`, async () => {
      const { cost, operations } = await measure(peerName, scenario, { ...SETTINGS, connections: 300 });
      expect(operations).to.equal(300);
      // Whatever else comes and goes on that heap, a connection takes more than a few bytes and less than a buffer.
      expect(cost).to.be.within(0.2, 20);
    });

  for (const peerName of ["engine", "reference-engine.io"])
    it(`lets sessions move to WebSocket on ${peerName}, as the load generator has it`, async () => {
      const server = await ServerProcess.start(peerName, "sessions", never);
      try {
        await visitByUpgrade(server.port);
      } finally {
        await server.stop();
      }
    });

  it("rejects with what the process printed when it does not start", async () => {
    const cause = await ServerProcess.start("nobody", "echo", never).catch((error: unknown) => error);
    expect(cause).to.be.instanceOf(ServerFailure);
    expect((cause as Error).message).to.match(
      /^The server nobody did not start: its process ended\nexit code 1\n[\s\S]*There is no peer named nobody/,
    );
  });

  it("does not start an app that the peer has not got", async () => {
    const cause = await ServerProcess.start("net", "burst", never).catch((error: unknown) => error);
    expect((cause as Error).message).to.contain("net has no app named burst");
  });

  it("is killed when its signal is aborted", async () => {
    const abort = new AbortController();
    const server = await ServerProcess.start("net", "echo", abort.signal);
    abort.abort();
    const answer = await server.usage().catch((error: unknown) => error);
    expect(answer).to.be.instanceOf(ServerFailure);
    await server.stop();
    expect(server.lastWords).to.equal("SIGKILL");
  });
});
