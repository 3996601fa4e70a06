import { net } from "../peers/net.ts";
import { socketIo } from "../peers/socket.io.ts";
import { towline } from "../peers/towline.ts";
import { ws } from "../peers/ws.ts";
import { echo } from "../scenarios/echo.ts";
import { echo16k } from "../scenarios/echo-16k.ts";
import { pipelined } from "../scenarios/pipelined.ts";
import type { Suite } from "./suite.ts";

export const socketIoSuite: Suite = {
  name: "socket.io",
  summary: "@towline/socket.io, over WebSocket only",
  peers: [towline, socketIo, ws, net],
  own: towline,
  reference: socketIo,
  scenarios: [echo, pipelined, echo16k],
};
