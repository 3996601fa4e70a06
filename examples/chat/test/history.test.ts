import { expect } from "chai";
import { History } from "../src/history.ts";
import type { PictureEntry, TextEntry } from "../src/protocol.ts";

const head = (id: string) => ({
  id,
  key: `key-${id}`,
  room: "lobby",
  from: { id: "u1", name: "Ada" },
  sentAtMs: 1,
});
const text = (id: string): TextEntry => ({ ...head(id), kind: "text", text: "hello" });
const picture = (id: string, sizeBytes: number): PictureEntry => ({
  ...head(id),
  kind: "picture",
  type: "image/png",
  bytes: new Uint8Array(sizeBytes),
});
const idsOf = (history: History, after?: string) => history.since(after).entries.map(({ id }) => id);

describe("history of a room", () => {
  it("drops the oldest entry when there are too many", () => {
    const history = new History({ entries: 2, pictureBytes: 100 });
    for (const id of ["1", "2", "3"]) history.add(text(id));
    expect(idsOf(history)).to.deep.equal(["2", "3"]);
  });

  it("drops the oldest picture, and no text, when pictures take too much", () => {
    const history = new History({ entries: 10, pictureBytes: 100 });
    history.add(text("1"));
    history.add(picture("2", 60));
    history.add(text("3"));
    history.add(picture("4", 40));
    expect(idsOf(history)).to.deep.equal(["1", "2", "3", "4"]);
    history.add(picture("5", 1));
    expect(idsOf(history)).to.deep.equal(["1", "3", "4", "5"]);
  });

  it("does not keep a picture larger than all pictures may be", () => {
    const history = new History({ entries: 10, pictureBytes: 100 });
    history.add(picture("1", 101));
    expect(idsOf(history)).to.deep.equal([]);
  });

  it("counts the bytes of a picture no more once it went by count", () => {
    const history = new History({ entries: 2, pictureBytes: 100 });
    history.add(picture("1", 90));
    history.add(text("2"));
    history.add(text("3"));
    history.add(picture("4", 90));
    expect(idsOf(history)).to.deep.equal(["3", "4"]);
  });

  it("gives only what came after a known entry", () => {
    const history = new History({ entries: 10, pictureBytes: 100 });
    for (const id of ["1", "2", "3"]) history.add(text(id));
    expect(history.since("2")).to.deep.equal({ resumed: true, entries: [text("3")] });
    expect(history.since("3")).to.deep.equal({ resumed: true, entries: [] });
  });

  it("gives everything, and says so, after an entry it does not know", () => {
    const history = new History({ entries: 10, pictureBytes: 100 });
    history.add(text("1"));
    expect(history.since("gone")).to.deep.equal({ resumed: false, entries: [text("1")] });
  });

  it("finds an entry by the key of its sender, not by the same key of another", () => {
    const history = new History({ entries: 10, pictureBytes: 100 });
    history.add(text("1"));
    expect(history.find("u1", "key-1")?.id).to.equal("1");
    expect(history.find("u2", "key-1")).to.equal(undefined);
  });
});
