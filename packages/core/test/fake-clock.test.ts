import { FakeClock } from "@towline/core";
import { expect } from "chai";

describe("fake clock", () => {
  it("fires what falls due, in the order of its time, then of its setting", () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    for (const [name, delay] of [
      ["c", 5],
      ["a", 1],
      ["b", 1],
      ["never", 11],
    ] as const)
      clock.setTimeout(() => fired.push(`${name}@${clock.now()}`), delay);
    clock.advance(10);
    expect(fired).to.deep.equal(["a@1", "b@1", "c@5"]);
    expect([clock.now(), clock.pending]).to.deep.equal([10, 1]);
  });

  it("fires what a timer sets, when it falls due as well", () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    const again = () => {
      fired.push(clock.now());
      clock.setTimeout(again, 3);
    };
    again();
    clock.advance(7);
    expect(fired).to.deep.equal([0, 3, 6]);
  });

  it("does not fire what was cleared", () => {
    const clock = new FakeClock();
    const handle = clock.setTimeout(() => expect.fail("was cleared"), 1);
    clock.clearTimeout(handle);
    clock.advance(5);
    expect(clock.pending).to.equal(0);
  });
});
