import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { RateLimit } from "../src/rate-limit.ts";

describe("rate limit", () => {
  it("allows a burst, then as much as time brings back", () => {
    const clock = new FakeClock();
    const limit = new RateLimit({ clock, burst: 3, perSecond: 2 });
    expect([1, 1, 1, 1].map((cost) => limit.take(cost))).to.deep.equal([true, true, true, false]);
    clock.advance(500);
    expect([1, 1].map((cost) => limit.take(cost))).to.deep.equal([true, false]);
  });

  it("never saves up more than the burst", () => {
    const clock = new FakeClock();
    const limit = new RateLimit({ clock, burst: 3, perSecond: 2 });
    clock.advance(3_600_000);
    expect(limit.take(4)).to.equal(false);
    expect(limit.take(3)).to.equal(true);
  });
});
