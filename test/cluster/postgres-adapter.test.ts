import { clusterContract } from "./contract.ts";
import { chosenStack } from "./stack.ts";

clusterContract("@socket.io/postgres-adapter", {
  stack: chosenStack(),
  broker: "postgres",
  adapter: "postgres-adapter",
  failures: { owedAnswer: "given up" },
});
