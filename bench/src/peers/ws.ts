import { createServer } from "node:http";
import { burstTexts } from "../burst-texts.ts";
import { websocket } from "../load/dialect.ts";
import { listen } from "./listen.ts";
import type { Peer } from "./peer.ts";

export const ws: Peer = {
  name: "ws",
  packages: ["ws"],
  dialect: websocket,
  apps: {
    async echo() {
      const { WebSocketServer } = await import("ws");
      const http = createServer();
      new WebSocketServer({ server: http }).on("connection", (connection) => {
        connection.on("message", (data, isBinary) => connection.send(data, { binary: isBinary }));
      });
      return listen(http);
    },
    async burst() {
      const { WebSocketServer } = await import("ws");
      const http = createServer();
      const server = new WebSocketServer({ server: http });
      server.on("connection", (connection) => {
        connection.on("message", (data) => {
          for (const text of burstTexts(data.toString()))
            for (const client of server.clients) client.send(text);
        });
      });
      return listen(http);
    },
  },
};
