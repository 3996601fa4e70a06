import { createServer } from "node:http";
import { socketIo as dialect } from "../load/dialect.ts";
import { listen } from "./listen.ts";
import type { Peer } from "./peer.ts";

export const towline: Peer = {
  name: "towline",
  packages: ["@towline/socket.io"],
  dialect,
  apps: {
    async echo() {
      const { Server } = await import("@towline/socket.io");
      const http = createServer();
      const io = new Server(http, { transports: ["websocket"] });
      io.on("connection", (socket) => {
        socket.on("echo", (data: unknown) => {
          socket.emit("echo", data);
        });
      });
      return listen(http);
    },
  },
};
