import { once } from "node:events";
import { expect } from "chai";
import fc from "fast-check";
import { prepareBinary, prepareText } from "../src/index.ts";
import {
  type Message,
  messageOf,
  messages,
  patterned,
  received,
  send,
  summaries,
  whole,
} from "./support/any-messages.ts";
import { closeOf } from "./support/close-of.ts";
import {
  type AnyServerOptions,
  type AnySocket,
  type Deflate,
  isOurs,
  PAIRS,
  type Pair,
} from "./support/implementations.ts";
import { closed, portOf } from "./support/links.ts";

interface Compression {
  readonly title: string;
  readonly server: Deflate;
  readonly client: Deflate;
  readonly isAgreed: boolean;
  /** It rests on the client's options: not for one that takes none. */
  readonly byClient?: boolean;
}

const ALL = { threshold: 0 } as const;
const BARE = { serverNoContextTakeover: true, clientNoContextTakeover: true } as const;

const NONE: Compression = {
  title: "neither side compresses",
  server: false,
  client: false,
  isAgreed: false,
  byClient: true,
};
const EVERYTHING: Compression = {
  title: "everything compressed",
  server: ALL,
  client: ALL,
  isAgreed: true,
};

const COMPRESSIONS: readonly Compression[] = [
  NONE,
  { title: "only the client offers to compress", server: false, client: true, isAgreed: false },
  { title: "only the server would compress", server: true, client: false, isAgreed: false, byClient: true },
  { title: "with the defaults", server: true, client: true, isAgreed: true },
  EVERYTHING,
  { title: "no context taken over", server: { ...BARE, ...ALL }, client: ALL, isAgreed: true },
  {
    title: "no context taken over by the server",
    server: { serverNoContextTakeover: true, ...ALL },
    client: ALL,
    isAgreed: true,
  },
  {
    title: "no context taken over by the client",
    server: { clientNoContextTakeover: true, ...ALL },
    client: ALL,
    isAgreed: true,
  },
  {
    title: "no context taken over, as the client wishes",
    server: ALL,
    client: { ...BARE, ...ALL },
    isAgreed: true,
    byClient: true,
  },
  {
    title: "the least windows",
    server: { serverMaxWindowBits: 9, clientMaxWindowBits: 9, ...ALL },
    client: ALL,
    isAgreed: true,
  },
  {
    title: "a window of 12 bits on the server's side",
    server: { serverMaxWindowBits: 12, ...ALL },
    client: ALL,
    isAgreed: true,
  },
  {
    title: "small windows and no context taken over, as the client wishes",
    server: ALL,
    client: { ...BARE, serverMaxWindowBits: 9, clientMaxWindowBits: 10, ...ALL },
    isAgreed: true,
    byClient: true,
  },
];

/** Lengths around those where a frame's header grows. */
const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000];

const VECTORS: readonly Message[] = [
  ...LENGTHS.flatMap((length) => [messageOf("x".repeat(length)), messageOf(patterned(length, length))]),
  messageOf("Hello", { compress: false }),
  messageOf("Hello", { asString: false }),
  messageOf("€ and 😀"),
  messageOf("é".repeat(70_000)),
  messageOf(Buffer.alloc(1_000_000, "0123456789")),
  // In fragments: cut inside a character, with empty ones in every place, and empty altogether.
  messageOf("😀€", { cuts: [1, 2, 5] }),
  messageOf("Hello", { cuts: [0, 3, 3, 5], compress: false }),
  messageOf("", { cuts: [0, 0] }),
  messageOf(Buffer.alloc(0), { cuts: [0] }),
  messageOf(patterned(100_000, 3), { cuts: [1, 65_537] }),
];

const MIB = 1024 * 1024;
/** More than the kernel takes in on either side, and does not compress. */
const NOISE = Array.from({ length: 5 }, (_, index) =>
  messageOf(Buffer.from(Uint32Array.from({ length: MIB / 4 }, (_, at) => (at + index) ** 3).buffer), {
    compress: false,
  }),
);
const MUCH: readonly Message[] = [
  messageOf(patterned(65_536, 5)),
  ...NOISE,
  messageOf("é".repeat(40_000), { cuts: [3, 4] }),
];

const MUCH_IN_SHORT = summaries(MUCH);

const CLOSES: readonly [code: number, reason: string][] = [
  [1000, ""],
  [1000, "bye"],
  [1001, "going away"],
  [1011, "no"],
  [3000, "é€😀"],
  [4999, "r".repeat(123)],
];

/** What is sent right before a close. */
const LAST = [
  messageOf(patterned(20_000, 5)),
  ...Array.from({ length: 20 }, (_, i) => messageOf(`last ${i}`)),
];

/** Waits until `from` gets rid of no more. The paused `to` still sends: a few of its messages are the clock. */
async function settled(from: AnySocket, to: AnySocket): Promise<void> {
  for (let rounds = 0; rounds < 5; rounds++) {
    const before = from.bufferedAmount;
    const other = received(from, 1);
    send(to, messageOf("still paused"));
    await other;
    if (from.bufferedAmount < before) rounds = 0;
  }
}

interface Meeting {
  readonly client: AnySocket;
  readonly peer: AnySocket;
  /** Brings another client, and its peer. */
  join(): Promise<[client: AnySocket, peer: AnySocket]>;
  end(): Promise<void>;
}

interface Terms {
  readonly server: AnyServerOptions;
  readonly client: Deflate;
  readonly protocols?: string[];
}

/** A server and its first client. */
async function meet(
  { listen, connect }: Pair,
  { server: options, client: deflate, protocols }: Terms,
): Promise<Meeting> {
  const server = listen(options);
  await once(server, "listening");
  const ends: Promise<unknown>[] = [];
  const sockets: AnySocket[] = [];
  const join = async (): Promise<[AnySocket, AnySocket]> => {
    const connected = once(server, "connection");
    const client = connect(`ws://127.0.0.1:${portOf(server)}`, protocols ?? [], deflate);
    ends.push(closeOf(client));
    await once(client, "open");
    const [peer] = (await connected) as [AnySocket];
    ends.push(closeOf(peer));
    // Peers first: not every client can be cut.
    sockets.unshift(peer);
    sockets.push(client);
    return [client, peer];
  };
  const [client, peer] = await join();
  const end = async () => {
    for (const socket of sockets) socket.terminate();
    await Promise.all(ends);
    await closed(server);
  };
  return { client, peer, join, end };
}

for (const pair of PAIRS) {
  const isPlain = pair.isPlainClient === true;
  const feasible = (messages: readonly Message[]) => (isPlain ? whole(messages) : messages);
  let meeting: Meeting;
  let client: AnySocket;
  let peer: AnySocket;

  const meetUnder =
    ({ server, client: deflate }: Compression) =>
    async () => {
      meeting = await meet(pair, { server: { perMessageDeflate: server }, client: deflate });
      ({ client, peer } = meeting);
    };

  /** The two ways between the sides; with a plain client, the one in which it can do its part. */
  const ways = (ofPlain: "both" | "up" | "down" = "both") => {
    const up = [client, peer] as const;
    const down = [peer, client] as const;
    if (!isPlain || ofPlain === "both") return [up, down];
    return ofPlain === "up" ? [up] : [down];
  };

  for (const compression of COMPRESSIONS)
    if (!isPlain || compression.byClient !== true)
      describe(`across implementations: ${pair.title}, ${compression.title}`, () => {
        beforeEach(meetUnder(compression));
        afterEach(() => meeting.end());

        /** Sends both ways at once, and checks what comes. */
        async function exchange(up: readonly Message[], down: readonly Message[]): Promise<void> {
          const got = Promise.all([received(peer, up.length), received(client, down.length)]);
          for (const each of up) send(client, each);
          for (const each of down) send(peer, each);
          expect(await got).to.deep.equal([summaries(up), summaries(down)]);
        }

        it("agrees on compression", () => {
          for (const { extensions } of [client, peer])
            expect(extensions.includes("permessage-deflate")).to.equal(compression.isAgreed);
        });

        it("carries text and binary of every length, whole and in fragments", () =>
          exchange(feasible(VECTORS), VECTORS));

        it("carries any messages both ways at once", () =>
          fc.assert(
            fc.asyncProperty(messages, messages, (up, down) => exchange(feasible(up), down)),
            { numRuns: 4 },
          ));

        it("keeps the order of hundreds of messages", () => {
          const many = Array.from({ length: 250 }, (_, i) =>
            messageOf(i % 25 === 0 ? patterned(i * 10, 3) : `message ${i} of many`, {
              compress: i % 3 !== 0,
            }),
          );
          return exchange(many, many);
        });

        it("carries prepared messages in their place among others, to each that they are sent to", async () => {
          // The first takes longer to compress than what comes after it.
          const contents = ["é".repeat(70_000), "", "prepared 😀", patterned(300, 1), patterned(70_000, 3)];
          const prepared = contents.map((content) =>
            typeof content === "string" ? prepareText(content) : prepareBinary(content),
          );
          const between = messageOf("in between");
          const sent = contents.flatMap((content) => [messageOf(content), messageOf(content), between]);
          const [otherClient, otherPeer] = await meeting.join();
          const got: Promise<string[]>[] = [];
          for (const [from, to] of [...ways(), [otherPeer, otherClient] as const])
            if (isOurs(from)) {
              got.push(received(to, sent.length));
              for (const message of prepared) {
                from.send(message);
                from.send(message);
                send(from, between);
              }
            }
          for (const inShort of await Promise.all(got)) expect(inShort).to.deep.equal(summaries(sent));
        });

        it("holds megabytes back while the receiver is paused, and loses nothing of them", async () => {
          for (const [from, to] of ways("up")) {
            to.pause();
            let told = 0;
            to.on("message", () => void told++);
            const all = received(to, MUCH.length);
            for (const each of feasible(MUCH)) send(from, each);
            await settled(from, to);
            expect(told).to.equal(0);
            expect(from.bufferedAmount, "held back").to.be.above(0);
            to.resume();
            expect(await all).to.deep.equal(MUCH_IN_SHORT);
          }
        });

        it("answers pings, also between fragments", async () => {
          for (const [from, to] of ways("down")) {
            const got = received(to, 1);
            const pinged = isPlain ? undefined : once(to, "ping");
            const pong = once(from, "pong");
            from.send(Buffer.from("first "), { binary: false, fin: false });
            from.ping("are you there?");
            from.send(Buffer.from("second"), { binary: false, fin: true });
            expect(String((await pong)[0])).to.equal("are you there?");
            expect(String((await pinged)?.[0] ?? "are you there?")).to.equal("are you there?");
            expect(await got).to.deep.equal(summaries([messageOf("first second")]));
          }
        });
      });

  for (const compression of [NONE, EVERYTHING])
    describe(`across implementations: ${pair.title}, ${compression.title}, the end`, () => {
      beforeEach(meetUnder(compression));
      afterEach(() => meeting.end());

      for (const starter of ["client", "server"] as const) {
        const sides = () => (starter === "client" ? ([client, peer] as const) : ([peer, client] as const));

        for (const [code, reason] of CLOSES)
          if (!isPlain || starter === "server" || code === 1000 || code >= 3000)
            it(`closes with ${code} ${JSON.stringify(reason.slice(0, 10))}, started by the ${starter}, behind what was sent before`, async () => {
              const [from, to] = sides();
              const ends = Promise.all([closeOf(from), closeOf(to)]);
              const got = received(to, LAST.length);
              for (const each of LAST) send(from, each);
              from.close(code, reason);
              expect(await got).to.deep.equal(summaries(LAST));
              const [[ownCode], end] = await ends;
              expect([ownCode, end]).to.deep.equal([code, [code, reason]]);
            });

        it(`closes without a code as 1005, started by the ${starter}`, async () => {
          const ends = Promise.all([closeOf(client), closeOf(peer)]);
          sides()[0].close();
          expect(await ends).to.deep.equal([
            [1005, ""],
            [1005, ""],
          ]);
        });

        if (!isPlain || starter === "server")
          it(`tells 1006 when the ${starter} cuts the connection`, async () => {
            const [from, to] = sides();
            const end = closeOf(to);
            from.terminate();
            expect((await end)[0]).to.equal(1006);
          });

        if (!isPlain)
          it(`tells a paused side of all that the ${starter} sent, and then of the close`, async () => {
            const [from, to] = sides();
            to.pause();
            let told = 0;
            to.on("message", () => void told++).on("close", () => void told++);
            const end = closeOf(to);
            const got = received(to, LAST.length);
            for (const each of LAST) send(from, each);
            from.close(4000, "later");
            // Closing, a side still hears what the other has to say.
            const other = received(from, 1);
            send(to, messageOf("still paused"));
            expect(await other).to.deep.equal(summaries([messageOf("still paused")]));
            expect(told).to.equal(0);
            to.resume();
            expect(await got).to.deep.equal(summaries(LAST));
            expect(await end).to.deep.equal([4000, "later"]);
          });
      }

      it("tells each side the other's code when both close at once", async () => {
        const ends = Promise.all([closeOf(client), closeOf(peer)]);
        client.close(4001, "the client's");
        peer.close(4002, "the server's");
        expect(await ends).to.deep.equal([
          [4002, "the server's"],
          [4001, "the client's"],
        ]);
      });
    });

  describe(`across implementations: ${pair.title}, what is agreed on and asked for`, () => {
    afterEach(() => meeting.end());

    const lastOf = (protocols: Set<string>) => [...protocols].at(-1) ?? false;
    for (const [title, protocols, handleProtocols, agreed] of [
      ["the first subprotocol that is offered", ["second", "first"], undefined, "second"],
      ["the subprotocol that the server picks", ["a", "b", "c"], lastOf, "c"],
      ["no subprotocol when none is offered", [], lastOf, ""],
    ] as const)
      it(`agrees on ${title}`, async () => {
        const server = { perMessageDeflate: false, ...(handleProtocols && { handleProtocols }) };
        meeting = await meet(pair, { server, client: false, protocols: [...protocols] });
        expect([meeting.client.protocol, meeting.peer.protocol]).to.deep.equal([agreed, agreed]);
      });

    it("keeps the order of ten thousand small messages that are sent at once", async () => {
      await meetUnder(NONE)();
      const many = Array.from({ length: 10_000 }, (_, i) => messageOf(`message ${i}`));
      for (const [from, to] of ways()) {
        const got = received(to, many.length);
        for (const each of many) send(from, each);
        expect(await got).to.deep.equal(summaries(many));
      }
    });

    it("takes a pong that nobody asked for, and answers none", async () => {
      await meetUnder(NONE)();
      for (const [from, to] of ways("down")) {
        let answers = 0;
        from.on("pong", () => void answers++);
        const pong = isPlain ? undefined : once(to, "pong");
        const got = received(to, 1);
        from.pong("here I am");
        send(from, messageOf("behind it"));
        await got;
        expect(String((await pong)?.[0] ?? "here I am")).to.equal("here I am");
        const back = received(from, 1);
        send(to, messageOf("and back"));
        await back;
        expect(answers).to.equal(0);
      }
    });
  });
}
