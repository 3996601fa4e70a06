/** Cuts the connections of a crowd of clients, thousands of times, while a server emits to them. */
import { createServer } from "node:http";
import { Random } from "../../simulation/random.ts";
import { listen } from "../listen.ts";
import { FrailLink } from "./frail-link.ts";
import { Model } from "./model.ts";
import type { ClientLibrary, ClientSocket, RecoveryOptions, ServerLibrary } from "./peers.ts";

export interface Run {
  readonly server: ServerLibrary;
  readonly client: ClientLibrary;
  readonly transports: readonly string[];
  readonly seed: number;
  readonly clients: number;
  /** How often a connection is cut, in all. */
  readonly drops: number;
  /** How long everybody may take at the end to get everything. Defaults to 20 s. */
  readonly patienceMs?: number;
  readonly recovery?: RecoveryOptions;
  /** Whether middlewares look at each socket, and take their time. */
  readonly hasMiddleware?: boolean;
}

export interface Outcome {
  readonly faults: readonly string[];
  readonly drops: number;
  readonly recoveries: number;
  readonly emitted: number;
}

/** Bytes of a WebSocket's opening and of the packets that open a session: cuts fall into them as well as behind them. */
const MOST_BYTES = 1500;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function runDrops(run: Run): Promise<Outcome> {
  const { client, drops } = run;
  const random = new Random(run.seed);
  const http = createServer();
  const { recovery = {} } = run;
  const io = run.server.create(http, { pingInterval: 200, pingTimeout: 200, recovery });
  const port = await listen(http);
  const model = new Model(io, random);
  if (run.hasMiddleware === true) io.use((_socket, next) => setTimeout(next, random.between(0, 5)));
  let [cuts, recoveries, isOver] = [0, 0, false];
  const links: FrailLink[] = [];
  const crowd: ClientSocket[] = [];

  for (let i = 0; i < run.clients; i++) {
    const link = new FrailLink(port);
    const url = `http://127.0.0.1:${await link.listen()}`;
    const socket = client.connect(url, {
      transports: run.transports,
      forceNew: true,
      reconnectionDelay: 1,
      reconnectionDelayMax: 2,
      randomizationFactor: 0,
      // The official client does not notice by itself when a WebSocket is cut before the session's handshake.
      timeout: 500,
    });
    socket.on("event", (number) => model.onHeard(socket.id, number));
    socket.on("connect", () => {
      if (socket.recovered) recoveries++;
    });
    link.onCut(() => cuts++);
    links.push(link);
    crowd.push(socket);
  }

  while (cuts < drops) {
    for (let actions = random.between(0, 3); actions > 0; actions--) model.act();
    const link = random.pick(links);
    if (random.chance(0.05)) link.cut();
    else if (random.chance(0.2)) link.cutAfter(random.between(1, MOST_BYTES));
    await turn();
  }

  // From here on the network holds, so that everyone gets all that is for it.
  for (const link of links) link.cutAfter(Number.POSITIVE_INFINITY);
  const deadline = setTimeout(() => {
    isOver = true;
  }, run.patienceMs ?? 20_000);
  const isSettled = () => crowd.every(({ connected, id }) => connected && model.isComplete(id));
  while (!isOver && !crowd.every(({ connected }) => connected)) await turn();
  model.emitToAll();
  while (!isOver && !isSettled()) await turn();
  clearTimeout(deadline);
  const lacks = isSettled() ? [] : crowd.map(({ id }) => model.lackOf(id));

  for (const socket of crowd) socket.disconnect();
  await io.close();
  http.closeAllConnections();
  for (const link of links) await link.close();
  return { faults: [...model.faults, ...lacks], drops: cuts, recoveries, emitted: model.emitted };
}
