import type { Broker } from "../support/brokers/broker.ts";
import { startPostgres } from "../support/brokers/postgres-server.ts";
import { startRedis } from "../support/brokers/redis-server.ts";

const STARTERS = { redis: startRedis, postgres: startPostgres };

export type BrokerName = keyof typeof STARTERS;

const started = new Map<BrokerName, Promise<Broker>>();

/** The one broker of this kind for the whole suite, started when first asked for. */
export function sharedBroker(name: BrokerName): Promise<Broker> {
  const broker = started.get(name) ?? STARTERS[name]();
  started.set(name, broker);
  return broker;
}

after(async () => {
  for (const broker of started.values()) await (await broker).close();
});
