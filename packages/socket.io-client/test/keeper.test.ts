import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { Keeper, type ReconnectionPolicy } from "../src/keeper.ts";

function keep(policy: Partial<ReconnectionPolicy> = {}, onAttempt?: (keeper: Keeper) => void) {
  const clock = new FakeClock();
  const told: string[] = [];
  const current: ReconnectionPolicy = {
    enabled: true,
    attempts: Number.POSITIVE_INFINITY,
    delayMs: 100,
    maxDelayMs: 300,
    jitter: 0,
    timeoutMs: 1000,
    ...policy,
  };
  const keeper: Keeper = new Keeper(
    () => current,
    clock,
    () => 0.5,
    {
      connect: () => told.push(`connect at ${clock.now()}`),
      onTimeout: () => told.push("timeout"),
      onAttempt: (attempt) => {
        told.push(`attempt ${attempt}`);
        onAttempt?.(keeper);
      },
    },
  );
  return { keeper, clock, told, policy: current };
}

describe("reconnection", () => {
  it("waits longer before each attempt, and starts afresh once one succeeded", () => {
    const { keeper, clock, told } = keep();
    keeper.open();
    keeper.opened();
    keeper.lost();
    clock.advance(100);
    keeper.failed(true);
    clock.advance(200);
    expect(keeper.opened()).to.equal(2);
    keeper.lost();
    clock.advance(100);
    expect(told).to.deep.equal([
      "connect at 0",
      "attempt 1",
      "connect at 100",
      "attempt 2",
      "connect at 300",
      "attempt 1",
      "connect at 400",
    ]);
    expect(keeper.state).to.equal("reopening");
  });

  it("gives up after the last attempt", () => {
    const { keeper, clock } = keep({ attempts: 2 });
    keeper.open();
    expect(keeper.failed(true)).to.equal(false);
    clock.advance(100);
    expect(keeper.failed(true)).to.equal(false);
    clock.advance(200);
    expect(keeper.failed(true)).to.equal(true);
    expect(keeper.state).to.equal("closed");
    expect(clock.pending).to.equal(0);
  });

  it("tells when an attempt takes too long, and only then", () => {
    const { keeper, clock, told } = keep();
    keeper.open();
    clock.advance(999);
    expect(told).to.deep.equal(["connect at 0"]);
    clock.advance(1);
    expect(told).to.deep.equal(["connect at 0", "timeout"]);
    keeper.failed(true);
    clock.advance(100);
    keeper.opened();
    clock.advance(5000);
    expect(told.filter((line) => line === "timeout")).to.have.lengthOf(1);
  });

  it("makes no attempt when reconnection is off, or the caller wants none", () => {
    const off = keep({ enabled: false });
    off.keeper.open();
    off.keeper.opened();
    expect(off.keeper.lost()).to.equal(false);
    expect(off.keeper.state).to.equal("closed");
    const once = keep();
    once.keeper.open();
    once.keeper.failed(false);
    expect(once.keeper.state).to.equal("closed");
    expect(off.clock.pending + once.clock.pending).to.equal(0);
  });

  it("makes no attempt when reconnection was switched off, or the Manager closed, while waiting", () => {
    const { keeper, clock, told, policy } = keep();
    keeper.open();
    keeper.failed(true);
    Object.assign(policy, { enabled: false });
    clock.advance(100);
    expect(keeper.state).to.equal("closed");
    Object.assign(policy, { enabled: true });
    keeper.open();
    keeper.failed(true);
    keeper.close();
    clock.advance(10_000);
    expect(told).to.deep.equal(["connect at 0", "connect at 100"]);
  });

  it("does not connect when a listener of the attempt closes the Manager", () => {
    const { keeper, clock, told } = keep({}, (it) => it.close());
    keeper.open();
    keeper.failed(true);
    clock.advance(100);
    expect(told).to.deep.equal(["connect at 0", "attempt 1"]);
  });

  it("opens at once when asked to while waiting, but not twice", () => {
    const { keeper, clock, told } = keep();
    keeper.open();
    keeper.failed(true);
    clock.advance(50);
    keeper.open();
    keeper.open();
    expect(told).to.deep.equal(["connect at 0", "connect at 50"]);
    keeper.opened();
    clock.advance(1000);
    expect(told).to.have.lengthOf(2);
  });
});
