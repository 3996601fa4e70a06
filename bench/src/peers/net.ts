import { createServer } from "node:net";
import { tcp } from "../load/dialect.ts";
import { listen } from "./listen.ts";
import type { Peer } from "./peer.ts";

/** The floor: what reading and writing the same bytes costs when nobody looks at them. */
export const net: Peer = {
  name: "net",
  packages: [],
  dialect: tcp,
  apps: {
    async echo() {
      const server = createServer({ noDelay: true }, (socket) => {
        socket.on("data", (bytes) => socket.write(bytes));
        socket.on("error", () => socket.destroy());
      });
      return listen(server);
    },
  },
};
