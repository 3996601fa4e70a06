import { clusterContract } from "./contract.ts";
import { chosenStack } from "./stack.ts";

// Nothing but our server is ours here: the adapters extend the official socket.io-adapter, through our inner names.
if (chosenStack() === "ours")
  for (const adapter of [
    "redis-adapter with redis",
    "sharded redis-adapter with ioredis",
    "redis-streams-adapter with redis",
    "cluster-adapter",
  ] as const)
    clusterContract(`@socket.io/${adapter}, on the official socket.io-adapter`, {
      stack: "ours under official adapters as they are",
      adapter,
      ...(adapter === "cluster-adapter" ? {} : { broker: "redis" }),
      failures: false,
    });
