/** A process without a server that speaks to the cluster through `@socket.io/redis-emitter`. */
import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";
import { type FromNode, isRequest } from "./messages.ts";
import { takeSteps } from "./run-steps.ts";

async function main(): Promise<void> {
  const { NODE_NAME = "", BROKER_URL = "" } = process.env;
  process.on("disconnect", () => process.exit());
  const client = createClient({ url: BROKER_URL });
  await client.connect();
  const emitter = new Emitter(client);
  const say = (message: FromNode["message"]) => {
    process.send?.({ fromNode: NODE_NAME, message });
  };
  process.on("message", (message) => {
    if (!isRequest(message)) return;
    const { request, target, steps } = message;
    takeSteps(target.of === "namespace" ? emitter.of(target.name) : emitter, steps);
    say({ answers: request, value: undefined });
  });
  say({ notice: "ready", port: 0, pid: process.pid });
}

void main();
