/** Every option of the clients that changes what goes over the wire. */
import { Agent } from "node:http";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { expectMessages } from "./echo.ts";
import type { Options } from "./peers.ts";

const ORDERS: readonly [transports: readonly string[], seen: readonly string[]][] = [
  [["polling"], ["polling"]],
  [["websocket"], ["websocket"]],
  [
    ["polling", "websocket"],
    ["polling", "websocket"],
  ],
  [["websocket", "polling"], ["websocket"]],
];

const MODES: readonly Options[] = [
  { transports: ["polling"] },
  { transports: ["websocket"] },
  { transports: ["polling", "websocket"] },
];

const named = ({ transports }: Options): string => (transports as readonly string[]).join(", ");

export const OPTIONS: readonly Behaviour[] = [
  ...ORDERS.map(
    ([transports, seen]): Behaviour => ({
      title: `transports ${transports.join(", ")}`,
      run: async (rig) => {
        const pair = await rig.connect({ transports });
        await expectMessages(pair);
        // Polls go on beside the WebSocket until the upgrade is through.
        expect([...new Set(rig.wire.transports)]).to.deep.equal(seen);
        expect(pair.client.transport.name).to.equal(seen.at(-1));
        expect(pair.server.protocol).to.equal(rig.client.revision);
      },
    }),
  ),
  ...MODES.map(
    (mode): Behaviour => ({
      title: `forceBase64 over ${named(mode)}`,
      run: async (rig) => {
        await expectMessages(await rig.connect({ ...mode, forceBase64: true }));
        for (const { query } of rig.wire.exchanges) expect(query.get("b64")).to.equal("1");
        const types = rig.wire.exchanges.map(({ response }) => response?.getHeader("content-type"));
        expect(types).not.to.include("application/octet-stream");
      },
    }),
  ),
  ...MODES.flatMap((mode) =>
    [true, false].map(
      (timestampRequests): Behaviour => ({
        title: `timestampRequests ${timestampRequests} over ${named(mode)}`,
        run: async (rig) => {
          await expectMessages(await rig.connect({ ...mode, timestampRequests, timestampParam: "stamp" }));
          for (const { query } of rig.wire.exchanges) expect(query.has("stamp")).to.equal(timestampRequests);
        },
      }),
    ),
  ),
  ...MODES.map(
    (mode): Behaviour => ({
      title: `extraHeaders over ${named(mode)}`,
      run: async (rig) => {
        const { server } = await rig.connect({
          ...mode,
          extraHeaders: { "X-Token": "s3cret", Cookie: "a=b" },
        });
        expect(server.request.headers).to.include({ "x-token": "s3cret", cookie: "a=b" });
        for (const { headers } of rig.wire.exchanges) expect(headers["x-token"]).to.equal("s3cret");
      },
    }),
  ),
  {
    title: "transportOptions: headers of one transport only",
    run: async (rig) => {
      await rig.connect({ transportOptions: { websocket: { extraHeaders: { "X-Only": "websocket" } } } });
      for (const { headers, isUpgrade } of rig.wire.exchanges)
        expect(headers["x-only"]).to.equal(isUpgrade ? "websocket" : undefined);
    },
  },
  {
    title: "upgrade false stays on the first transport",
    run: async (rig) => {
      const pair = await rig.connect({ upgrade: false });
      await expectMessages(pair);
      expect(rig.wire.transports).to.deep.equal(["polling"]);
      expect(pair.server.transport.name).to.equal("polling");
    },
  },
  {
    title: "rememberUpgrade begins the second session on WebSocket",
    run: async (rig) => {
      const { client } = await rig.connect({ rememberUpgrade: true });
      client.close();
      const before = rig.wire.exchanges.length;
      await expectMessages(await rig.connect({ rememberUpgrade: true }));
      expect(rig.wire.exchanges.slice(before).map(({ isUpgrade }) => isUpgrade)).to.deep.equal([true]);
    },
  },
  {
    title: "path",
    options: { server: { path: "/deep/er" } },
    run: async (rig) => {
      await expectMessages(await rig.connect({ path: "/deep/er" }));
      for (const { path } of rig.wire.exchanges) expect(path).to.equal("/deep/er/");
    },
  },
  {
    title: "addTrailingSlash false",
    revision: 4,
    options: { server: { path: "/bare", addTrailingSlash: false } },
    run: async (rig) => {
      await expectMessages(await rig.connect({ path: "/bare", addTrailingSlash: false }));
      for (const { path } of rig.wire.exchanges) expect(path).to.equal("/bare");
    },
  },
  {
    title: "query, whatever is in it",
    run: async (rig) => {
      const query = { token: "a b&c=d é", __proto: "x", j2: "1" };
      const { server } = await rig.connect({ query });
      expect(server.request._query).to.include(query);
      for (const { query: seen } of rig.wire.exchanges) expect(seen.get("token")).to.equal(query.token);
    },
  },
  {
    title: "protocols: the server picks the first subprotocol",
    revision: 4,
    run: async (rig) => {
      const pair = await rig.connect({ transports: ["websocket"], protocols: ["first", "second"] });
      await expectMessages(pair);
      expect(pair.client.transport.ws).to.have.property("protocol", "first");
    },
  },
  {
    title: "an agent that keeps its connections",
    run: async (rig) => {
      const agent = new Agent({ keepAlive: true });
      await expectMessages(await rig.connect({ transports: ["polling"], agent }));
      // One for the poll that waits, and one for what is posted meanwhile.
      expect(rig.connections.length).to.be.at.most(2);
      agent.destroy();
    },
  },
  {
    title: "onlyBinaryUpgrades",
    revision: 3,
    run: async (rig) => expectMessages(await rig.connect({ onlyBinaryUpgrades: true })),
  },
  {
    title: "tryAllTransports finds the one on offer",
    revision: 4,
    options: { server: { transports: ["websocket"] } },
    run: async (rig) => {
      await expectMessages(await rig.connect({ tryAllTransports: true }));
      expect(rig.wire.transports).to.deep.equal(["polling", "websocket"]);
    },
  },
  {
    title: "the client's Fetch implementation",
    revision: 4,
    run: async (rig) => {
      const { Fetch } = rig.client.exported;
      const pair = await rig.connect({ transports: [Fetch] }, "polling");
      await expectMessages(pair);
      expect(rig.wire.first.headers["accept-encoding"]).to.include("gzip");
      const encodings = rig.wire.exchanges.map(({ response }) => response?.getHeader("content-encoding"));
      // The long answers are above the threshold of httpCompression.
      expect(encodings).to.include("gzip");
    },
  },
  ...(["transports", "allowUpgrades"] as const).map(
    (option): Behaviour => ({
      title: `a server that offers no upgrade, by its option ${option}`,
      options: { server: option === "transports" ? { transports: ["polling"] } : { allowUpgrades: false } },
      run: async (rig) => {
        const pair = await rig.connect({}, "polling");
        await expectMessages(pair);
        expect([pair.client, pair.server].map(({ transport }) => transport.name)).to.deep.equal([
          "polling",
          "polling",
        ]);
        expect(rig.wire.transports).to.deep.equal(["polling"]);
      },
    }),
  ),
  {
    title: "a transport that is not on offer is refused with an error and a close",
    options: { server: { transports: ["websocket"] } },
    run: async (rig) => {
      const client = rig.open({ transports: ["polling"] });
      const [[error], [reason]] = await Promise.all([next(client, "error"), next(client, "close")]);
      expect(error).to.include({ type: "TransportError", description: 400 });
      expect(reason).to.equal("transport error");
    },
  },
];
