import { type MachineTable, nextState, toMermaid } from "@towline/core";
import { expect } from "chai";

const DOOR = {
  initial: "closed",
  transitions: { closed: { open: "open" }, open: { close: "closed", remove: "gone" }, gone: {} },
} as const satisfies MachineTable;

describe("state machine", () => {
  it("follows the arrows of its table", () => {
    expect(nextState(DOOR, "closed", "open")).to.equal("open");
    expect(nextState(DOOR, "open", "remove")).to.equal("gone");
  });

  it("gives undefined for an event that the state does not take", () => {
    expect(nextState(DOOR, "closed", "remove")).to.equal(undefined);
    expect(nextState(DOOR, "gone", "open")).to.equal(undefined);
  });

  it("draws its table as a Mermaid diagram", () => {
    expect(toMermaid(DOOR)).to.equal(
      "stateDiagram-v2\n  [*] --> closed\n  closed --> open: open\n  open --> closed: close\n  open --> gone: remove",
    );
  });
});
