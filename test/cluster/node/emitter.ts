/** A process without a server that speaks to the cluster through `@socket.io/redis-emitter`. */
import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";
import { isRequest } from "./messages.ts";
import { takeSteps } from "./run-steps.ts";
import { say } from "./say.ts";

async function main(): Promise<void> {
  const { NODE_NAME = "", BROKER_URL = "" } = process.env;
  process.on("disconnect", () => process.exit());
  const client = createClient({ url: BROKER_URL });
  await client.connect();
  const emitter = new Emitter(client);
  process.on("message", (message) => {
    if (!isRequest(message)) return;
    const { request, target, steps } = message;
    takeSteps(target.of === "namespace" ? emitter.of(target.name) : emitter, steps);
    say({ fromNode: NODE_NAME, message: { answers: request, value: undefined } });
  });
  say({ fromNode: NODE_NAME, message: { notice: "ready", port: 0, pid: process.pid } });
}

void main();
