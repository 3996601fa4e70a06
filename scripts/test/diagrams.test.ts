import { join } from "node:path";
import { expect } from "chai";
import { type Diagram, drawDiagrams, updateDiagrams } from "../lib/diagrams.ts";
import { packageFiles, removeTrees, writeTree } from "./fixture.ts";

const DOOR: Diagram = { source: "packages/x/src/door-states.ts", mermaid: "stateDiagram-v2\n  [*] --> shut" };

const FRESH = `# Title
<!-- diagram:packages/x/src/door-states.ts -->
\`\`\`mermaid
stateDiagram-v2
  [*] --> shut
\`\`\`
<!-- /diagram -->
the end
`;

describe("state diagrams", () => {
  afterEach(removeTrees);

  it("writes a diagram between empty markers and leaves the rest alone", () => {
    const empty = "# Title\n<!-- diagram:packages/x/src/door-states.ts -->\n<!-- /diagram -->\nthe end\n";
    const { text, faults } = updateDiagrams(empty, [DOOR]);
    expect(text).to.equal(FRESH);
    expect(faults).to.deep.equal(["packages/x/src/door-states.ts: its diagram block is stale"]);
  });

  it("finds nothing to do in a fresh document", () => {
    expect(updateDiagrams(FRESH, [DOOR])).to.deep.equal({ text: FRESH, faults: [] });
  });

  it("reports a table that the document does not draw", () => {
    expect(updateDiagrams("", [DOOR]).faults).to.deep.equal([
      "packages/x/src/door-states.ts: has no diagram; add the lines <!-- diagram:packages/x/src/door-states.ts --> and <!-- /diagram -->",
    ]);
  });

  it("reports a diagram whose table is gone, and keeps it", () => {
    const { text, faults } = updateDiagrams(FRESH, []);
    expect(text).to.equal(FRESH);
    expect(faults).to.have.length(1);
    expect(faults[0]).to.contain("there is no such table");
  });

  it("draws the one table that a -states.ts file exports", async () => {
    const table = `export const DOOR = { initial: "shut", transitions: { shut: { push: "open" }, open: {} } };`;
    const root = writeTree(
      packageFiles("x", { "door-states.ts": table, "door.ts": "throw new Error('not a table')" }),
    );
    expect(await drawDiagrams(root)).to.deep.equal([
      {
        source: "packages/x/src/door-states.ts",
        mermaid: "stateDiagram-v2\n  [*] --> shut\n  shut --> open: push",
      },
    ]);
  });

  it("refuses a -states.ts file without a table, by its path", async () => {
    const root = writeTree(packageFiles("x", { "door-states.ts": "export const DOOR = 1;" }));
    const fault = await drawDiagrams(root).catch((error: Error) => error.message);
    expect(fault).to.equal(
      `${join(root, "packages/x/src/door-states.ts")} must export exactly one machine table, and exports 0`,
    );
  });
});
