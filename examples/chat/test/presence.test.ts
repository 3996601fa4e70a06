import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { Presence } from "../src/presence.ts";
import type { Member, User } from "../src/protocol.ts";

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

  describe("with people on other servers", () => {
    const bob = { id: "b", name: "Bob", away: false };
    const withElsewhere = (elsewhere: readonly Member[]) =>
      new Presence({ clock: new FakeClock(), graceMs: 1_000, onGone: () => {}, elsewhere: () => elsewhere });

    it("counts everybody once, wherever they are", () => {
      const presence = withElsewhere([bob, { ...ada, away: false }]);
      presence.enter(ada, "s1");
      expect(presence.members()).to.deep.equal([{ ...ada, away: false }, bob]);
      expect(presence.size).to.equal(2);
      expect(presence.own()).to.deep.equal([{ ...ada, away: false }]);
      expect([presence.has("a"), presence.has("b"), presence.has("c")]).to.deep.equal([true, true, false]);
    });

    it("takes one who is away on one server, and not on another, for present", () => {
      const [awayHere, awayThere] = [
        withElsewhere([{ ...ada, away: false }]),
        withElsewhere([{ ...ada, away: true }]),
      ];
      for (const presence of [awayHere, awayThere]) presence.enter(ada, "s1");
      awayHere.lose("a", "s1");
      for (const presence of [awayHere, awayThere])
        expect(presence.members()).to.deep.equal([{ ...ada, away: false }]);
      awayThere.lose("a", "s1");
      expect(awayThere.members()).to.deep.equal([{ ...ada, away: true }]);
    });

    it("does not take a move from server to server for an arrival or a leave", () => {
      const presence = withElsewhere([{ ...ada, away: true }]);
      expect(presence.enter(ada, "s1")).to.equal(false);
      expect(presence.leave("a", "s1")).to.equal(false);
    });
  });
});
