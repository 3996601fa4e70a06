import { createServer } from "node:http";
import { websocket } from "../load/dialect.ts";
import { listen } from "./listen.ts";
import type { Peer } from "./peer.ts";

export const ws: Peer = {
  name: "ws",
  package: "ws",
  dialect: websocket,
  async serve() {
    const { WebSocketServer } = await import("ws");
    const http = createServer();
    new WebSocketServer({ server: http }).on("connection", (connection) => {
      connection.on("message", (data, isBinary) => connection.send(data, { binary: isBinary }));
    });
    return listen(http);
  },
};
