import { socketIo as dialect } from "../load/dialect.ts";
import type { Peer } from "./peer.ts";
import { socketIoApps } from "./socket-io-apps.ts";

export const towline: Peer = {
  name: "towline",
  packages: ["@towline/socket.io"],
  dialect,
  apps: socketIoApps(() => import("@towline/socket.io")),
};
