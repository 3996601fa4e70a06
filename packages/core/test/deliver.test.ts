import { deliver, inTurn } from "@towline/core";
import { expect } from "chai";

describe("delivery", () => {
  it("hands every item over, in order", () => {
    const seen: number[] = [];
    deliver([1, 2, 3], (item) => seen.push(item));
    expect(seen).to.deep.equal([1, 2, 3]);
  });

  it("goes on to the rest when a listener throws, and lets its error out", () => {
    const seen: number[] = [];
    const listen = (item: number) => {
      seen.push(item);
      if (item === 2) throw new Error("of the application");
    };
    expect(() => deliver([1, 2, 3], listen)).to.throw("of the application");
    expect(seen).to.deep.equal([1, 2, 3]);
  });

  it("lets the first error out of any number", () => {
    let seen = 0;
    const failing = Array.from({ length: 200_000 }, (_, index) => index);
    expect(() =>
      deliver(failing, (item) => {
        seen++;
        throw new Error(`error ${item}`);
      }),
    ).to.throw("error 0");
    expect(seen).to.equal(200_000);
  });

  it("takes every step, also after one that throws", () => {
    const seen: string[] = [];
    const fail = () => {
      throw new Error("of the application");
    };
    expect(() =>
      inTurn(
        () => seen.push("a"),
        fail,
        () => seen.push("b"),
      ),
    ).to.throw("of the application");
    expect(seen).to.deep.equal(["a", "b"]);
  });
});
