import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { Rooms } from "../src/rooms.ts";

const setUp = () => new Rooms({ clock: new FakeClock(), graceMs: 1_000, onGone() {} });
const namesOf = (rooms: Rooms) => rooms.list().map(({ name }) => name);
const ada = { id: "a", name: "Ada" };

describe("rooms", () => {
  it("has its permanent rooms from the start", () => {
    expect(setUp().list()).to.deep.equal([
      { name: "lobby", members: 0 },
      { name: "pictures", members: 0 },
      { name: "workshop", members: 0 },
    ]);
  });

  it("gives the same room for the same name", () => {
    const rooms = setUp();
    expect(rooms.open("harbour")).to.equal(rooms.open("harbour"));
  });

  it("gives up the oldest empty room when it needs the place, never a permanent one", () => {
    const rooms = setUp();
    for (let n = 3; n < 32; n++) rooms.open(`room-${n}`);
    rooms.open("room-3").presence.enter(ada, "s1");
    rooms.open("one-more");
    expect(namesOf(rooms)).to.have.lengthOf(32).and.include.members(["lobby", "room-3", "one-more"]);
    expect(namesOf(rooms)).not.to.include("room-4");
  });

  it("refuses another room when all are in use", () => {
    const rooms = setUp();
    for (let n = 3; n < 32; n++) rooms.open(`room-${n}`).presence.enter(ada, "s1");
    expect(() => rooms.open("one-more")).to.throw("there are too many rooms");
  });
});
