import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import * as reference from "ws";
import { WebSocket, WebSocketServer } from "../src/index.ts";
import { closeOf } from "./support/close-of.ts";

type AnySocket = WebSocket | reference.WebSocket;
type AnyServer = WebSocketServer | reference.WebSocketServer;

const PAIRS: readonly [
  name: string,
  listen: () => AnyServer,
  connect: (url: string, protocols: string[]) => AnySocket,
][] = [
  [
    "our server, the client of ws",
    () => new WebSocketServer({ port: 0, host: "127.0.0.1" }),
    (url, protocols) => new reference.WebSocket(url, protocols),
  ],
  [
    "the server of ws, our client",
    () => new reference.WebSocketServer({ port: 0, host: "127.0.0.1" }),
    (url, protocols) => new WebSocket(url, protocols),
  ],
  [
    "our server, our client",
    () => new WebSocketServer({ port: 0, host: "127.0.0.1" }),
    (url, protocols) => new WebSocket(url, protocols),
  ],
];

const MESSAGES: readonly (string | Buffer)[] = [
  "",
  "Hello",
  "€ and 😀",
  "x".repeat(126),
  "é".repeat(70_000),
  Buffer.alloc(0),
  Buffer.from([0, 255, 128]),
  Buffer.alloc(65_536, 7),
  Buffer.alloc(3_000_000, "0123456789"),
];

/** The next `count` messages, as `ws` gives them. */
function messages(socket: AnySocket, count: number): Promise<(string | Buffer)[]> {
  return new Promise((resolve) => {
    const got: (string | Buffer)[] = [];
    (socket as reference.WebSocket).on("message", (data: Buffer, isBinary: boolean) => {
      got.push(isBinary ? data : data.toString());
      if (got.length === count) resolve(got);
    });
  });
}

for (const [name, listen, connect] of PAIRS)
  describe(`interop: ${name}`, () => {
    let server: AnyServer;
    let client: AnySocket;
    let peer: AnySocket;

    beforeEach(async () => {
      server = listen();
      await once(server, "listening");
      const connected = once(server, "connection");
      client = connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat?room=1`, ["b", "a"]);
      await once(client, "open");
      [peer] = (await connected) as [AnySocket];
    });

    afterEach(async () => {
      const closed = [client, peer].map((socket) => socket.readyState < 3 && closeOf(socket));
      client.terminate();
      peer.terminate();
      await Promise.all(closed);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });

    it("agrees on the first subprotocol", () => {
      expect([client.protocol, peer.protocol]).to.deep.equal(["b", "b"]);
    });

    it("carries text and binary of every size both ways, in order", async () => {
      for (const [from, to] of [
        [client, peer],
        [peer, client],
      ] as const) {
        const received = messages(to, MESSAGES.length);
        for (const message of MESSAGES) from.send(message);
        const got = await received;
        MESSAGES.forEach((message, i) => {
          expect(typeof got[i]).to.equal(typeof message);
          expect(
            Buffer.from(got[i] as string).equals(Buffer.from(message as string)),
            `message ${i}`,
          ).to.equal(true);
        });
      }
    });

    it("carries a burst of ten thousand small messages", async () => {
      const received = messages(peer, 10_000);
      for (let i = 0; i < 10_000; i++) client.send(`message ${i}`);
      expect(await received).to.deep.equal(Array.from({ length: 10_000 }, (_, i) => `message ${i}`));
    });

    it("answers pings", async () => {
      for (const socket of [client, peer]) {
        const pong = once(socket, "pong");
        socket.ping("are you there?");
        expect(String((await pong)[0])).to.equal("are you there?");
      }
    });

    for (const [code, reason] of [
      [1000, ""],
      [1001, "going away"],
      [4999, "é".repeat(61)],
    ] as const)
      it(`closes with ${code}, started by either side`, async () => {
        const closes = Promise.all([closeOf(client), closeOf(peer)]);
        const starter = code === 1001 ? peer : client;
        starter.close(code, reason);
        const [ofClient, ofPeer] = await closes;
        const other = starter === peer ? ofClient : ofPeer;
        expect(other).to.deep.equal([code, reason]);
        expect([ofClient[0], ofPeer[0]]).to.deep.equal([code, code]);
      });

    it("closes without a code as 1005", async () => {
      const closes = Promise.all([closeOf(client), closeOf(peer)]);
      client.close();
      for (const [code] of await closes) expect(code).to.equal(1005);
    });

    it("tells 1006 when the other side is cut off", async () => {
      const close = closeOf(peer);
      client.terminate();
      expect((await close)[0]).to.equal(1006);
    });
  });

describe("interop: fragments from ws", () => {
  it("are joined, with pings in between", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const connected = once(server, "connection");
    const client = new reference.WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(client, "open");
    const [peer] = (await connected) as [WebSocket];
    const received = messages(peer, 2);
    client.send("Hel", { fin: false });
    client.ping();
    client.send("lo", { fin: true });
    client.send(Buffer.from([1]), { fin: false, binary: true });
    client.send(Buffer.from([2]), { fin: true });
    expect(await received).to.deep.equal(["Hello", Buffer.from([1, 2])]);
    const closed = closeOf(peer);
    client.terminate();
    await closed;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});

const Native = (globalThis as { WebSocket?: typeof globalThis.WebSocket }).WebSocket;
// Node has a client of its own from version 22 on.
if (Native !== undefined)
  describe("interop: our server, the client in Node", () => {
    it("carries text and binary both ways and closes", async () => {
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      await once(server, "listening");
      server.on("connection", (peer: WebSocket) =>
        peer.on("message", (data, isBinary) => peer.send(data, { binary: isBinary })),
      );
      const client = new Native(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      client.binaryType = "arraybuffer";
      const next = <T extends Event>(type: string) =>
        new Promise<T>((resolve) =>
          client.addEventListener(type, (event) => resolve(event as T), { once: true }),
        );
      await next("open");
      for (const message of ["€", new Uint8Array([1, 2, 3])]) {
        const answer = next<Event & { data: string | ArrayBuffer }>("message");
        client.send(message);
        const { data } = await answer;
        expect(typeof data === "string" ? data : new Uint8Array(data)).to.deep.equal(message);
      }
      const closed = next<Event & { code: number }>("close");
      client.close(1000, "bye");
      expect((await closed).code).to.equal(1000);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
  });
