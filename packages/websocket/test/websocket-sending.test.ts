import { expect } from "chai";
import { Connection } from "../src/connection.ts";
import type { ConnectionOptions } from "../src/connection-options.ts";
import { prepareText } from "../src/prepared-message.ts";
import { type SendOptions, WebSocket } from "../src/websocket.ts";
import { BINARY, frame, hex, TEXT } from "./support/bytes.ts";
import { agree, framesIn, inflated } from "./support/deflated.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";

function open(
  options: ConnectionOptions = {},
  deflate?: ReturnType<typeof agree>,
  role: "server" | "client" = "server",
) {
  const socket = new FakeSocket(1 << 20);
  const webSocket = WebSocket.accept((sink) => new Connection(socket, role, options, sink, { deflate }));
  return { socket, webSocket };
}

describe("WebSocket, sending", () => {
  const SENT: readonly [name: string, data: unknown, options: SendOptions, wire: string][] = [
    ["text", "€", {}, "8103e282ac"],
    ["text as binary", "ab", { binary: true }, "82026162"],
    ["a number", 42, {}, "81023432"],
    ["bytes", hex("0102"), {}, "82020102"],
    ["bytes as text", hex("6162"), { binary: false }, "81026162"],
    ["part of a view", new Uint16Array([0, 0x0201]).subarray(1), {}, "82020102"],
    ["an ArrayBuffer", Uint8Array.of(1).buffer, {}, "820101"],
    ["an array", [1, 2], {}, "82020102"],
    ["a Blob", new Blob(["ab"]), {}, "82026162"],
    ["a Blob as text", new Blob(["ab"]), { binary: false }, "81026162"],
    ["a Blob of nothing", new Blob([]), {}, "8200"],
    ["what stands for text", { valueOf: () => "ab" }, {}, "82026162"],
    ["a fragment of text", "ab", { fin: false }, "01026162"],
  ];
  for (const [name, data, options, wire] of SENT)
    it(`sends ${name}`, async () => {
      const { webSocket, socket } = open();
      await new Promise((resolve) => webSocket.send(data as string, options, resolve));
      expect(socket.taken()).to.deep.equal([wire]);
      webSocket.terminate();
    });

  it("sends a message in fragments, control frames in between, and a prepared message for its end", async () => {
    const { webSocket, socket } = open();
    webSocket.send("a", { fin: false });
    webSocket.ping("p");
    webSocket.send(hex("62"), { fin: false });
    webSocket.pong();
    webSocket.send(prepareText("c"));
    webSocket.send("d");
    await nextTurn();
    expect(socket.taken().join("")).to.equal("010161 890170 000162 8a00 800163 810164".replaceAll(" ", ""));
    webSocket.terminate();
  });

  it("sends a compressed message in fragments", async () => {
    const { webSocket, socket } = open({}, agree("", { threshold: 0 }));
    webSocket.send("Hel", { fin: false });
    webSocket.ping();
    await new Promise((resolve) => webSocket.send("lo", { compress: false }, resolve));
    const frames = framesIn(Buffer.concat(socket.writes));
    expect(frames.map(({ first }) => first)).to.deep.equal([0x41, 0x89, 0x80]);
    expect(
      inflated(Buffer.concat([frames[0], frames[2]].map((f) => f?.payload as Buffer))).toString(),
    ).to.equal("Hello");
    webSocket.terminate();
  });

  it("sends no memory of the process for a number or an array of floats", async () => {
    const { webSocket, socket } = open();
    webSocket.ping(4);
    webSocket.pong(100);
    webSocket.close(1000, new Float32Array(2) as unknown as Buffer);
    await nextTurn();
    expect(socket.taken().join("")).to.equal("890134 8a03313030 880503e8302c30".replaceAll(" ", ""));
    webSocket.terminate();
  });

  it("masks with what generateMask gives, a key for each frame", async () => {
    let calls = 0;
    const generateMask = (mask: Buffer) => void mask.fill(++calls);
    const { webSocket, socket } = open({ generateMask }, undefined, "client");
    webSocket.send("a");
    webSocket.send(prepareText("a"));
    webSocket.ping();
    await nextTurn();
    expect(socket.taken().join("")).to.equal(
      "8181 01010101 60 8181 02020202 63 8980 03030303".replaceAll(" ", ""),
    );
    webSocket.terminate();
  });

  it("asks onBufferFull with itself, and tells a dropped message's callback", async () => {
    const asked: unknown[][] = [];
    const { webSocket, socket } = open({
      maxBufferedAmount: 50,
      onBufferFull: (...args: unknown[]) => {
        asked.push(args);
        return "drop";
      },
    });
    const outcome = new Promise((resolve) => webSocket.send("x".repeat(60), resolve));
    webSocket.send("a");
    expect(await outcome).to.include({ code: "WS_ERR_MESSAGE_DROPPED" });
    expect(asked).to.deep.equal([[webSocket, 0, 60]]);
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["810161"]);
    webSocket.terminate();
  });

  it("tells drain after it has been behind, and only then", async () => {
    const socket = new FakeSocket(16);
    const webSocket = WebSocket.accept((sink) => new Connection(socket, "server", {}, sink));
    let drains = 0;
    webSocket.on("drain", () => drains++);
    webSocket.send("a");
    await nextTurn();
    socket.stall();
    webSocket.send("x".repeat(30));
    webSocket.send("y");
    await nextTurn();
    expect([drains, webSocket.bufferedAmount]).to.deep.equal([0, 35]);
    socket.resumeWriting();
    await nextTurn();
    expect([drains, webSocket.bufferedAmount]).to.deep.equal([1, 0]);
    webSocket.terminate();
  });

  for (const deflate of [undefined, agree()])
    it(`gives binary as binaryType says, ${deflate === undefined ? "plain" : "compressed"}`, async () => {
      const { webSocket, socket } = open({}, deflate);
      const given: unknown[] = [];
      webSocket.on("message", (data) => given.push(data));
      const first = deflate === undefined ? BINARY : 0xc2;
      const payload = deflate === undefined ? "Hello" : hex("f248cdc9c90700");
      for (const type of ["nodebuffer", "arraybuffer", "fragments", "blob", "nonsense"]) {
        webSocket.binaryType = type as "nodebuffer";
        const before = given.length;
        // RFC 7692 §7.2.3.2: whole messages, so that each stands alone.
        socket.push(frame(first, payload));
        socket.push(frame(TEXT, "text"));
        while (given.length < before + 2) await nextTurn();
      }
      const [buffer, text, arrayBuffer, , fragments, , blob, , ignored] = given;
      expect(buffer).to.deep.equal(Buffer.from("Hello"));
      expect(text).to.deep.equal(Buffer.from("text"));
      expect(arrayBuffer).to.be.instanceOf(ArrayBuffer);
      expect(Buffer.from(arrayBuffer as ArrayBuffer).toString()).to.equal("Hello");
      expect(fragments).to.deep.equal([Buffer.from("Hello")]);
      for (const one of [blob, ignored]) expect(await (one as Blob).text()).to.equal("Hello");
      expect(webSocket.binaryType).to.equal("blob");
      webSocket.terminate();
    });

  it("gives fragments as the frames cut them, though chunks cut the frames", async () => {
    const wire = Buffer.concat([
      frame(0x02, "one"),
      frame(0x00, ""),
      frame(0x00, "two"),
      frame(0x80, "three"),
    ]);
    for (const size of [wire.length, 1, 4]) {
      const { webSocket, socket } = open();
      webSocket.binaryType = "fragments";
      const given = new Promise<Buffer[]>((resolve) =>
        webSocket.on("message", (data) => resolve(data as Buffer[])),
      );
      for (let at = 0; at < wire.length; at += size) socket.push(Buffer.from(wire.subarray(at, at + size)));
      expect((await given).map(String).filter((part) => part !== "")).to.deep.equal(["one", "two", "three"]);
      webSocket.terminate();
    }
  });
});
