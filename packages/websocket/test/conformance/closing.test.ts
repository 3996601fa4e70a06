import { expect } from "chai";
import { BINARY, CLOSE, hex, PING, TEXT } from "../support/bytes.ts";
import { type Conversation, hold, holdAll } from "./support/conversation.ts";
import { conformance } from "./support/subject.ts";
import { show } from "./support/wire-frame.ts";
import { settle } from "./support/wire-peer.ts";

const bytes = (code: number, reason = ""): Buffer =>
  Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);
const NORMAL = { answer: "close 03e8", told: [1000, ""] as const };
const quarterMegabyte = Buffer.alloc(256 * 1024, "x");

const ORDER: readonly Conversation[] = [
  {
    title: "answers a message and then the close frame",
    send: [
      [TEXT, "last"],
      [CLOSE, bytes(1000)],
    ],
    answers: ["text 6c617374"],
    end: NORMAL,
  },
  {
    title: "answers the first of two close frames only",
    send: [
      [CLOSE, bytes(1000)],
      [CLOSE, bytes(1001)],
    ],
    answers: [],
    end: NORMAL,
  },
  {
    title: "answers no ping after a close frame",
    send: [
      [CLOSE, bytes(1000)],
      [PING, "late"],
    ],
    answers: [],
    end: NORMAL,
  },
  {
    title: "takes no message after a close frame",
    send: [
      [CLOSE, bytes(1000)],
      [TEXT, "late"],
    ],
    answers: [],
    end: NORMAL,
  },
  {
    title: "finds no fault in what comes after a close frame",
    send: [
      [CLOSE, bytes(1000)],
      [0xff, "nonsense"],
    ],
    answers: [],
    end: NORMAL,
  },
  {
    title: "answers 256 KiB, then the close frame, and not the ping after it",
    send: [
      [BINARY, quarterMegabyte],
      [CLOSE, bytes(1000)],
      [PING, "late"],
    ],
    answers: [show(BINARY, quarterMegabyte)],
    end: NORMAL,
  },
];

const EURO_REASON = "€".repeat(41);
const PAYLOADS: readonly Conversation[] = [
  {
    title: "answers a close frame without a code with one without, and tells 1005",
    send: [[CLOSE, ""]],
    answers: [],
    end: { answer: "close", told: [1005, ""] },
  },
  {
    title: "closes with 1002 on a close frame of one byte",
    send: [[CLOSE, "a"]],
    answers: [],
    end: { fault: 1002 },
  },
  {
    title: "tells the reason of a close frame",
    send: [[CLOSE, bytes(1000, "Hello World!")]],
    answers: [],
    end: { answer: `close ${bytes(1000, "Hello World!").toString("hex")}`, told: [1000, "Hello World!"] },
  },
  {
    title: "takes a reason of 123 bytes",
    send: [[CLOSE, bytes(1000, EURO_REASON)]],
    answers: [],
    end: { answer: `close ${bytes(1000, EURO_REASON).toString("hex")}`, told: [1000, EURO_REASON] },
  },
  {
    title: "closes with 1002 on a reason of 124 bytes",
    send: [[CLOSE, bytes(1000, "x".repeat(124))]],
    answers: [],
    end: { fault: 1002 },
  },
  {
    title: "closes with 1007 on a reason that is not UTF-8",
    send: [[CLOSE, Buffer.concat([bytes(1000), hex("cebae1bdb9cf83cebcceb5eda080656469746564")])]],
    answers: [],
    end: { fault: 1007 },
  },
  {
    title: "closes with 1007 on a reason that ends inside a character",
    send: [[CLOSE, Buffer.concat([bytes(1000), hex("41e282")])]],
    answers: [],
    end: { fault: 1007 },
  },
];

const CODES: readonly Conversation[] = [
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map((code) => ({
    title: `answers close code ${code} with the same`,
    send: [[CLOSE, bytes(code)] as const],
    answers: [],
    end: { answer: `close ${bytes(code).toString("hex")}`, told: [code, ""] as const },
  })),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map((code) => ({
    title: `closes with 1002 on close code ${code}`,
    send: [[CLOSE, bytes(code)] as const],
    answers: [],
    end: { fault: 1002 },
  })),
];

conformance("closing from the peer's side", (subject) => holdAll(subject, [...ORDER, ...PAYLOADS, ...CODES]));

conformance("closing from its own side", (subject) => {
  const isServer = subject.role === "server";

  it("sends what was sent before, then its close frame, then nothing", async () => {
    const { peer, endpoint, closed, closes } = await subject.connect();
    endpoint.send("last");
    endpoint.close(4000, "bye");
    endpoint.send("dropped", () => {});
    endpoint.ping("dropped");
    endpoint.close(4001);
    const [text, close] = await peer.frames(2);
    expect(text && show(text.firstByte, text.payload)).to.equal("text 6c617374");
    expect(close && show(close.firstByte, close.payload)).to.equal("close 0fa0627965");
    await peer.send([[CLOSE, bytes(4000, "bye")]]);
    await settle();
    expect(peer.isEnded).to.equal(isServer);
    peer.socket.end();
    expect(await closed).to.deep.equal([4000, "bye"]);
    expect(await peer.frame()).to.equal(undefined);
    await settle();
    expect(closes).to.have.length(1);
  });

  it("takes messages until the peer's close frame has come, and answers none of them", async () => {
    const { peer, endpoint, closed } = await subject.connect();
    const messages: string[] = [];
    endpoint.on("message", (data) => messages.push(String(data)));
    endpoint.close(1001);
    expect((await peer.frame())?.payload.toString("hex")).to.equal("03e9");
    await peer.send([
      [TEXT, "on its way"],
      [PING, ""],
      [CLOSE, bytes(1001)],
      [TEXT, "too late"],
    ]);
    await settle();
    peer.socket.end();
    expect(await closed).to.deep.equal([1001, ""]);
    expect(messages).to.deep.equal(["on its way"]);
    expect(await peer.frame()).to.equal(undefined);
  });

  it("sends no second close frame when both sides close at the same time, and tells the peer's code", async () => {
    const { peer, endpoint, closed } = await subject.connect();
    // Before a turn of the event loop is over neither has read what the other sent.
    endpoint.close(4002, "own");
    await peer.send([[CLOSE, bytes(4001, "peer")]]);
    const close = await peer.frame();
    expect(close && show(close.firstByte, close.payload)).to.equal("close 0fa26f776e");
    await settle();
    expect(peer.isEnded).to.equal(isServer);
    peer.socket.end();
    expect(await closed).to.deep.equal([4001, "peer"]);
    expect(await peer.frame()).to.equal(undefined);
  });

  it("closes without a code with an empty close frame, and tells what the peer answers", async () => {
    const { peer, endpoint, closed } = await subject.connect();
    endpoint.close();
    expect((await peer.frame())?.payload).to.have.length(0);
    await peer.send([[CLOSE, ""]]);
    peer.socket.end();
    expect(await closed).to.deep.equal([1005, ""]);
  });

  it("refuses to send a code that must not be sent, and a reason that is too long", async () => {
    const { endpoint, peer } = await subject.connect();
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535])
      expect(() => endpoint.close(code)).to.throw(TypeError);
    expect(() => endpoint.close(1000, "€".repeat(42))).to.throw(RangeError);
    await hold(subject, { send: [[TEXT, "still open"]], answers: [show(TEXT, "still open")], end: "open" });
    await peer.send([[TEXT, "this one too"]]);
    expect((await peer.frame())?.payload.toString()).to.equal("this one too");
  });

  it("tells 1006 when TCP ends without a close frame", async () => {
    const { peer, closed, closes } = await subject.connect();
    peer.socket.end();
    expect(await closed).to.deep.equal([1006, ""]);
    await settle();
    expect(closes).to.have.length(1);
  });

  it("tells 1006 when TCP is reset", async () => {
    const { peer, closed, closes } = await subject.connect();
    peer.socket.resetAndDestroy();
    expect(await closed).to.deep.equal([1006, ""]);
    await settle();
    expect(closes).to.have.length(1);
  });

  it("tells 1006 when TCP ends in the midst of a frame", async () => {
    const { peer, closed } = await subject.connect();
    await peer.send([Buffer.from(isServer ? [0x81, 0x85, 0, 0, 0, 0, 0x48] : [0x81, 5, 0x48])]);
    peer.socket.end();
    expect(await closed).to.deep.equal([1006, ""]);
  });
});
