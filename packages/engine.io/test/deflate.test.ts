import { inflateRawSync } from "node:zlib";
import type { ServerOptions, Socket } from "@towline/engine.io";
import { PreparedMessage, Server } from "@towline/engine.io";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import type { RawClient } from "../../websocket/test/support/raw-client.ts";
import { RunningServer } from "./support/running-server.ts";

const OFFER = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover";
const LONG = "a".repeat(2_000);

const FIN_TEXT = 0x81;
const FIN_BINARY = 0x82;
const RSV1 = 0x40;

/** A frame as it came: its first octet (RFC 6455 §5.2) and its payload, inflated where RSV1 says so (RFC 7692 §7.2.2). */
async function readFrame(raw: RawClient): Promise<[first: number, payload: string]> {
  const [first = 0, short = 0] = await raw.read(2);
  const length = short === 126 ? (await raw.read(2)).readUInt16BE() : short;
  const payload = await raw.read(length);
  if ((first & RSV1) === 0) return [first, payload.toString()];
  return [
    first,
    inflateRawSync(Buffer.concat([payload, Buffer.from("0000ffff", "hex")]), { finishFlush: 2 }).toString(),
  ];
}

let server: RunningServer;

interface Compressing {
  readonly socket: Socket;
  readonly raw: RawClient;
  readonly head: string;
}

/** A session over a raw connection, its open packet read. */
async function open(options: ServerOptions, headers: readonly string[] = [OFFER]): Promise<Compressing> {
  server = await RunningServer.start(options);
  const session = await server.openRaw(headers);
  const [first, packet] = await readFrame(session.raw);
  expect(first).to.equal(FIN_TEXT);
  expect(packet).to.match(/^0\{/);
  return session;
}

for (const [engine, own] of [
  ["our own core", {}],
  ["the engine of ws", { wsEngine: WebSocketServer }],
] as const)
  describe(`permessage-deflate with ${engine}`, () => {
    afterEach(() => server.close());

    it("is not agreed on by default", async () => {
      const { socket, raw, head } = await open({ ...own });
      expect(head).not.to.match(/sec-websocket-extensions/i);
      socket.send(LONG);
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT, `4${LONG}`]);
    });

    it("is agreed on where the client offers it", async () => {
      const { head } = await open({ ...own, perMessageDeflate: true });
      expect(head).to.match(/^sec-websocket-extensions: permessage-deflate/im);
    });

    it("is not agreed on where the client does not offer it", async () => {
      const { socket, raw, head } = await open({ ...own, perMessageDeflate: true }, []);
      expect(head).not.to.match(/sec-websocket-extensions/i);
      socket.send(LONG);
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT, `4${LONG}`]);
    });

    it("compresses messages of 1024 bytes and more", async () => {
      const { socket, raw } = await open({ ...own, perMessageDeflate: true });
      socket
        .send("a".repeat(1_022))
        .send("b".repeat(1_023))
        .send(Buffer.alloc(1_023))
        .send(Buffer.alloc(1_024));
      expect((await readFrame(raw))[0]).to.equal(FIN_TEXT);
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT | RSV1, `4${"b".repeat(1_023)}`]);
      expect((await readFrame(raw))[0]).to.equal(FIN_BINARY);
      expect(await readFrame(raw)).to.deep.equal([FIN_BINARY | RSV1, "\0".repeat(1_024)]);
    });

    it("compresses from another threshold on", async () => {
      const { socket, raw } = await open({ ...own, perMessageDeflate: { threshold: 500 } });
      socket.send("a".repeat(498)).send("b".repeat(499));
      expect((await readFrame(raw))[0]).to.equal(FIN_TEXT);
      expect((await readFrame(raw))[0]).to.equal(FIN_TEXT | RSV1);
    });

    it("leaves a message alone that is not to be compressed, and keeps the order", async () => {
      const { socket, raw } = await open({ ...own, perMessageDeflate: true });
      socket.send(LONG).send(`${LONG}!`, { compress: false }).send("short").send(LONG, { compress: true });
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT | RSV1, `4${LONG}`]);
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT, `4${LONG}!`]);
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT, "4short"]);
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT | RSV1, `4${LONG}`]);
    });

    it("takes what a listener of packetCreate says", async () => {
      const { socket, raw } = await open({ ...own, perMessageDeflate: true });
      socket.on("packetCreate", (packet) => {
        packet.options = { compress: false };
      });
      socket.send(LONG);
      expect(await readFrame(raw)).to.deep.equal([FIN_TEXT, `4${LONG}`]);
    });

    it("leaves bytes alone that are not to be compressed, as bytes", async () => {
      const { socket, raw } = await open({ ...own, perMessageDeflate: true });
      socket.send(Buffer.alloc(3_000, 65), { compress: false });
      expect(await readFrame(raw)).to.deep.equal([FIN_BINARY, "A".repeat(3_000)]);
    });

    it("compresses a broadcast for those who can, each time right", async () => {
      const { socket, raw } = await open({ ...own, perMessageDeflate: true });
      const prepared = new PreparedMessage(LONG);
      socket.sendPrepared(prepared);
      socket.sendPrepared(prepared, { compress: false });
      socket.sendPrepared(prepared);
      const frames = [await readFrame(raw), await readFrame(raw), await readFrame(raw)];
      expect(frames.map(([, payload]) => payload)).to.deep.equal(Array(3).fill(`4${LONG}`));
      expect(frames[1]?.[0]).to.equal(FIN_TEXT);
    });

    it("reads compressed messages", async () => {
      server = await RunningServer.start({ ...own, perMessageDeflate: true });
      const { socket, frames } = await server.openWebSocket({ perMessageDeflate: { threshold: 0 } });
      const received: unknown[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on("message", (data) => void (received.push(data) === 2 && resolve()));
      });
      frames.send(`4${LONG}`, Buffer.from(LONG));
      await all;
      expect(received).to.deep.equal([LONG, Buffer.from(LONG)]);
    });

    it("closes on a message that inflates to more than maxHttpBufferSize", async () => {
      server = await RunningServer.start({ ...own, perMessageDeflate: true, maxHttpBufferSize: 10_000 });
      const { socket, frames } = await server.openWebSocket({ perMessageDeflate: { threshold: 0 } });
      const closed = new Promise((resolve) => socket.once("close", resolve));
      frames.send(`4${"a".repeat(1_000_000)}`);
      expect(await closed).to.equal("transport error");
    });
  });

describe("the option perMessageDeflate", () => {
  it("is checked at construction", () => {
    for (const perMessageDeflate of [1, "yes", { threshold: -1 }, { serverMaxWindowBits: 16 }])
      expect(() => new Server({ perMessageDeflate } as ServerOptions)).to.throw(TypeError);
  });
});
