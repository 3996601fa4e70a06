import { expect } from "chai";
import { listBlocks, updateBlocks } from "../lib/generated-blocks.ts";

const upper = (name: string) => ({ text: name.toUpperCase() });

describe("generated blocks", () => {
  it("writes each block of its kind and leaves those of other kinds alone", () => {
    const before =
      "<!-- a:x -->\n<!-- /a -->\n<!-- b:x -->\nkept\n<!-- /b -->\n<!-- a:y -->\nold\n<!-- /a -->\n";
    expect(updateBlocks(before, "a", upper)).to.deep.equal({
      text: "<!-- a:x -->\nX\n<!-- /a -->\n<!-- b:x -->\nkept\n<!-- /b -->\n<!-- a:y -->\nY\n<!-- /a -->\n",
      faults: ["x: its a block is stale", "y: its a block is stale"],
    });
  });

  it("changes nothing the second time", () => {
    const { text } = updateBlocks("<!-- a:x -->\n<!-- /a -->\n", "a", upper);
    expect(updateBlocks(text, "a", upper)).to.deep.equal({ text, faults: [] });
  });

  it("takes a dollar sign in the contents as it stands", () => {
    const { text } = updateBlocks("<!-- a:x -->\n<!-- /a -->", "a", () => ({ text: "$& $1" }));
    expect(text).to.equal("<!-- a:x -->\n$& $1\n<!-- /a -->");
  });

  it("reports a block without an end, and swallows nothing of what follows", () => {
    const before = "<!-- a:x -->\nprose\n<!-- a:y -->\nY\n<!-- /a -->\nmore\n<!-- a:z -->\nthe end\n";
    expect(updateBlocks(before, "a", upper)).to.deep.equal({
      text: before,
      faults: [
        "x: its block has no end; add the line <!-- /a -->",
        "z: its block has no end; add the line <!-- /a -->",
      ],
    });
  });

  it("keeps a block that cannot be written, and says why", () => {
    const before = "<!-- a:x -->\nold\n<!-- /a -->";
    expect(updateBlocks(before, "a", () => ({ fault: "is gone" }))).to.deep.equal({
      text: before,
      faults: ["x: is gone"],
    });
  });

  it("lists what the markers name, but not a marker that prose mentions", () => {
    const text =
      "Write <!-- a:z -->\n<!-- a:z --> there.\n<!-- a:x y -->\n<!-- /a -->\n<!-- b:w -->\n<!-- a:v -->\n";
    expect(listBlocks(text, "a")).to.deep.equal(["x y", "v"]);
  });
});
