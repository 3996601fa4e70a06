import { expect } from "chai";
import { ratiosByRound, spreadOf } from "../src/statistics.ts";

describe("statistics", () => {
  it("takes the middle one of an odd number, whatever their order", () => {
    expect(spreadOf([10, 9, 100])).to.deep.equal({ median: 10, min: 9, max: 100 });
  });

  it("takes the mean of the middle two of an even number", () => {
    expect(spreadOf([4, 1, 3, 2])).to.deep.equal({ median: 2.5, min: 1, max: 4 });
  });

  it("leaves the values in their order", () => {
    const values = [3, 1, 2];
    spreadOf(values);
    expect(values).to.deep.equal([3, 1, 2]);
  });

  it("refuses to summarise nothing", () => {
    expect(() => spreadOf([])).to.throw(RangeError);
  });

  it("divides round by round, as long as both sides have one", () => {
    expect(ratiosByRound([1, 6, 5], [2, 3])).to.deep.equal([0.5, 2]);
  });
});
