import { expect } from "chai";
import { backoffDelay } from "../src/backoff.ts";

const POLICY = { delayMs: 1000, maxDelayMs: 5000, jitter: 0.5 };

describe("backoff", () => {
  it("doubles from attempt to attempt, up to the bound", () => {
    const steady = { ...POLICY, jitter: 0 };
    const delays = [0, 1, 2, 3, 40, 5000].map((attempt) => backoffDelay(attempt, steady, 0.7));
    expect(delays).to.deep.equal([1000, 2000, 4000, 5000, 5000, 5000]);
  });

  it("strays by the jitter to both sides, never beyond the bound", () => {
    expect([0, 0.5, 1].map((random) => backoffDelay(0, POLICY, random))).to.deep.equal([500, 1000, 1500]);
    expect([0, 0.5, 1].map((random) => backoffDelay(9, POLICY, random))).to.deep.equal([2500, 3750, 5000]);
  });

  it("allows no delay at all", () => {
    expect(backoffDelay(5, { delayMs: 0, maxDelayMs: 5000, jitter: 0.5 }, 0.3)).to.equal(0);
  });
});
