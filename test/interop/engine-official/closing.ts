/** Closes from either side, at any moment. Each end hears of it once, and what was sent before arrives. */
import { expect } from "chai";
import { Inbox, next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Options, ServerEnd } from "./peers.ts";
import type { Pair, Rig } from "./rig.ts";

const MODES: readonly Options[] = [
  { transports: ["polling"] },
  { transports: ["websocket"] },
  { transports: ["polling", "websocket"] },
];

const named = ({ transports }: Options): string => (transports as readonly string[]).join(" → ");

interface Moment {
  readonly title: string;
  /** Only for a session that changes its transport. */
  readonly needsUpgrade?: boolean;
  reach(rig: Rig, mode: Options): Promise<Pair>;
}

/** Both ends of a session whose server end has just emitted `event`. */
async function atServers(rig: Rig, mode: Options, event: string): Promise<Pair> {
  const arrived = new Promise<ServerEnd>((resolve) => rig.engine.once("connection", resolve));
  const client = rig.open(mode);
  const server = await arrived;
  await next(server, event);
  return { client, server };
}

const MOMENTS: readonly Moment[] = [
  { title: "when it has settled", reach: (rig, mode) => rig.connect(mode) },
  {
    title: "as soon as it is open",
    reach: async (rig, mode) => {
      const client = rig.open(mode);
      return { client, server: await rig.serverOf(client) };
    },
  },
  {
    title: "as the probe's WebSocket arrives",
    needsUpgrade: true,
    reach: (rig, mode) => atServers(rig, mode, "upgrading"),
  },
  {
    title: "as the server upgrades",
    needsUpgrade: true,
    reach: (rig, mode) => atServers(rig, mode, "upgrade"),
  },
  {
    title: "as the client upgrades",
    needsUpgrade: true,
    reach: async (rig, mode) => {
      const client = rig.open(mode);
      const upgraded = next(client, "upgrade");
      const server = await rig.serverOf(client);
      await upgraded;
      return { client, server };
    },
  },
];

interface Closer {
  readonly title: string;
  close(pair: Pair): void;
  /** The message that must still arrive, and where. */
  readonly last?: "client" | "server";
  readonly reasons: readonly [client: readonly string[], server: readonly string[]];
}

const CLOSERS: readonly Closer[] = [
  {
    title: "client.close()",
    close: ({ client }) => {
      client.send("last");
      client.close();
      client.send("late");
      client.close();
    },
    last: "server",
    reasons: [["forced close"], ["transport close"]],
  },
  {
    title: "server.close()",
    close: ({ server }) => {
      server.send("last");
      server.close();
      server.send("late");
      server.close();
    },
    last: "client",
    reasons: [["transport close"], ["forced close"]],
  },
  {
    title: "server.close(true)",
    close: ({ server }) => {
      server.close(true);
      server.send("late");
      server.close(true);
    },
    // A client that polls afterwards finds its session gone.
    reasons: [["transport close", "transport error"], ["forced close"]],
  },
  {
    title: "both ends at once",
    close: ({ client, server }) => {
      client.close();
      server.close();
    },
    reasons: [["forced close"], ["forced close", "transport close"]],
  },
];

const closed = (
  mode: Options,
  { reach, title: when }: Moment,
  { close, last, reasons, title }: Closer,
): Behaviour => ({
  title: `${title} ${when}, over ${named(mode)}`,
  run: async (rig) => {
    const pair = await reach(rig, mode);
    const { client, server } = pair;
    const atClient = new Inbox(client, "close");
    const atServer = new Inbox(server, "close");
    const arrived = last && new Inbox(pair[last], "message");
    close(pair);
    const [[clientClose], [serverClose]] = await Promise.all([atClient.holding(1), atServer.holding(1)]);
    expect(clientClose?.[0]).to.be.oneOf([...reasons[0]]);
    expect(serverClose?.[0]).to.be.oneOf([...reasons[1]]);
    expect([client.readyState, server.readyState, rig.engine.clientsCount]).to.deep.equal([
      "closed",
      "closed",
      0,
    ]);
    if (arrived !== undefined) expect(await arrived.holding(1)).to.deep.equal([["last"]]);
    for (const inbox of [atClient, atServer]) expect(await inbox.holding(1)).to.have.length(1);
  },
});

/** Such a client just goes; over polling its request is on the way already, and opens a session that nobody wants. */
const whileOpening = (mode: Options): Behaviour => ({
  title: `client.close() before it is open, over ${named(mode)}`,
  options: { server: { pingInterval: 30, pingTimeout: 30 } },
  run: async (rig) => {
    const orphaned =
      named(mode) !== "websocket" &&
      new Promise((resolve) => rig.engine.once("connection", (server) => resolve(next(server, "close"))));
    const client = rig.open(mode);
    const opens = new Inbox(client, "open");
    const closed = next(client, "close");
    client.close();
    await closed;
    if (orphaned !== false) expect(await orphaned).to.have.property("0", "ping timeout");
    expect(await opens.holding(0)).to.deep.equal([]);
  },
});

const inConnection = (mode: Options, discard: boolean): Behaviour => ({
  title: `server.close(${discard || ""}) in its "connection" listener, over ${named(mode)}`,
  run: async (rig) => {
    const gone = new Promise((resolve) =>
      rig.engine.once("connection", (server) => {
        next(server, "close").then(resolve);
        if (!discard) server.send("last");
        server.close(discard);
      }),
    );
    const client = rig.open(mode);
    const messages = new Inbox(client, "message");
    const [closed] = await Promise.all([next(client, "close"), gone]);
    expect(closed[0]).to.be.oneOf(discard ? ["transport close", "transport error"] : ["transport close"]);
    if (!discard) expect(await messages.holding(1)).to.deep.equal([["last"]]);
  },
});

export const CLOSING: readonly Behaviour[] = MODES.flatMap((mode) => [
  ...MOMENTS.filter(({ needsUpgrade = false }) => !needsUpgrade || named(mode).includes("→")).flatMap(
    (moment) => CLOSERS.map((closer) => closed(mode, moment, closer)),
  ),
  whileOpening(mode),
  inConnection(mode, false),
  inConnection(mode, true),
  {
    title: `the whole server closes, over ${named(mode)}`,
    run: async (rig) => {
      const pairs = [await rig.connect(mode), await rig.connect(mode), await rig.connect(mode)];
      const ends = pairs.map(({ client, server }) =>
        Promise.all([next(client, "close"), next(server, "close")]),
      );
      rig.engine.close();
      for (const [, [reason]] of await Promise.all(ends)) expect(reason).to.equal("forced close");
    },
  },
]);
