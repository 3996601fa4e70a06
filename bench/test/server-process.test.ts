import { expect } from "chai";
import { PEERS } from "../src/peers/index.ts";
import { echo } from "../src/scenarios/echo.ts";
import { ServerFailure, ServerProcess } from "../src/server/server-process.ts";

const SETTINGS = { warmupMs: 50, durationMs: 100, connections: 2 };
// A process that loads TypeScript takes its second to start, more on a busy machine.
const START_MS = 20_000;

describe("server process", function () {
  this.timeout(START_MS);
  const never = new AbortController().signal;

  for (const peer of PEERS)
    it(`serves ${peer.name}, which answers every message of the echo scenario`, async () => {
      const server = await ServerProcess.start(peer.name, never);
      try {
        const subject = { peer, port: server.port, usage: () => server.usage() };
        const phases: string[] = [];
        const { cost, operations } = await echo.measure(subject, SETTINGS, (phase) => phases.push(phase));
        expect(operations).to.be.at.least(2);
        expect(cost).to.be.greaterThan(0);
        expect(phases).to.deep.equal(["connecting", "warming up", "measuring"]);
      } finally {
        await server.stop();
      }
    });

  it("rejects with what the process printed when it does not start", async () => {
    const cause = await ServerProcess.start("nobody", never).catch((error: unknown) => error);
    expect(cause).to.be.instanceOf(ServerFailure);
    expect((cause as Error).message).to.match(
      /^The server nobody did not start: its process ended\nexit code 1\n[\s\S]*There is no peer named nobody/,
    );
  });

  it("is killed when its signal is aborted", async () => {
    const abort = new AbortController();
    const server = await ServerProcess.start("net", abort.signal);
    abort.abort();
    const answer = await server.usage().catch((error: unknown) => error);
    expect(answer).to.be.instanceOf(ServerFailure);
    await server.stop();
    expect(server.lastWords).to.equal("SIGKILL");
  });
});
