import { expect } from "chai";
import { findCycles } from "../lib/cycles.ts";

describe("cycle search", () => {
  const cycles = (edges: Record<string, readonly string[]>) => findCycles(new Map(Object.entries(edges)));

  it("finds none in a diamond", () => {
    expect(cycles({ top: ["left", "right"], left: ["end"], right: ["end"], end: [] })).to.deep.equal([]);
  });

  it("gives the nodes of a cycle without the way that leads to it", () => {
    expect(cycles({ start: ["a"], a: ["b"], b: ["a"] })).to.deep.equal([["a", "b"]]);
  });

  it("finds a node that names itself", () => {
    expect(cycles({ a: ["a"] })).to.deep.equal([["a"]]);
  });

  it("finds two cycles that share no node", () => {
    expect(cycles({ a: ["b"], b: ["a"], c: ["d"], d: ["c"] })).to.deep.equal([
      ["a", "b"],
      ["c", "d"],
    ]);
  });
});
