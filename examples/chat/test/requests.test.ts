import { expect } from "chai";
import { ChatError } from "../src/chat-error.ts";
import { LIMITS } from "../src/protocol.ts";
import {
  readAfter,
  readKey,
  readName,
  readPicture,
  readRoom,
  readText,
  readToken,
  readTyping,
} from "../src/requests.ts";

const codeOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof ChatError) return error.code;
    throw error;
  }
  return "accepted";
};

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);

describe("requests", () => {
  const NOT_OBJECTS = [undefined, null, "lobby", 7, true];
  for (const request of NOT_OBJECTS)
    it(`refuses ${String(request)} where an object is due`, () => {
      expect(codeOf(() => readRoom(request))).to.equal("BAD_REQUEST");
    });

  describe("name", () => {
    const GOOD: readonly [given: string, read: string][] = [
      ["Ada", "Ada"],
      ["  Ada   Lovelace ", "Ada Lovelace"],
      ["Zoe\u0308", "Zo\u00eb"],
      ["\u{1F469}\u200d\u{1F52C}", "\u{1F469}\u200d\u{1F52C}"],
      ["x".repeat(LIMITS.nameLength), "x".repeat(LIMITS.nameLength)],
    ];
    for (const [given, read] of GOOD)
      it(`reads ${JSON.stringify(given)}`, () => expect(readName(given)).to.equal(read));

    const BAD = [
      "",
      "   ",
      "x".repeat(LIMITS.nameLength + 1),
      "a\u0000b",
      "a\u202eb",
      "a\nb",
      7,
      null,
      ["Ada"],
    ];
    for (const given of BAD)
      it(`refuses ${JSON.stringify(given)}`, () => {
        expect(codeOf(() => readName(given))).to.equal("BAD_NAME");
      });
  });

  describe("room", () => {
    const GOOD: readonly [given: string, read: string][] = [
      ["lobby", "lobby"],
      ["Lobby", "lobby"],
      ["été-2024", "été-2024"],
      ["7", "7"],
    ];
    for (const [given, read] of GOOD)
      it(`reads ${JSON.stringify(given)}`, () => expect(readRoom({ room: given })).to.equal(read));

    const BAD = ["", "-a", "a b", "a/b", "<b>", "x".repeat(LIMITS.roomNameLength + 1), 7, {}, undefined];
    for (const given of BAD)
      it(`refuses ${JSON.stringify(given)}`, () => {
        expect(codeOf(() => readRoom({ room: given }))).to.equal("BAD_ROOM");
      });
  });

  it("takes names such as __proto__ for the room they are: none", () => {
    expect(codeOf(() => readRoom({ room: "__proto__" }))).to.equal("BAD_ROOM");
    expect(readRoom({ room: "constructor" })).to.equal("constructor");
  });

  it("trims a text and refuses an empty or a long one", () => {
    expect(readText({ text: " a\nb " })).to.equal("a\nb");
    expect(codeOf(() => readText({ text: " \n " }))).to.equal("BAD_TEXT");
    expect(codeOf(() => readText({ text: "x".repeat(LIMITS.textLength + 1) }))).to.equal("BAD_TEXT");
  });

  it("takes tokens of the URL-safe alphabet only", () => {
    expect(readToken("abcdefghijklmnop")).to.equal("abcdefghijklmnop");
    for (const token of ["short", "x".repeat(65), "abcdefghijklmno!", 1234567890123456, null])
      expect(codeOf(() => readToken(token))).to.equal("BAD_TOKEN");
  });

  it("lets key and after be absent, and nothing but short texts otherwise", () => {
    expect(readKey({})).to.equal(undefined);
    expect(readAfter({ after: null })).to.equal(undefined);
    expect(readKey({ key: "k1" })).to.equal("k1");
    for (const key of ["", 7, "x".repeat(LIMITS.keyLength + 1)])
      expect(codeOf(() => readKey({ key }))).to.equal("BAD_REQUEST");
  });

  it("wants typing to be true or false", () => {
    expect(readTyping({ typing: true })).to.equal(true);
    expect(codeOf(() => readTyping({ typing: 1 }))).to.equal("BAD_REQUEST");
  });

  it("tells a picture by its bytes", () => {
    expect(readPicture({ bytes: PNG, type: "text/html" })).to.deep.equal({ bytes: PNG, type: "image/png" });
  });

  it("refuses a picture that is text, no picture at all, or too big", () => {
    expect(codeOf(() => readPicture({ bytes: "iVBORw0KGgo=" }))).to.equal("BAD_PICTURE");
    expect(codeOf(() => readPicture({ bytes: Buffer.from("<svg/>") }))).to.equal("BAD_PICTURE");
    const huge = new Uint8Array(LIMITS.pictureBytes + 1);
    huge.set(PNG);
    expect(codeOf(() => readPicture({ bytes: huge }))).to.equal("PICTURE_TOO_BIG");
  });
});
