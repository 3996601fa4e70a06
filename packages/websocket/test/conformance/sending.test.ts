import { expect } from "chai";
import { BINARY, CLOSE, hex, TEXT } from "../support/bytes.ts";
import { checkForm, finish } from "./support/conversation.ts";
import { conformance } from "./support/subject.ts";
import { show } from "./support/wire-frame.ts";

conformance("what it sends", (subject) => {
  for (const length of [0, 1, 125, 126, 127, 65535, 65536, 1_000_000])
    it(`frames ${length} bytes of text and of binary each in one final frame of its opcode, the length in its shortest form`, async () => {
      const link = await subject.connect();
      const data = Buffer.alloc(length, "z");
      link.endpoint.send(data.toString());
      link.endpoint.send(data);
      const [text, binary] = await link.peer.frames(2);
      for (const frame of [text, binary]) checkForm(frame, subject);
      expect(text && show(text.firstByte, text.payload)).to.equal(show(TEXT, data));
      expect(binary && show(binary.firstByte, binary.payload)).to.equal(show(BINARY, data));
      await finish(link, subject);
    });

  it("masks by its role, every kind of frame", async () => {
    const link = await subject.connect();
    link.endpoint.send("text");
    link.endpoint.send(hex("ff"));
    link.endpoint.ping("ping");
    link.endpoint.pong("pong");
    link.endpoint.close(1000);
    const frames = await link.peer.frames(5);
    for (const frame of frames) checkForm(frame, subject);
    expect(frames.map(({ firstByte }) => firstByte)).to.deep.equal([TEXT, BINARY, 0x89, 0x8a, CLOSE]);
  });

  if (subject.role === "client")
    it("draws a new masking key for every frame, of which the one before tells nothing", async () => {
      const link = await subject.connect();
      const count = 1000;
      for (let i = 0; i < count; i++) link.endpoint.send("the same");
      const keys = (await link.peer.frames(count)).map(({ key }) => key?.readUInt32BE() ?? 0);
      // Of a thousand random keys two are the same once in ten thousand runs, three hardly ever.
      expect(new Set(keys).size).to.be.greaterThan(count - 3);
      const steps = keys.slice(1).map((key, i) => (key - (keys[i] ?? 0)) >>> 0);
      expect(new Set(steps).size, "steps from key to key").to.be.greaterThan(count - 4);
      for (let bit = 0; bit < 32; bit++) {
        const ones = keys.filter((key) => (key >>> bit) & 1).length;
        expect(ones, `bit ${bit}`).to.be.within(count * 0.35, count * 0.65);
      }
    });

  it("writes text as UTF-8, a lone surrogate as U+FFFD", async () => {
    const link = await subject.connect();
    link.endpoint.send("€\ud83d\ude00");
    link.endpoint.send("a\ud800b");
    const frames = await link.peer.frames(2);
    expect(frames.map(({ payload }) => payload.toString("hex"))).to.deep.equal([
      "e282acf09f9880",
      "61efbfbd62",
    ]);
  });

  it("refuses to send a ping or pong of more than 125 bytes", async () => {
    const link = await subject.connect();
    expect(() => link.endpoint.ping(Buffer.alloc(126))).to.throw(RangeError);
    expect(() => link.endpoint.pong(Buffer.alloc(126))).to.throw(RangeError);
    link.endpoint.ping(Buffer.alloc(125));
    checkForm(await link.peer.frame(), subject);
  });

  it("sends nothing once it has answered a close frame", async () => {
    const link = await subject.connect();
    const { peer, endpoint } = link;
    const answered = peer.frame();
    await peer.send([[CLOSE, hex("03e8")]]);
    await answered;
    const failed = new Promise((resolve) => endpoint.send("late", {}, resolve));
    endpoint.ping();
    endpoint.close(1001);
    expect(await failed).to.be.instanceOf(Error);
    peer.socket.end();
    await link.closed;
    expect(await peer.frame()).to.equal(undefined);
  });
});
