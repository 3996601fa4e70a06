import { clusterContract } from "./contract.ts";
import { chosenStack, whileBrokerIsAway } from "./stack.ts";

for (const client of ["redis", "ioredis"] as const)
  clusterContract(`@socket.io/redis-streams-adapter with ${client}`, {
    stack: chosenStack(),
    broker: "redis",
    adapter: `redis-streams-adapter with ${client}`,
    failures: { owedAnswer: "timed out", whileAway: whileBrokerIsAway(chosenStack()) },
  });
