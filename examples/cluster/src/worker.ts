import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { setupWorker } from "@socket.io/sticky";
import { Server } from "@towline/socket.io";
import { Redis } from "ioredis";
import { serveChat } from "../../chat/src/chat.ts";
import { buildPage } from "../../chat/src/page.ts";
import { LIMITS } from "../../chat/src/protocol.ts";
import { staticFiles } from "../../chat/src/static-files.ts";
import type { ClusterServer } from "./peer-events.ts";
import { PeerNeighbours } from "./peer-neighbours.ts";

const GRACE_MS = 8_000;

/** One of the servers: the chat, on a Socket.IO server whose broadcasts go through Redis. */
export async function runWorker(): Promise<void> {
  const { REDIS_URL = "" } = process.env;
  // Without an end of tries, so that the chat outlives a pause of Redis.
  const publisher = new Redis(REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: null });
  const subscriber = publisher.duplicate();
  for (const client of [publisher, subscriber])
    client.on("error", ({ message }) => console.error(`Worker ${process.pid}: Redis: ${message}`));
  await Promise.all([publisher.connect(), subscriber.connect()]);

  const http = createServer(staticFiles(await buildPage()));
  // The balancer sees the first request of a connection alone: a browser has to come by connection after connection.
  http.maxRequestsPerSocket = 1;
  const io: ClusterServer = new Server(http, {
    adapter: createAdapter(publisher, subscriber),
    // Room for a picture in base64, as polling carries it.
    maxHttpBufferSize: 2 * LIMITS.pictureBytes,
  });
  const neighbours = new PeerNeighbours(io, String(process.pid));
  const chat = serveChat(io, { graceMs: GRACE_MS, neighbours });
  // For the wire view: which of the workers this is.
  io.on("connection", (socket) => socket.emit("worker", process.pid));
  await neighbours.meet(chat);

  const close = async () => {
    neighbours.close();
    await io.close();
    chat.close();
    publisher.disconnect();
    subscriber.disconnect();
    process.disconnect();
  };
  process.on("message", (message) => {
    if (message === "close") void close();
  });
  // The balancer has been asked to end as well, and asks us.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  // The balancer's types find the official `socket.io` in this repository. In an application it is ours.
  setupWorker(io as unknown as Parameters<typeof setupWorker>[0]);
  process.send?.("ready");
}
