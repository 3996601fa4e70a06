import { expect } from "chai";
import { explain, simulate } from "./simulate.ts";

const SEEDS = Array.from({ length: 300 }, (_, index) => 1 + 7 * index);

describe("a simulated run", () => {
  it("takes the same course for the same seed", () => {
    const first = SEEDS.map((seed) => simulate(seed).digest);
    expect(SEEDS.map((seed) => simulate(seed).digest)).to.deep.equal(first);
  });

  it("takes the same course whether it is drawn or not", () => {
    for (const seed of SEEDS) expect(simulate(seed, { draw: true }).digest).to.equal(simulate(seed).digest);
  });

  it("takes another course for another seed", () => {
    expect(new Set(SEEDS.map((seed) => simulate(seed).digest))).to.have.property("size", SEEDS.length);
  });

  it("uses no clock, randomness or microtask but those of the simulation", () => {
    const originals = {
      random: Math.random,
      now: Date.now,
      performanceNow: performance.now,
      microtask: queueMicrotask,
    };
    const refuse = () => {
      throw new Error("not in a simulation");
    };
    Object.assign(Math, { random: refuse });
    Object.assign(Date, { now: refuse });
    Object.assign(performance, { now: refuse });
    try {
      for (const seed of SEEDS) expect(simulate(seed).violation).to.equal(undefined);
    } finally {
      Object.assign(Math, { random: originals.random });
      Object.assign(Date, { now: originals.now });
      Object.assign(performance, { now: originals.performanceNow });
    }
    expect(queueMicrotask).to.equal(originals.microtask);
  });

  it("is drawn as a sequence diagram, with its times, requests, frames and states", () => {
    const drawn = SEEDS.map((seed) => explain(seed)).find((text) => text.includes("upgrading → upgraded"));
    expect(drawn).to.match(/^ +ms {2}client +\| network +\| server$/m);
    expect(drawn).to.match(/^ +0 +\| GET 1 {2}──▶ +\|$/m);
    expect(drawn).to.match(/^ +\d+ +\| +──▶ GET 1\|$/m);
    expect(drawn).to.match(/^ +\d+ +\| WS \d+ 2probe ──▶ +\|$/m);
    expect(drawn).to.match(/^ +\d+ +\| +──▶ WS \d+ 5\|$/m);
    expect(drawn).to.match(/^ +\d+ {2}pausing → upgraded \(websocket\) +\| +\|$/m);
    expect(drawn).to.match(/^ +\d+ +\| +\| upgrading → upgraded$/m);
    expect(drawn).to.match(/^seed \d+, course [0-9a-f]+-[0-9a-f]+: all properties hold$/m);
  });
});
