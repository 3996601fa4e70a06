import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { constants, deflateRawSync } from "node:zlib";
import { expect } from "chai";
import { type WebSocket, WebSocket as WebSocketClient, WebSocketServer } from "../src/index.ts";
import { CLOSE, frame, hex, TEXT } from "./support/bytes.ts";
import { closeOf } from "./support/close-of.ts";
import { nextTurn } from "./support/fake-socket.ts";
import {
  closed,
  dial,
  LINK_KINDS,
  type Link,
  type LinkKind,
  listening,
  openLink,
  portOf,
  readHead,
  titleOf,
} from "./support/links.ts";
import { handshakeRequest, RawClient } from "./support/raw-client.ts";
import { accept } from "./support/raw-server.ts";
import { TLS_CERT, TLS_KEY } from "./support/tls.ts";
import { Witness } from "./support/witness.ts";

const MIB = 1024 * 1024;
/** Compresses to next to nothing. */
const ZEROS = Buffer.alloc(MIB);
/** Does not compress. */
const NOISE = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * i * 7919 + (i >> 3)) & 255));

interface Moment {
  readonly title: string;
  /** Brings about the end. */
  act(link: Link, kind: LinkKind): Promise<void> | void;
  /** What `close` may tell; 1006 unless said. */
  readonly codes?: readonly number[];
  readonly onlyWith?: (kind: LinkKind) => boolean;
}

const keyOf = ({ role }: LinkKind) => (role === "server" ? ([1, 2, 3, 4] as const) : null);
const say = ({ stream }: Link, bytes: Uint8Array) =>
  new Promise<void>((resolve) => void stream.write(bytes, () => resolve()));
const text = (kind: LinkKind, payload: string) => frame(TEXT, payload, keyOf(kind));
const close = (kind: LinkKind, payload = "03e8") => frame(CLOSE, hex(payload), keyOf(kind));

/** RFC 7692 §7.2.1: what a message of 16 KiB is sent as, alone. */
const INFLATABLE = deflateRawSync(Buffer.alloc(16_384, "a"), {
  finishFlush: constants.Z_SYNC_FLUSH,
}).subarray(0, -4);

const sendMuch = (ours: WebSocket): Promise<unknown>[] =>
  Array.from(
    { length: 8 },
    () => new Promise((resolve) => ours.send(Buffer.concat(Array(256).fill(NOISE)), resolve)),
  );

const MOMENTS: readonly Moment[] = [
  { title: "RST before the first frame", act: ({ tcp }) => void tcp.resetAndDestroy() },
  { title: "FIN before the first frame", act: ({ tcp }) => void tcp.end() },
  {
    title: "RST in the midst of a frame's header",
    act: async (link, kind) => {
      await say(link, text(kind, "x".repeat(200)).subarray(0, 3));
      link.tcp.resetAndDestroy();
    },
  },
  {
    title: "FIN in the midst of a frame's header",
    act: async (link, kind) => {
      await say(link, text(kind, "x".repeat(200)).subarray(0, 3));
      link.tcp.end();
    },
  },
  {
    title: "RST in the midst of a payload",
    act: async (link, kind) => {
      await say(link, text(kind, "x".repeat(200)).subarray(0, 100));
      link.tcp.resetAndDestroy();
    },
  },
  {
    title: "FIN in the midst of a payload",
    act: async (link, kind) => {
      await say(link, text(kind, "x".repeat(200)).subarray(0, 100));
      link.tcp.end();
    },
  },
  {
    title: "RST right behind a message",
    act: async (link, kind) => {
      await say(link, text(kind, "last words"));
      link.tcp.resetAndDestroy();
    },
  },
  {
    title: "RST while megabytes wait to be written",
    act: async ({ ours, tcp, stream }) => {
      stream.pause();
      const sent = sendMuch(ours);
      await nextTurn();
      tcp.resetAndDestroy();
      for (const error of await Promise.all(sent)) expect(error).to.be.instanceOf(Error);
    },
  },
  {
    title: "RST in the midst of reading what is written",
    act: async ({ ours, tcp, stream }) => {
      const sent = sendMuch(ours);
      stream.once("data", () => tcp.resetAndDestroy()).resume();
      await Promise.all(sent);
    },
  },
  {
    title: "a destroyed peer, and messages to it ever after",
    act: async ({ ours, stream }) => {
      stream.destroy();
      while (ours.readyState !== ours.CLOSED) {
        ours.send("anybody?", () => {});
        await nextTurn();
      }
    },
  },
  {
    title: "RST in place of an answer to our close frame",
    act: async ({ ours, tcp, stream }) => {
      ours.close(1000);
      await once(stream.resume(), "data");
      tcp.resetAndDestroy();
    },
  },
  {
    title: "FIN in place of an answer to our close frame",
    act: async ({ ours, tcp, stream }) => {
      ours.close(1000);
      await once(stream.resume(), "data");
      tcp.end();
    },
  },
  {
    title: "no answer to our close frame",
    act: ({ ours, stream }) => {
      ours.close(1000);
      stream.resume();
    },
  },
  {
    title: "no answer to our close frame from a peer that reads nothing, and much to read",
    act: ({ ours, stream }) => {
      stream.pause();
      for (const sent of sendMuch(ours)) void sent;
      ours.close(1000);
    },
  },
  {
    title: "RST right behind a close frame",
    act: async (link, kind) => {
      await say(link, close(kind));
      link.tcp.resetAndDestroy();
    },
    codes: [1000, 1006],
  },
  {
    title: "RST once both close frames are there",
    act: async (link, kind) => {
      link.ours.close(1000);
      await once(link.stream.resume(), "data");
      await say(link, close(kind));
      link.tcp.resetAndDestroy();
    },
    codes: [1000, 1006],
  },
  {
    title: "FIN right behind a close frame",
    act: async (link, kind) => {
      await say(link, close(kind));
      link.tcp.end();
      link.stream.resume();
    },
    codes: [1000],
  },
  {
    title: "both close frames, but no FIN from the peer",
    act: async (link, kind) => {
      link.stream.resume();
      await say(link, close(kind));
    },
    codes: [1000],
  },
  {
    title: "a close frame from a peer that then reads nothing, and much to read",
    act: async (link, kind) => {
      link.stream.pause();
      const sent = sendMuch(link.ours);
      await nextTurn();
      await say(link, close(kind));
      await Promise.all(sent);
    },
    codes: [1000],
  },
  {
    title: "a FIN from a peer that then reads nothing, and much to read",
    act: async ({ ours, tcp, stream }) => {
      stream.pause();
      const sent = sendMuch(ours);
      await nextTurn();
      tcp.end();
      await Promise.all(sent);
    },
  },
  {
    title: "an invalid frame and RST",
    act: async (link, kind) => {
      await say(link, frame(0xf3, "x", keyOf(kind)));
      link.tcp.resetAndDestroy();
    },
  },
  {
    title: "an invalid frame from a peer that neither reads nor leaves",
    act: async (link, kind) => {
      link.stream.pause();
      for (const sent of sendMuch(link.ours)) void sent;
      await nextTurn();
      await say(link, frame(0xf3, "x", keyOf(kind)));
    },
  },
  {
    title: "our own terminate() while megabytes wait",
    act: async ({ ours }) => {
      const sent = sendMuch(ours);
      ours.terminate();
      await Promise.all(sent);
    },
  },
  {
    title: "our own terminate() in a listener",
    act: async (link, kind) => {
      link.ours.on("message", () => link.ours.terminate());
      await say(link, Buffer.concat([text(kind, "one"), text(kind, "two"), close(kind)]));
    },
  },
  {
    title: "RST while a message is being compressed",
    onlyWith: ({ deflate }) => deflate,
    act: async ({ ours, tcp }) => {
      const sent = Array.from({ length: 8 }, () => new Promise((resolve) => ours.send(ZEROS, resolve)));
      tcp.resetAndDestroy();
      await Promise.all(sent);
    },
  },
  {
    title: "our own terminate() while a message is being compressed",
    onlyWith: ({ deflate }) => deflate,
    act: async ({ ours }) => {
      const sent = Array.from({ length: 8 }, () => new Promise((resolve) => ours.send(ZEROS, resolve)));
      await nextTurn();
      ours.terminate();
      for (const error of await Promise.all(sent)) expect(error).to.be.instanceOf(Error);
    },
  },
  {
    title: "RST while messages are being inflated",
    onlyWith: ({ deflate }) => deflate,
    act: async (link, kind) => {
      const message = frame(0xc1, INFLATABLE, keyOf(kind));
      await say(link, Buffer.concat(Array(200).fill(message)));
      link.tcp.resetAndDestroy();
    },
  },
  {
    title: "RST in the midst of a compressed message",
    onlyWith: ({ deflate }) => deflate,
    act: async (link, kind) => {
      await say(link, frame(0x41, INFLATABLE.subarray(0, 3), keyOf(kind)));
      link.tcp.resetAndDestroy();
    },
  },
];

/** What a peer sends and half-closes TCP behind, with what of it must be heard. */
const LAST_WORDS: readonly [title: string, deflate: boolean, payload: Buffer, firstByte: number][] = [
  ["messages", false, Buffer.from("aaaa"), 0x81],
  ["compressed messages", true, hex("4a4c4c4c0400"), 0xc1],
];

for (const kind of LINK_KINDS)
  describe(`socket errors: ${titleOf(kind)}`, () => {
    for (const { title, act, codes = [1006], onlyWith } of MOMENTS)
      if (onlyWith === undefined || onlyWith(kind))
        it(`${title}: ends in one close`, async () => {
          const witness = await Witness.arrive();
          const link = await openLink(kind, { closeTimeout: 40 });
          witness.watch(link.ours);
          await act(link, kind);
          await witness.closed();
          link.stream.destroy();
          link.tcp.destroy();
          await link.close();
          await nextTurn();
          witness.leave();
          expect(witness.unhandled).to.deep.equal([]);
          expect(witness.closeCodes).to.have.length(1);
          expect(codes).to.include(witness.closeCodes[0]);
          expect(witness.errors).to.have.length.at.most(1);
          expect(link.ours.readyState).to.equal(link.ours.CLOSED);
          expect(witness.timersLeft).to.equal(0);
        });

    for (const [what, deflate, payload, first] of LAST_WORDS)
      if (kind.deflate || !deflate) {
        it(`hears ${what} and a close frame that a FIN comes right behind`, async () => {
          const link = await openLink(kind);
          const heard: string[] = [];
          link.ours.on("message", (data) => heard.push(data.toString()));
          const end = closeOf(link.ours);
          const message = frame(first, payload, keyOf(kind));
          link.stream.resume().end(Buffer.concat([message, message, close(kind)]));
          expect(await end).to.deep.equal([1000, ""]);
          expect(heard).to.deep.equal(["aaaa", "aaaa"]);
          link.tcp.destroy();
          await link.close();
        });

        it(`hears ${what} that are there when a paused connection gets a FIN`, async () => {
          const link = await openLink(kind);
          const heard: string[] = [];
          const end = closeOf(link.ours);
          const message = frame(first, payload, keyOf(kind));
          link.ours.once("message", (data) => {
            heard.push(data.toString());
            link.ours.pause();
            link.ours.on("message", (more) => heard.push(more.toString()));
            setImmediate(() => {
              link.tcp.end();
              link.ours.resume();
            });
          });
          await say(link, Buffer.concat([message, message, message]));
          link.stream.resume();
          expect(await end).to.deep.equal([1006, ""]);
          expect(heard).to.deep.equal(["aaaa", "aaaa", "aaaa"]);
          link.tcp.destroy();
          await link.close();
        });
      }

    it("agrees on what it is meant to", async () => {
      const link = await openLink(kind);
      expect(link.ours.extensions).to.equal(kind.deflate ? "permessage-deflate" : "");
      const end = closeOf(link.ours);
      link.ours.terminate();
      await end;
      link.tcp.destroy();
      await link.close();
    });

    it("still sends what is queued to a peer that has sent a FIN and goes on reading", async () => {
      const link = await openLink(kind);
      const end = closeOf(link.ours);
      const sent = sendMuch(link.ours);
      await nextTurn();
      link.tcp.end();
      link.stream.resume();
      expect(await end).to.deep.equal([1006, ""]);
      expect(await Promise.all(sent)).to.deep.equal(Array(8).fill(undefined));
      link.tcp.destroy();
      await link.close();
    });
  });

/** What a client does before its handshake is there. */
const EARLY_CLIENTS: readonly [title: string, act: (tcp: Socket) => Promise<unknown> | unknown][] = [
  ["RST at once", (tcp) => tcp.resetAndDestroy()],
  ["FIN at once", (tcp) => tcp.end()],
  [
    "RST in the midst of its request",
    (tcp) => tcp.write(handshakeRequest().slice(0, 60), () => tcp.resetAndDestroy()),
  ],
  ["FIN in the midst of its request", (tcp) => tcp.end(handshakeRequest().slice(0, 60))],
  ["RST right behind its request", (tcp) => tcp.write(handshakeRequest(), () => tcp.resetAndDestroy())],
  ["FIN right behind its request", (tcp) => tcp.end(handshakeRequest())],
  [
    "RST right behind a request that is refused",
    (tcp) => tcp.write(handshakeRequest({ "Sec-WebSocket-Version": "7" }), () => tcp.resetAndDestroy()),
  ],
  [
    "FIN right behind a request that is refused",
    (tcp) => tcp.end(handshakeRequest({ "Sec-WebSocket-Key": "x" })),
  ],
  [
    "RST right behind its request and half a frame",
    (tcp) =>
      tcp.write(Buffer.concat([Buffer.from(handshakeRequest()), hex("81fe")]), () => tcp.resetAndDestroy()),
  ],
];

describe("socket errors: a server whose client leaves early", () => {
  for (const [title, act] of EARLY_CLIENTS)
    it(`${title}: nothing is left, and the next client is served`, async () => {
      const witness = await Witness.arrive();
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
      await once(server, "listening");
      const ends: Promise<unknown>[] = [];
      server.on("connection", (socket: WebSocket) => void ends.push(closeOf(socket)));
      const tcp = await dial(portOf(server));
      const gone = once(tcp, "close");
      await act(tcp);
      tcp.resume();
      await gone;
      const next = await RawClient.upgrade(portOf(server));
      next.send(frame(CLOSE, hex("03e8")));
      expect((await next.readToEnd()).toString("hex")).to.equal("880203e8");
      await closed(server);
      await Promise.all(ends);
      witness.leave();
      expect(ends.length).to.be.within(1, 2);
      expect(server.clients?.size).to.equal(0);
      expect(witness.unhandled).to.deep.equal([]);
      expect(witness.timersLeft).to.equal(0);
    });
});

/** What a server does in place of answering, or after half an answer. */
const EARLY_SERVERS: readonly [title: string, act: (tcp: Socket, answer: string) => unknown][] = [
  ["RST at once", (tcp) => tcp.resetAndDestroy()],
  ["FIN at once", (tcp) => tcp.end()],
  [
    "RST in the midst of its answer",
    (tcp, answer) => tcp.write(answer.slice(0, 60), () => tcp.resetAndDestroy()),
  ],
  ["FIN in the midst of its answer", (tcp, answer) => tcp.end(answer.slice(0, 60))],
  ["bytes that are no HTTP", (tcp) => tcp.end("SSH-2.0-OpenSSH_9.6\r\n")],
  ["a wrong key and RST", (tcp) => tcp.write(accept({ key: "wrong" }), () => tcp.resetAndDestroy())],
  [
    "RST in the body of a refusal",
    (tcp) => tcp.write("HTTP/1.1 400 No\r\nContent-Length: 99\r\n\r\nhalf", () => tcp.resetAndDestroy()),
  ],
  ["no word", () => {}],
  ["half an answer and no more", (tcp, answer) => tcp.write(answer.slice(0, 60))],
];

describe("socket errors: a client whose server leaves early", () => {
  for (const tls of [false, true])
    for (const [title, act] of EARLY_SERVERS)
      it(`${title}${tls ? ", over TLS" : ""}: one error, one close and nothing is left`, async () => {
        const witness = await Witness.arrive();
        const listener = await listening(createServer());
        listener.on("connection", async (tcp: Socket) => {
          tcp.on("error", () => {});
          const stream = tls ? new TLSSocket(tcp, { isServer: true, key: TLS_KEY, cert: TLS_CERT }) : tcp;
          stream.on("error", () => {});
          const key = /^sec-websocket-key: (.*)\r$/im.exec(await readHead(stream))?.[1] ?? "";
          act(stream === tcp ? tcp : resettable(stream, tcp), accept({ key }));
          stream.resume();
        });
        const ours = new WebSocketClient(`${tls ? "wss" : "ws"}://127.0.0.1:${portOf(listener)}`, {
          rejectUnauthorized: false,
          handshakeTimeout: 100,
        });
        witness.watch(ours);
        await witness.closed();
        await closed(listener);
        await nextTurn();
        witness.leave();
        expect(witness.unhandled).to.deep.equal([]);
        expect(witness.closeCodes).to.deep.equal([1006]);
        expect(witness.errors).to.have.length(1);
        expect(witness.timersLeft).to.equal(0);
      });

  for (const [title, address] of [
    ["nobody listens", (port: number) => `ws://127.0.0.1:${port}`],
    ["nobody listens over TLS", (port: number) => `wss://127.0.0.1:${port}`],
  ] as const)
    it(`${title}: one error and one close`, async () => {
      const listener = await listening(createServer());
      const port = portOf(listener);
      await closed(listener);
      const witness = await Witness.arrive();
      witness.watch(new WebSocketClient(address(port)));
      await witness.closed();
      witness.leave();
      expect(witness.closeCodes).to.deep.equal([1006]);
      expect(witness.errors.map((error) => (error as NodeJS.ErrnoException).code)).to.deep.equal([
        "ECONNREFUSED",
      ]);
      expect(witness.unhandled).to.deep.equal([]);
    });

  it("TLS garbage in place of a certificate: one error and one close", async () => {
    const witness = await Witness.arrive();
    const listener = await listening(
      createServer(
        (tcp) =>
          void tcp
            .on("error", () => {})
            .resume()
            .end("no TLS here"),
      ),
    );
    witness.watch(new WebSocketClient(`wss://127.0.0.1:${portOf(listener)}`));
    await witness.closed();
    await closed(listener);
    witness.leave();
    expect(witness.closeCodes).to.deep.equal([1006]);
    expect(witness.errors).to.have.length(1);
    expect(witness.unhandled).to.deep.equal([]);
  });

  for (const [title, giveUp] of [
    ["terminate", (socket: WebSocket) => socket.terminate()],
    ["close", (socket: WebSocket) => socket.close()],
  ] as const)
    it(`our own ${title}() at once, on dialling and on "upgrade": one error and one close`, async () => {
      for (const moment of ["at once", "dialled", "upgrade"]) {
        const witness = await Witness.arrive();
        const listener = await listening(createServer());
        const ours = new WebSocketClient(`ws://127.0.0.1:${portOf(listener)}`);
        witness.watch(ours);
        listener.on("connection", async (tcp: Socket) => {
          tcp.on("error", () => {});
          if (moment === "dialled") giveUp(ours);
          const key = /^sec-websocket-key: (.*)\r$/im.exec(await readHead(tcp))?.[1] ?? "";
          tcp.write(accept({ key }));
          tcp.resume();
        });
        if (moment === "upgrade") ours.on("upgrade", () => giveUp(ours));
        if (moment === "at once") giveUp(ours);
        await witness.closed();
        await closed(listener);
        witness.leave();
        expect([moment, witness.closeCodes]).to.deep.equal([moment, [1006]]);
        expect([moment, witness.errors.length]).to.deep.equal([moment, 1]);
        expect(witness.unhandled).to.deep.equal([]);
        expect(witness.timersLeft).to.equal(0);
      }
    });
});

/** `stream`, whose reset is that of the socket below. */
function resettable(stream: Socket, tcp: Socket): Socket {
  stream.resetAndDestroy = () => {
    tcp.resetAndDestroy();
    return stream;
  };
  return stream;
}
