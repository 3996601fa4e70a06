import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { Presence } from "../src/presence.ts";
import type { User } from "../src/protocol.ts";

const ada: User = { id: "a", name: "Ada" };

function setUp() {
  const clock = new FakeClock();
  const gone: User[] = [];
  const presence = new Presence({ clock, graceMs: 1_000, onGone: (user) => gone.push(user) });
  return { clock, gone, presence };
}

describe("presence", () => {
  it("says whether a person is new", () => {
    const { presence } = setUp();
    expect(presence.enter(ada, "s1")).to.equal(true);
    expect(presence.enter(ada, "s2")).to.equal(false);
    expect(presence.size).to.equal(1);
  });

  it("keeps a person whose connection broke as away, and lets them go when the grace period ends", () => {
    const { clock, gone, presence } = setUp();
    presence.enter(ada, "s1");
    expect(presence.lose("a", "s1")).to.equal(true);
    expect(presence.members()).to.deep.equal([{ id: "a", name: "Ada", away: true }]);
    clock.advance(999);
    expect(gone).to.deep.equal([]);
    clock.advance(1);
    expect(gone).to.deep.equal([ada]);
    expect(presence.has("a")).to.equal(false);
  });

  it("takes a person back within the grace period as if nothing had been", () => {
    const { clock, gone, presence } = setUp();
    presence.enter(ada, "s1");
    presence.lose("a", "s1");
    clock.advance(500);
    expect(presence.enter(ada, "s2")).to.equal(false);
    clock.advance(10_000);
    expect(gone).to.deep.equal([]);
    expect(presence.members()).to.deep.equal([{ id: "a", name: "Ada", away: false }]);
  });

  it("keeps a person present while another socket of theirs is", () => {
    const { clock, presence } = setUp();
    presence.enter(ada, "s1");
    presence.enter(ada, "s2");
    expect(presence.lose("a", "s1")).to.equal(false);
    expect(presence.leave("a", "s1")).to.equal(false);
    expect(clock.pending).to.equal(0);
    expect(presence.leave("a", "s2")).to.equal(true);
    expect(presence.size).to.equal(0);
  });

  it("leaves no timer behind when it is closed", () => {
    const { clock, presence } = setUp();
    presence.enter(ada, "s1");
    presence.lose("a", "s1");
    presence.close();
    expect(clock.pending).to.equal(0);
  });
});
