import { FakeClock } from "@towline/core";
import { expect } from "chai";
import { People, readCredentials } from "../src/people.ts";

const ada = { id: "a", name: "Ada" };

function setUp() {
  const clock = new FakeClock();
  return { clock, people: new People(clock, 1_000) };
}

describe("credentials", () => {
  it("make the same id from the same token, and not the token itself", () => {
    const token = "abcdefghijklmnop";
    const { id } = readCredentials({ token, name: "Ada" });
    expect(readCredentials({ token, name: "Bob" }).id).to.equal(id);
    expect(id).to.equal("852sbLq6U14s");
  });

  it("may be absent: a guest with a name of its own", () => {
    const guest = readCredentials({});
    expect(guest.name).to.match(/^Guest .{4}$/);
    expect(readCredentials({}).id).not.to.equal(guest.id);
  });

  it("are refused when malformed, rather than replaced", () => {
    expect(() => readCredentials({ name: "" })).to.throw("a name has 1 to 24 characters");
    expect(() => readCredentials({ token: "x" })).to.throw("a token has 16 to 64 characters");
  });
});

describe("people", () => {
  it("puts a number behind a name that somebody else has, in whatever case", () => {
    const { people } = setUp();
    expect(people.enter(ada, "s1").name).to.equal("Ada");
    expect(people.enter({ id: "b", name: "ADA" }, "s2").name).to.equal("ADA 2");
    expect(people.enter({ id: "c", name: "Ada" }, "s3").name).to.equal("Ada 3");
  });

  it("keeps a numbered name within the length that names may have", () => {
    const { people } = setUp();
    const long = "x".repeat(24);
    people.enter({ id: "a", name: long }, "s1");
    expect(people.enter({ id: "b", name: long }, "s2").name).to.equal(`${"x".repeat(22)} 2`);
  });

  it("keeps the name for one who comes back in time, and frees it for others later", () => {
    const { clock, people } = setUp();
    people.lose(people.enter(ada, "s1"), "s1");
    clock.advance(999);
    expect(people.enter({ id: "b", name: "Ada" }, "s2").name).to.equal("Ada 2");
    const back = people.enter(ada, "s3");
    expect(back.name).to.equal("Ada");
    people.lose(back, "s3");
    clock.advance(1_000);
    expect(people.enter({ id: "c", name: "Ada" }, "s4").name).to.equal("Ada");
  });

  it("frees the name at once for one who leaves on purpose", () => {
    const { people } = setUp();
    people.leave(people.enter(ada, "s1"), "s1");
    expect(people.enter({ id: "b", name: "Ada" }, "s2").name).to.equal("Ada");
  });

  it("frees the former name on a rename", () => {
    const { people } = setUp();
    people.rename(people.enter(ada, "s1"), "Augusta");
    expect(people.enter({ id: "b", name: "Ada" }, "s2").name).to.equal("Ada");
  });

  it("refuses the thousand and first, but none of those who are here", () => {
    const { people } = setUp();
    for (let n = 0; n < 1_000; n++) people.enter({ id: `p${n}`, name: `P${n}` }, `s${n}`);
    expect(() => people.checkPlace({ id: "late", name: "Late" })).to.throw("the chat is full");
    people.checkPlace({ id: "p7", name: "P7" });
  });

  it("puts a number behind a name that somebody on another server bears", () => {
    const people = new People(new FakeClock(), 1_000, (name, by) => name === "Ada" && by !== "a");
    expect(people.enter({ id: "b", name: "Ada" }, "s1").name).to.equal("Ada 2");
    expect(people.enter(ada, "s2").name).to.equal("Ada");
  });
});
