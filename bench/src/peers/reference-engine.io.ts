import { createServer } from "node:http";
import { engineIo as dialect } from "../load/dialect.ts";
import { listen } from "./listen.ts";
import type { Peer } from "./peer.ts";

async function echo(): Promise<number> {
  const { attach } = await import("reference-engine.io");
  const http = createServer();
  // Ours serves both revisions by default.
  attach(http, { allowEIO3: true }).on("connection", (socket) => {
    socket.on("message", (data: string | Buffer) => socket.send(data));
  });
  return listen(http);
}

export const referenceEngineIo: Peer = {
  name: "reference-engine.io",
  packages: ["reference-engine.io"],
  dialect,
  apps: { echo, sessions: echo },
};
