import { createHash } from "node:crypto";
import { once } from "node:events";
import { expect } from "chai";
import fc from "fast-check";
import type { PerMessageDeflateOptions } from "../src/index.ts";
import { closeOf } from "./support/close-of.ts";
import { type AnyServer, type AnySocket, PAIRS } from "./support/implementations.ts";
import { portOf } from "./support/links.ts";

interface Compression {
  readonly title: string;
  readonly server: boolean | PerMessageDeflateOptions;
  readonly client: boolean | PerMessageDeflateOptions;
  readonly isAgreed: boolean;
  /** Not for a client that takes no options. */
  readonly needsOptions?: boolean;
}

const BARE = { serverNoContextTakeover: true, clientNoContextTakeover: true } as const;

const COMPRESSIONS: readonly Compression[] = [
  { title: "neither side compresses", server: false, client: false, isAgreed: false },
  { title: "only the client offers to compress", server: false, client: true, isAgreed: false },
  { title: "with the defaults", server: true, client: true, isAgreed: true },
  { title: "everything compressed", server: { threshold: 0 }, client: { threshold: 0 }, isAgreed: true },
  {
    title: "no context taken over",
    server: { ...BARE, threshold: 0 },
    client: { threshold: 0 },
    isAgreed: true,
  },
  {
    title: "no context taken over on the server's side",
    server: { serverNoContextTakeover: true, threshold: 0 },
    client: { threshold: 0 },
    isAgreed: true,
  },
  {
    title: "no context taken over by the client's wish",
    server: { threshold: 0 },
    client: { ...BARE, threshold: 0 },
    isAgreed: true,
    needsOptions: true,
  },
  {
    title: "the least windows",
    server: { serverMaxWindowBits: 9, clientMaxWindowBits: 9, threshold: 0 },
    client: { threshold: 0 },
    isAgreed: true,
    needsOptions: true,
  },
  {
    title: "the least windows by the client's wish, no context taken over",
    server: { threshold: 0 },
    client: { ...BARE, serverMaxWindowBits: 9, clientMaxWindowBits: 10, threshold: 0 },
    isAgreed: true,
    needsOptions: true,
  },
];

interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
  /** Where its fragments end, but for the last one. */
  readonly cuts: readonly number[];
  readonly compress: boolean;
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 100 }),
  // Surrogate pairs, and what compresses.
  fc.nat({ max: 3000 }).map((length) => "😀é".repeat(length)),
  fc.constantFrom("", "\u{10ffff}", "\0", "a".repeat(125), "a".repeat(126), "€".repeat(21_846)),
);
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.nat({ max: 200_000 }), fc.nat({ max: 255 })).map(([length, step]) => patterned(length, step)),
);

const message: fc.Arbitrary<Message> = fc
  .record({
    content: fc.oneof(text, binary),
    shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    compress: fc.boolean(),
  })
  .map(({ content, shares, compress }) => {
    const data = Buffer.from(content as string);
    const cuts = shares.map((share) => Math.floor(share * data.length)).sort((a, b) => a - b);
    return { data, isBinary: typeof content !== "string", cuts, compress };
  });

function patterned(length: number, step: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at++) bytes[at] = at * step + (at >> 8);
  return bytes;
}

/** Text may be cut inside a character: a fragment is but bytes (RFC 6455 §5.6). */
function send(from: AnySocket, { data, isBinary, cuts, compress }: Message, inOne: boolean): void {
  const ends = inOne ? [data.length] : [...cuts, data.length];
  ends.forEach((end, index) => {
    const fin = index === ends.length - 1;
    from.send(data.subarray(ends[index - 1] ?? 0, end), { binary: isBinary, fin, compress });
  });
}

const hashOf = (messages: readonly (readonly [Buffer, boolean])[]): string => {
  const hash = createHash("sha256");
  for (const [data, isBinary] of messages) hash.update(`${data.length} ${isBinary} `).update(data);
  return hash.digest("hex");
};

/** The hash of the next `count` messages. */
function received(by: AnySocket, count: number): Promise<string> {
  if (count === 0) return Promise.resolve(hashOf([]));
  return new Promise((resolve) => {
    const messages: [Buffer, boolean][] = [];
    const onMessage = (data: Buffer, isBinary: boolean) => {
      if (messages.push([data, isBinary]) < count) return;
      by.off("message", onMessage);
      resolve(hashOf(messages));
    };
    by.on("message", onMessage);
  });
}

const hashOfSent = (messages: readonly Message[]) =>
  hashOf(messages.map(({ data, isBinary }) => [data, isBinary]));

for (const pair of PAIRS)
  for (const compression of COMPRESSIONS) {
    const isPlain = pair.isPlainClient === true;
    if (isPlain && (compression.needsOptions === true || compression.client === false)) continue;
    describe(`across implementations: ${pair.title}, ${compression.title}`, () => {
      let server: AnyServer;
      let client: AnySocket;
      let peer: AnySocket;

      beforeEach(async () => {
        server = pair.listen(compression.server);
        await once(server, "listening");
        const connected = once(server, "connection");
        client = pair.connect(`ws://127.0.0.1:${portOf(server)}`, compression.client);
        await once(client, "open");
        [peer] = (await connected) as [AnySocket];
      });

      afterEach(async () => {
        const ends = [client, peer].filter(({ readyState }) => readyState !== 3).map(closeOf);
        peer.terminate();
        client.terminate();
        await Promise.all(ends);
        await new Promise<void>((resolve) => server.close(() => resolve()));
      });

      it("agrees on the subprotocol and on compression", () => {
        expect([client.protocol, peer.protocol]).to.deep.equal(["second", "second"]);
        for (const { extensions } of [client, peer])
          expect(extensions.includes("permessage-deflate")).to.equal(compression.isAgreed);
      });

      it("carries any messages both ways at once, whole and in fragments", () =>
        fc.assert(
          fc.asyncProperty(
            fc.array(message, { maxLength: 8 }),
            fc.array(message, { maxLength: 8 }),
            async (up, down) => {
              const hashes = Promise.all([received(peer, up.length), received(client, down.length)]);
              for (const each of up) send(client, each, isPlain);
              for (const each of down) send(peer, each, false);
              expect(await hashes).to.deep.equal([hashOfSent(up), hashOfSent(down)]);
            },
          ),
          { numRuns: 4 },
        ));

      it("keeps the order of hundreds of messages", async () => {
        const messages = Array.from({ length: 500 }, (_, i): Message => {
          const data = i % 50 === 0 ? patterned(i * 5, 3) : Buffer.from(`message ${i} of many`);
          return { data, isBinary: i % 50 === 0, cuts: [], compress: true };
        });
        const hashes = Promise.all([received(peer, 500), received(client, 500)]);
        for (const each of messages) {
          send(client, each, true);
          send(peer, each, true);
        }
        const sent = hashOfSent(messages);
        expect(await hashes).to.deep.equal([sent, sent]);
      });

      it("loses nothing of megabytes that come while the receiver is paused", async () => {
        const messages = Array.from(
          { length: 32 },
          (_, i): Message => ({
            data: patterned(65_536, i * 2 + 1),
            isBinary: true,
            cuts: [],
            compress: i % 2 === 0,
          }),
        );
        const ways = [[client, peer], ...(isPlain ? [] : [[peer, client]])] as [AnySocket, AnySocket][];
        for (const [from, to] of ways) {
          to.pause();
          const hash = received(to, messages.length);
          for (const each of messages) send(from, each, true);
          // As long as a message takes that goes the other way.
          const other = received(from, 1);
          send(to, { data: Buffer.from("still paused"), isBinary: false, cuts: [], compress: false }, true);
          await other;
          to.resume();
          expect(await hash).to.equal(hashOfSent(messages));
        }
      });

      it("answers pings, also between fragments", async () => {
        const asking = isPlain ? [peer] : [peer, client];
        for (const socket of asking) {
          const other = socket === peer ? client : peer;
          const hash = received(other, 1);
          const pong = once(socket, "pong");
          socket.send(Buffer.from("first "), { binary: false, fin: false });
          socket.ping("are you there?");
          socket.send(Buffer.from("second"), { binary: false, fin: true });
          expect(String((await pong)[0])).to.equal("are you there?");
          expect(await hash).to.equal(hashOf([[Buffer.from("first second"), false]]));
        }
      });

      const CLOSES: readonly [code: number, reason: string][] = [
        [1000, ""],
        [1000, "bye"],
        [1001, "going away"],
        [1011, "no"],
        [3000, "é€😀"],
        [4999, "r".repeat(123)],
      ];
      for (const starter of ["client", "server"] as const)
        for (const [code, reason] of CLOSES)
          if (!isPlain || starter === "server" || code === 1000 || code >= 3000)
            it(`closes with ${code} ${JSON.stringify(reason.slice(0, 10))}, started by the ${starter}, with what was sent before`, async () => {
              const [from, to] = starter === "client" ? [client, peer] : [peer, client];
              const ends = Promise.all([closeOf(from), closeOf(to)]);
              const hash = received(to, 1);
              const last: Message = { data: patterned(20_000, 5), isBinary: true, cuts: [], compress: true };
              send(from, last, true);
              from.close(code, reason);
              expect(await hash).to.equal(hashOfSent([last]));
              const [[ownCode], end] = await ends;
              expect(end).to.deep.equal([code, reason]);
              expect(ownCode).to.equal(code);
            });
    });
  }
