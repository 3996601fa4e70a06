import { expect } from "chai";
import { Coverage, type Fact } from "./coverage.ts";
import { explain, simulate } from "./simulate.ts";

const SEEDS = 40_000;

/** How often each thing has to happen, at the least, for the seeds to show what they are to show. */
const LEAST: readonly (readonly [least: number, facts: readonly Fact[]])[] = [
  [2000, ["upgraded", "upgrade failed at the client", "upgrade failed at the server", "everything arrived"]],
  [400, ["upgrade timed out at the server", "reset while probing", "candidate came too late"]],
  [2000, ["poll released with noop", "poll released with messages", "batch of several", "binary body"]],
  [2000, ["sent by the client while pausing", "sent by the server while upgrading", "sent by a listener"]],
  [5000, ["revision 3", "revision 4", "received over polling", "received over websocket"]],
  [100, ["revision found out", "next transport tried", "everything arrived before a goodbye"]],
  [
    500,
    [
      "websocket refused",
      "websocket never answered",
      "websocket reset",
      "websocket stalled",
      "upgrade failed while pausing",
    ],
  ],
  [100, ["request refused", "request stuck", "body stuck", "body cut", "answer lost", "answer stuck"]],
  [100, ["reset while waiting", "network fell silent", "request of a closed session", "late data"]],
  [1000, ["slow delivery", "slow middleware", "a listener throws"]],
];

describe("an upgrade, simulated", function () {
  this.timeout(120_000);
  const coverage = new Coverage();

  it(`loses, doubles and reorders nothing, and leaves nothing behind, in ${SEEDS} runs`, () => {
    for (let seed = 1; seed <= SEEDS; seed++)
      if (simulate(seed, { coverage }).violation !== undefined) expect.fail(`\n${explain(seed)}`);
  });

  it("has met every fault, and had every outcome, often enough", () => {
    const rare = LEAST.flatMap(([least, facts]) =>
      facts
        .filter((fact) => coverage.of(fact) < least)
        .map((fact) => `${fact}: ${coverage.of(fact)} < ${least}`),
    );
    expect(rare, coverage.toString()).to.deep.equal([]);
  });

  it("has been closed by each side, in both ways, in every state", () => {
    const client = ["opening", "open", "probing", "pausing", "upgraded", "closing"];
    const server = ["open", "probing", "upgrading", "upgraded", "settling", "draining"];
    const closes = (side: "client" | "server", states: readonly string[]): Fact[] =>
      states.flatMap((state): Fact[] => [`${side} closes while ${state}`, `${side} discards while ${state}`]);
    const missing = [...closes("client", client), ...closes("server", server)].filter(
      (fact) => coverage.of(fact) === 0,
    );
    expect(missing, coverage.toString()).to.deep.equal([]);
  });

  it("has ended for every reason there is, but for what only a broken peer brings about", () => {
    const reasons = ["forced close", "transport close", "transport error", "ping timeout"];
    const facts = reasons.flatMap((reason): Fact[] => [
      `client closed: ${reason}`,
      `server closed: ${reason}`,
    ]);
    const missing = [...facts, "server closed: send buffer overflow" as const].filter(
      (fact) => coverage.of(fact) === 0,
    );
    expect(missing, coverage.toString()).to.deep.equal([]);
  });
});
