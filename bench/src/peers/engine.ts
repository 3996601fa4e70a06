import { createServer } from "node:http";
import { engineIo as dialect } from "../load/dialect.ts";
import { listen } from "./listen.ts";
import type { Peer } from "./peer.ts";

async function echo(): Promise<number> {
  const { attach } = await import("@towline/engine.io");
  const http = createServer();
  attach(http).on("connection", (socket) => {
    socket.on("message", (data: string | Buffer) => socket.send(data));
  });
  return listen(http);
}

export const engine: Peer = {
  name: "engine",
  packages: ["@towline/engine.io"],
  dialect,
  apps: { echo, sessions: echo },
};
