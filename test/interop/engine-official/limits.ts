/** What each side sees of messages at the limit and past it. */
import { expect } from "chai";
import { Inbox, next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { carried } from "./echo.ts";
import type { Pair, Rig } from "./rig.ts";

const LIMIT_BYTES = 10_000;
const server = { maxHttpBufferSize: LIMIT_BYTES };

/** Characters of the longest message that still fits into one request: revision 3 writes `9996:4` before it. */
const longestPosted = ({ client }: Rig): number => LIMIT_BYTES - (client.revision === 3 ? 6 : 1);
/** The packet's digit is part of a WebSocket message. */
const LONGEST_FRAMED = LIMIT_BYTES - 1;

async function expectTaken({ client, server }: Pair, length: number): Promise<void> {
  const text = "x".repeat(length);
  expect(await carried(client, server, [text])).to.deep.equal([text]);
}

const expectBytesTaken = async ({ client, server }: Pair, length: number): Promise<void> => {
  const bytes = Buffer.alloc(length, 7);
  expect(await carried(client, server, [bytes])).to.deep.equal([bytes]);
};

export const LIMITS: readonly Behaviour[] = [
  {
    title: "a POST at the limit is taken; past it the client sees 413 and the session is over",
    options: { server },
    run: async (rig) => {
      const pair = await rig.connect({ transports: ["polling"] });
      await expectTaken(pair, longestPosted(rig));
      const atServer = new Inbox(pair.server, "message");
      const ends = Promise.all([
        next(pair.client, "error"),
        next(pair.client, "close"),
        next(pair.server, "close"),
      ]);
      pair.client.send("x".repeat(longestPosted(rig) + 1));
      const [[error], [atClient]] = await ends;
      expect(error).to.include({ type: "TransportError", message: "xhr post error", description: 413 });
      expect(atClient).to.equal("transport error");
      expect(await atServer.holding(0)).to.deep.equal([]);
    },
  },
  {
    title: "a WebSocket message at the limit is taken; past it the connection ends with 1009",
    options: { server },
    run: async (rig) => {
      const pair = await rig.connect({ transports: ["websocket"] });
      await expectTaken(pair, LONGEST_FRAMED);
      await expectBytesTaken(pair, LONGEST_FRAMED);
      const atServer = new Inbox(pair.server, "message");
      const ends = Promise.all([next(pair.client, "close"), next(pair.server, "close")]);
      pair.client.send("x".repeat(LONGEST_FRAMED + 1));
      const [[atClient, details], [serverReason]] = await ends;
      expect([atClient, serverReason]).to.deep.equal(["transport close", "transport error"]);
      if (rig.client.revision === 4) expect(details).to.have.nested.property("context.code", 1009);
      expect(await atServer.holding(0)).to.deep.equal([]);
    },
  },
  {
    title: "messages that together pass the limit are posted in parts, by maxPayload",
    revision: 4,
    options: { server },
    run: async (rig) => {
      const { client, server } = await rig.connect({ transports: ["polling"] });
      const messages = Array.from({ length: 50 }, (_, number) => `${number}`.padStart(900, "é"));
      expect(await carried(client, server, messages)).to.deep.equal(messages);
      const posts = rig.wire.exchanges.filter(({ method }) => method === "POST");
      expect(posts.length).to.be.at.least(10);
    },
  },
  ...(["polling", "websocket"] as const).map(
    (transport): Behaviour => ({
      title: `the limit is none for what the server sends over ${transport}`,
      options: { server },
      run: async (rig) => {
        const { client, server } = await rig.connect({ transports: [transport] });
        const messages = ["é".repeat(LIMIT_BYTES), Buffer.alloc(5 * LIMIT_BYTES, 9)];
        expect(await carried(server, client, messages)).to.deep.equal(messages);
      },
    }),
  ),
  ...(["polling", "websocket"] as const).map(
    (transport): Behaviour => ({
      title: `messages just below the default limit of a megabyte over ${transport}`,
      run: async (rig) => {
        const pair = await rig.connect({ transports: [transport] });
        await expectTaken(pair, 999_990);
        // In Node both clients post bytes as base64, which adds a third.
        await expectBytesTaken(pair, transport === "polling" ? 749_980 : 999_990);
      },
    }),
  ),
];
