import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { type DeadlineEntry, DeadlineQueue } from "../src/deadline-queue.ts";

class Entry implements DeadlineEntry {
  dueMs = 0;
  waitsIn: DeadlineQueue | undefined = undefined;
  earlier: DeadlineEntry | undefined = undefined;
  later: DeadlineEntry | undefined = undefined;
  readonly #onFire: () => void;

  constructor(onFire: () => void = () => {}) {
    this.#onFire = onFire;
  }
  onDeadline(): void {
    this.#onFire();
  }
}

describe("deadline queue", () => {
  it("serves any number of entries with one timer, each at its own time", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock, 10);
    const fired: string[] = [];
    for (const name of ["a", "b", "c"]) {
      queue.restart(new Entry(() => fired.push(`${name}@${clock.now()}`)));
      expect(clock.pending).to.equal(1);
      clock.advance(3);
    }
    clock.advance(20);
    expect(fired).to.deep.equal(["a@10", "b@13", "c@16"]);
    expect(clock.pending).to.equal(0);
  });

  it("starts a wait afresh, also when the entry waits elsewhere", () => {
    const clock = new FakeClock();
    const [short, long] = [new DeadlineQueue(clock, 5), new DeadlineQueue(clock, 50)];
    const fired: number[] = [];
    const entry = new Entry(() => fired.push(clock.now()));
    short.restart(entry);
    clock.advance(4);
    short.restart(entry);
    clock.advance(4);
    long.restart(entry);
    clock.advance(49);
    expect(fired).to.deep.equal([]);
    clock.advance(1);
    expect(fired).to.deep.equal([58]);
  });

  it("leaves no timer behind when the last entry is taken out", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock, 5);
    const [a, b] = [new Entry(), new Entry()];
    queue.restart(a);
    queue.restart(b);
    queue.remove(a);
    expect(clock.pending).to.equal(1);
    queue.remove(b);
    expect(clock.pending).to.equal(0);
  });

  it("goes on to the others when one throws", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock, 10);
    const fired: number[] = [];
    queue.restart(
      new Entry(() => {
        throw new Error("of the application");
      }),
    );
    queue.restart(new Entry(() => fired.push(clock.now())));
    expect(() => clock.advance(10)).to.throw("of the application");
    clock.advance(5);
    expect(fired).to.have.length(1);
    expect(clock.pending).to.equal(0);
  });

  it("lets an entry put itself, or take another, while it fires", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock, 10);
    let rounds = 0;
    const victim = new Entry(() => expect.fail("was taken out"));
    const again: Entry = new Entry(() => {
      if (victim.waitsIn !== undefined) queue.remove(victim);
      if (++rounds < 3) queue.restart(again);
    });
    queue.restart(again);
    queue.restart(victim);
    clock.advance(100);
    expect(rounds).to.equal(3);
  });
});
