/** Entry point of a process with our server. Answers every message of its parent with a report. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { attach, type Socket } from "@towline/engine.io";
import { Count, LEAD, MESSAGES, numbered } from "./conversation.ts";
import type { Report } from "./report.ts";

/** Some objects go only after others. */
const COLLECTIONS = 4;
const COLLECTION_PAUSE_MS = 50;

const http = createServer();
const engine = attach(http);
const faults: string[] = [];
let sessions = 0;
let upgraded = 0;
let messages = 0;

engine.on("connection", (socket: Socket) => {
  const count = new Count();
  for (let number = 0; number < LEAD; number++) socket.send(numbered(number));
  socket.on("message", (data) => {
    messages++;
    const answer = count.hear(data) + LEAD;
    if (answer < MESSAGES) socket.send(numbered(answer));
  });
  socket.once("close", (reason) => {
    sessions++;
    if (socket.upgraded || socket.transport.name === "websocket") upgraded++;
    const fault = count.firstFault ?? (count.isComplete ? undefined : "messages are missing");
    if (fault !== undefined) faults.push(fault);
    if (reason !== "transport close") faults.push(`closed by ${reason}`);
  });
});

async function report(): Promise<Report> {
  if (globalThis.gc === undefined) throw new Error("start this process with --expose-gc");
  http.closeAllConnections();
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    await pause(COLLECTION_PAUSE_MS);
    globalThis.gc();
  }
  const { port } = http.address() as AddressInfo;
  const { clientsCount } = engine;
  const { heapUsed: heapBytes, external: externalBytes } = process.memoryUsage();
  return {
    port,
    sessions,
    upgraded,
    messages,
    faults: faults.slice(0, 10),
    clientsCount,
    heapBytes,
    externalBytes,
  };
}

process.on("message", async () => process.send?.(await report()));
// The tests may end without a word; their server must not outlive them.
process.on("disconnect", () => process.exit());

http.listen(0, "127.0.0.1");
await once(http, "listening");
process.send?.("ready");
