import { expect } from "chai";
import { Progress } from "../src/progress.ts";

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 20, write: (text: string) => written.push(text) };
}

describe("progress", () => {
  it("rewrites one line of a terminal, no wider than it, and wipes it at the end", () => {
    const terminal = stream(true);
    const progress = new Progress(terminal);
    progress.update("one");
    progress.update("a text that is too wide");
    progress.stop();
    expect(terminal.written).to.deep.equal([
      "\r\x1b[2Kone, 0 s",
      "\r\x1b[2Ka text that is too ",
      "\r\x1b[2K",
    ]);
  });

  it("writes whole lines elsewhere, and not one for each update", () => {
    const file = stream(false);
    const progress = new Progress(file);
    progress.update("one");
    progress.update("two");
    progress.stop();
    expect(file.written).to.deep.equal(["one, 0 s\n"]);
  });
});
