import { socketIo as dialect } from "../load/dialect.ts";
import type { Peer } from "./peer.ts";
import { socketIoApps } from "./socket-io-apps.ts";

export const socketIo: Peer = {
  name: "socket.io",
  packages: ["reference-socket.io"],
  dialect,
  apps: socketIoApps(() => import("reference-socket.io")),
};
