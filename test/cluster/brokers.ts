import pg from "pg";
import type { Broker } from "../support/brokers/broker.ts";
import { startPostgres } from "../support/brokers/postgres-server.ts";
import { startRedis } from "../support/brokers/redis-server.ts";

const STARTERS = { redis: startRedis, postgres: startPostgresWithTable };

export type BrokerName = keyof typeof STARTERS;

const started = new Map<BrokerName, Promise<Broker>>();

/** The one broker of this kind for the whole suite, started when first asked for. */
export function sharedBroker(name: BrokerName): Promise<Broker> {
  const broker = started.get(name) ?? STARTERS[name]();
  started.set(name, broker);
  return broker;
}

/** The adapter wants a table for what is too long for a notification. */
async function startPostgresWithTable(): Promise<Broker> {
  const broker = await startPostgres();
  const client = new pg.Client(broker.url);
  await client.connect();
  await client.query(
    "CREATE TABLE socket_io_attachments (id bigserial UNIQUE, created_at timestamptz DEFAULT NOW(), payload bytea)",
  );
  await client.end();
  return broker;
}

after(async () => {
  for (const broker of started.values()) await (await broker).close();
});
