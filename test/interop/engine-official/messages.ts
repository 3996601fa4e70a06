/** Bytes of every kind, compression, and many messages at a time. */
import { expect } from "chai";
import { Inbox } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { carried, expectMessages, plain } from "./echo.ts";
import type { Options } from "./peers.ts";

const MODES: readonly Options[] = [
  { transports: ["polling"] },
  { transports: ["polling"], forceBase64: true },
  { transports: ["websocket"] },
  { transports: ["websocket"], forceBase64: true },
];

const named = ({ transports, forceBase64 }: Options): string =>
  `${(transports as readonly string[]).join()}${forceBase64 === true ? " with base64" : ""}`;

const bytes = Buffer.from([9, 9, 0, 1, 127, 128, 254, 255, 10, 13, 9, 9, 9, 9, 9, 9]);
const memory = Uint8Array.from(bytes).buffer;

/** Bytes 2 to 10 of `memory`, but for those that cannot show a part. */
const KINDS: readonly (readonly [name: string, data: ArrayBuffer | ArrayBufferView, wire: Buffer])[] = [
  ["Buffer", Buffer.from(memory, 2, 8), bytes.subarray(2, 10)],
  ["ArrayBuffer", memory, bytes],
  ["Uint8Array", new Uint8Array(memory, 2, 8), bytes.subarray(2, 10)],
  ["Int16Array", new Int16Array(memory, 2, 4), bytes.subarray(2, 10)],
  ["Uint32Array", new Uint32Array(memory, 4, 2), bytes.subarray(4, 12)],
  ["Float64Array", new Float64Array(memory, 8, 1), bytes.subarray(8, 16)],
  ["DataView", new DataView(memory, 2, 8), bytes.subarray(2, 10)],
  ["an empty ArrayBuffer", new ArrayBuffer(0), Buffer.alloc(0)],
];

/** The parser of revision 3 takes these alone; it makes text of the views. */
const OF_REVISION_3 = new Set(["Buffer", "ArrayBuffer", "an empty ArrayBuffer"]);

const MANY = Array.from({ length: 10_000 }, (_, number) =>
  number % 5 === 4 ? Buffer.from([number]) : `${number}`,
);

const kinds = (mode: Options): Behaviour => ({
  title: `bytes of every kind over ${named(mode)}`,
  run: async (rig) => {
    const { client, server } = await rig.connect(mode);
    for (const [name, data, wire] of KINDS) {
      expect(await carried(server, client, [data]), `${name} from the server`).to.deep.equal([wire]);
      if (rig.client.revision === 3 && !OF_REVISION_3.has(name)) continue;
      expect(await carried(client, server, [data]), `${name} from the client`).to.deep.equal([wire]);
    }
  },
});

const binaryTypes = (mode: Options): Behaviour => ({
  title: `binaryType arraybuffer over ${named(mode)}`,
  run: async (rig) => {
    const { client, server } = await rig.connect(mode);
    client.binaryType = "arraybuffer";
    const inbox = new Inbox(client, "message");
    server.send(bytes);
    const [[data] = []] = await inbox.holding(1);
    expect(data).to.be.instanceOf(ArrayBuffer);
    expect(plain(data)).to.deep.equal(bytes);
  },
});

const manyAtOnce = (mode: Options): Behaviour => ({
  title: `10,000 messages in one tick over ${named(mode)}`,
  run: async (rig) => {
    const { client, server } = await rig.connect(mode);
    const ways = [carried(client, server, MANY), carried(server, client, MANY)];
    for (const way of ways) expect(await way).to.deep.equal(MANY);
  },
});

const callbacks = (mode: Options): Behaviour => ({
  title: `callbacks of both ends, one for each message and in order, over ${named(mode)}`,
  run: async (rig) => {
    const { client, server } = await rig.connect(mode);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const inbox = new Inbox(to, "message");
      const called: number[] = [];
      const all = new Promise<void>((resolve) => {
        for (let number = 0; number < 20; number++)
          from.send(`${number}`, { compress: number % 2 === 0 }, () => {
            called.push(number);
            if (called.length === 20) resolve();
          });
      });
      await Promise.all([all, inbox.holding(20)]);
      expect(called).to.deep.equal(Array.from({ length: 20 }, (_, number) => number));
    }
  },
});

const COMPRESSED: Behaviour = {
  title: "perMessageDeflate, agreed on and used by both sides",
  options: { server: { perMessageDeflate: { threshold: 0 } } },
  run: async (rig) => {
    const pair = await rig.connect({ transports: ["websocket"], perMessageDeflate: { threshold: 0 } });
    expect(pair.client.transport.ws?.extensions).to.contain("permessage-deflate");
    const [connection] = rig.connections;
    const long = "x".repeat(500_000);
    expect(await carried(pair.client, pair.server, [long])).to.deep.equal([long]);
    expect(await carried(pair.server, pair.client, [long])).to.deep.equal([long]);
    expect(connection?.bytesRead).to.be.below(10_000);
    expect(connection?.bytesWritten).to.be.below(10_000);
    await expectMessages(pair);
  },
};

const UNCOMPRESSED: Behaviour = {
  title: "perMessageDeflate is off unless asked for",
  run: async (rig) => {
    const { client } = await rig.connect({ transports: ["websocket"], perMessageDeflate: { threshold: 0 } });
    // The client of revision 3 has nothing there in place of an empty text.
    expect(client.transport.ws?.extensions || "").to.equal("");
  },
};

export const MESSAGES: readonly Behaviour[] = [
  ...MODES.flatMap((mode) => [kinds(mode), binaryTypes(mode), manyAtOnce(mode), callbacks(mode)]),
  COMPRESSED,
  UNCOMPRESSED,
];
