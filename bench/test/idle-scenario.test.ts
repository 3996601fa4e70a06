import { expect } from "chai";
import type { Peer } from "../src/peers/peer.ts";
import type { Subject } from "../src/scenarios/scenario.ts";
import { wsIdleHeap } from "../src/scenarios/ws-idle-heap.ts";
import { wsIdleRss } from "../src/scenarios/ws-idle-rss.ts";
import { failure } from "./support/failure.ts";
import { GREETING, greetingDialect } from "./support/greeting-dialect.ts";
import { RawServer } from "./support/raw-server.ts";

const SETTINGS = { warmupMs: 1, durationMs: 1, connections: 50 };
const PEER: Peer = { name: "raw", packages: [], dialect: greetingDialect, apps: {} };

describe("idle scenarios", () => {
  let server: RawServer;

  beforeEach(() => {
    server = new RawServer((socket) => {
      socket.write(GREETING);
      socket.pipe(socket);
    });
  });

  /** A server that takes 1500 bytes of heap and 4000 of memory for each connection it has. */
  async function subject(): Promise<Subject> {
    const usage = async () => ({
      cpuMicros: 0,
      heapBytes: 1e6 + 1500 * server.sockets.size,
      rssBytes: 5e6 + 4000 * server.sockets.size,
    });
    return { peer: PEER, port: await server.listen(), usage, usageAfterCollection: usage };
  }

  afterEach(() => server.close());

  for (const [scenario, cost] of [
    [wsIdleHeap, 1.5],
    [wsIdleRss, 4],
  ] as const)
    it(`${scenario.name} divides what came on top by the number of connections`, async () => {
      const phases: string[] = [];
      const measurement = await scenario.measure(await subject(), SETTINGS, (phase) => phases.push(phase));
      expect(measurement).to.deep.equal({ cost, operations: 50 });
      expect(phases).to.deep.equal(["warming up", "connecting", "measuring", "checking"]);
    });

  it("gives no figure to a server that has dropped a connection", async () => {
    const dropping = await subject();
    const work = wsIdleHeap.measure(dropping, SETTINGS, (phase) => {
      if (phase === "checking") for (const socket of [...server.sockets].slice(0, 1)) socket.destroy();
    });
    expect((await failure(work)).message).to.equal("the server closed the connection");
  });
});
