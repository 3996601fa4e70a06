/** The official adapters, set up as their documentation says, but for shorter waits. */
import type { ServerOptions } from "socket.io";

type AdapterFactory = Exclude<ServerOptions["adapter"], undefined>;

export type AdapterName =
  | `${"" | "sharded "}redis-adapter with ${"redis" | "ioredis"}`
  | `redis-streams-adapter with ${"redis" | "ioredis"}`
  | "postgres-adapter"
  | "cluster-adapter";

/** How long a node waits for a broker that is down before it tries again. */
const RETRY_MS = 100;
const REQUEST_LIMIT_MS = 1_500;
const HEARTBEAT = { heartbeatInterval: 300, heartbeatTimeout: 1_500 };

const ADAPTERS: Record<AdapterName, (url: string) => Promise<AdapterFactory>> = {
  "redis-adapter with redis": async (url) => {
    const [pub, sub] = await redisClients(url);
    const { createAdapter } = await import("@socket.io/redis-adapter");
    return createAdapter(pub, sub, { requestsTimeout: REQUEST_LIMIT_MS });
  },
  "redis-adapter with ioredis": async (url) => {
    const [pub, sub] = await ioredisClients(url);
    const { createAdapter } = await import("@socket.io/redis-adapter");
    return createAdapter(pub, sub, {
      requestsTimeout: REQUEST_LIMIT_MS,
      publishOnSpecificResponseChannel: true,
    });
  },
  "sharded redis-adapter with redis": async (url) => {
    const [pub, sub] = await redisClients(url);
    const { createShardedAdapter } = await import("@socket.io/redis-adapter");
    return createShardedAdapter(pub, sub);
  },
  "sharded redis-adapter with ioredis": async (url) => {
    const [pub, sub] = await ioredisClients(url);
    const { createShardedAdapter } = await import("@socket.io/redis-adapter");
    return createShardedAdapter(pub, sub, { subscriptionMode: "dynamic-private" });
  },
  "redis-streams-adapter with redis": async (url) => {
    const [client] = await redisClients(url);
    const { createAdapter } = await import("@socket.io/redis-streams-adapter");
    return createAdapter(client, { blockTimeInMs: RETRY_MS, ...HEARTBEAT });
  },
  "redis-streams-adapter with ioredis": async (url) => {
    const [client] = await ioredisClients(url);
    const { createAdapter } = await import("@socket.io/redis-streams-adapter");
    return createAdapter(client, { blockTimeInMs: RETRY_MS, ...HEARTBEAT });
  },
  "postgres-adapter": async (url) => {
    const { default: pg } = await import("pg");
    /** One query after the other, so that what a node says goes out in order. */
    class OrderedPool extends pg.Pool {
      #last: Promise<unknown> = Promise.resolve();

      // biome-ignore lint/suspicious/noExplicitAny: `query` has a dozen overloads, of which only the promised ones are used.
      override query(...args: any[]): any {
        const query = super.query as (...args: unknown[]) => Promise<unknown>;
        const result = this.#last.then(() => query.apply(this, args));
        this.#last = result.catch(ignore);
        return result;
      }
    }
    const pool = new OrderedPool({ connectionString: url });
    pool.on("error", ignore);
    // The connection that listens is nobody's while it is out of the pool.
    pool.on("connect", (client) => client.on("error", ignore));
    const { createAdapter } = await import("@socket.io/postgres-adapter");
    return createAdapter(pool, { ...HEARTBEAT, errorHandler: ignore });
  },
  "cluster-adapter": async () => {
    const { createAdapter } = await import("@socket.io/cluster-adapter");
    return createAdapter(HEARTBEAT);
  },
};

export const loadAdapter = (name: AdapterName, brokerUrl: string): Promise<AdapterFactory> =>
  ADAPTERS[name](brokerUrl);

async function redisClients(url: string): Promise<readonly [unknown, unknown]> {
  const { createClient } = await import("redis");
  const pub = createClient({ url, socket: { reconnectStrategy: RETRY_MS } });
  const sub = pub.duplicate();
  for (const client of [pub, sub]) client.on("error", ignore);
  await Promise.all([pub.connect(), sub.connect()]);
  return [pub, sub];
}

async function ioredisClients(url: string): Promise<readonly [unknown, unknown]> {
  const { Redis } = await import("ioredis");
  const options = { retryStrategy: () => RETRY_MS, maxRetriesPerRequest: null, lazyConnect: true };
  const pub = new Redis(url, options);
  const sub = pub.duplicate();
  for (const client of [pub, sub]) client.on("error", ignore);
  // A subscription between "connect" and "ready" makes the client's own check fail, and is lost.
  await Promise.all([pub.connect(), sub.connect()]);
  return [pub, sub];
}

/** That the broker is away is no news: the tests take it away. */
function ignore(): void {}
