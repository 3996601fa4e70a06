import { expect } from "chai";
import { withMicrotasks } from "./microtasks.ts";
import { Random } from "./random.ts";
import { Scheduler, SimulatedClock } from "./scheduler.ts";

const runAll = (scheduler: Scheduler): void => {
  while (scheduler.step(Number.POSITIVE_INFINITY));
};

describe("simulated time", () => {
  it("lets things happen in the order of their time, then of their planning", () => {
    const scheduler = new Scheduler();
    const random = new Random(1);
    const happened: [number, number][] = [];
    for (let order = 0; order < 500; order++)
      scheduler.after(random.between(0, 50), () => happened.push([scheduler.nowMs, order]));
    runAll(scheduler);
    expect(happened).to.have.length(500);
    expect(happened).to.deep.equal(happened.toSorted(([a, i], [b, j]) => a - b || i - j));
  });

  it("takes what is planned meanwhile in its turn", () => {
    const scheduler = new Scheduler();
    const happened: string[] = [];
    scheduler.after(5, () => {
      scheduler.after(1, () => happened.push("6"));
      scheduler.after(0, () => happened.push("5, later"));
    });
    scheduler.after(5, () => happened.push("5"));
    scheduler.after(7, () => happened.push("7"));
    runAll(scheduler);
    expect(happened).to.deep.equal(["5", "5, later", "6", "7"]);
  });

  it("stops before what is due later, and leaves out what was cancelled", () => {
    const scheduler = new Scheduler();
    const happened: number[] = [];
    const cancelled = scheduler.after(1, () => happened.push(1));
    scheduler.after(2, () => happened.push(2));
    scheduler.after(3, () => happened.push(3));
    scheduler.cancel(cancelled);
    expect(scheduler.busy).to.equal(2);
    expect(scheduler.step(2)).to.equal(true);
    expect(scheduler.step(2)).to.equal(false);
    expect(happened).to.deep.equal([2]);
    expect(scheduler.busy).to.equal(1);
  });

  it("gives equal courses equal digests, and others others", () => {
    const digest = (delaysMs: readonly number[]): number => {
      const scheduler = new Scheduler();
      for (const delayMs of delaysMs) scheduler.after(delayMs, () => {});
      runAll(scheduler);
      return scheduler.digest;
    };
    expect(digest([1, 2])).to.equal(digest([1, 2]));
    expect(digest([1, 3])).not.to.equal(digest([1, 2]));
    expect(digest([2, 1])).not.to.equal(digest([1, 2]));
  });

  it("counts the timers of a clock, and does not take them for work to come", () => {
    const scheduler = new Scheduler();
    const clock = new SimulatedClock(scheduler);
    const fired: number[] = [];
    const first = clock.setTimeout(() => fired.push(clock.now()), 10);
    clock.setTimeout(() => fired.push(clock.now()), 20);
    expect([clock.pending, scheduler.busy]).to.deep.equal([2, 0]);
    clock.clearTimeout(first);
    clock.clearTimeout(first);
    expect(clock.pending).to.equal(1);
    runAll(scheduler);
    expect([clock.pending, fired]).to.deep.equal([0, [20]]);
  });

  it("runs microtasks when told to, those that they queue as well, and gives queueMicrotask back", () => {
    const original = globalThis.queueMicrotask;
    const happened: string[] = [];
    withMicrotasks((drain) => {
      queueMicrotask(() => {
        happened.push("first");
        queueMicrotask(() => happened.push("third"));
      });
      queueMicrotask(() => happened.push("second"));
      expect(happened).to.deep.equal([]);
      drain();
    });
    expect(happened).to.deep.equal(["first", "second", "third"]);
    expect(globalThis.queueMicrotask).to.equal(original);
  });
});
