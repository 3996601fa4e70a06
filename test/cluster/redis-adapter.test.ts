import { clusterContract } from "./contract.ts";
import { chosenStack, whileBrokerIsAway } from "./stack.ts";

const REDIS = { stack: chosenStack(), broker: "redis" } as const;
const whileAway = whileBrokerIsAway(chosenStack());

/** What `publish` of the client is rejected with, which the adapter does not look at. */
const lostCommand = /Socket closed unexpectedly|ECONNRESET|ECONNREFUSED|EPIPE/;

clusterContract("@socket.io/redis-adapter with redis", {
  ...REDIS,
  adapter: "redis-adapter with redis",
  failures: { owedAnswer: "timed out", lostCommand },
});

clusterContract("@socket.io/redis-adapter with ioredis", {
  ...REDIS,
  adapter: "redis-adapter with ioredis",
  failures: { owedAnswer: "timed out" },
});

clusterContract("@socket.io/redis-adapter, sharded, with redis", {
  ...REDIS,
  adapter: "sharded redis-adapter with redis",
  failures: { owedAnswer: "timed out", whileAway, lostCommand },
});

clusterContract("@socket.io/redis-adapter, sharded, with ioredis", {
  ...REDIS,
  adapter: "sharded redis-adapter with ioredis",
  failures: { owedAnswer: "timed out", whileAway },
});
