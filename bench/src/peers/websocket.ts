import { createServer } from "node:http";
import { burstTexts } from "../burst-texts.ts";
import { websocket as dialect } from "../load/dialect.ts";
import { listen } from "./listen.ts";
import type { Peer } from "./peer.ts";

export const websocket: Peer = {
  name: "websocket",
  packages: ["@towline/websocket"],
  dialect,
  apps: {
    async echo() {
      const { WebSocketServer } = await import("@towline/websocket");
      const http = createServer();
      new WebSocketServer({ server: http }).on("connection", (connection) => {
        connection.on("message", (data, isBinary) => connection.send(data, { binary: isBinary }));
      });
      return listen(http);
    },
    async burst() {
      const { prepareText, WebSocketServer } = await import("@towline/websocket");
      const http = createServer();
      const server = new WebSocketServer({ server: http });
      server.on("connection", (connection) => {
        connection.on("message", (data) => {
          for (const text of burstTexts(data.toString())) {
            const message = prepareText(text);
            for (const client of server.clients ?? []) client.send(message);
          }
        });
      });
      return listen(http);
    },
  },
};
