import { net } from "../peers/net.ts";
import { socketIo } from "../peers/socket.io.ts";
import { towline } from "../peers/towline.ts";
import { ws } from "../peers/ws.ts";
import { broadcast } from "../scenarios/broadcast.ts";
import { burst } from "../scenarios/burst.ts";
import { connect } from "../scenarios/connect.ts";
import { echo } from "../scenarios/echo.ts";
import { echo16k } from "../scenarios/echo-16k.ts";
import { idleHeap, idleRss } from "../scenarios/idle.ts";
import { pipelined } from "../scenarios/pipelined.ts";
import { roomAmongFew, roomAmongMany } from "../scenarios/rooms.ts";
import type { Suite } from "./suite.ts";

export const socketIoSuite: Suite = {
  name: "socketio",
  summary: "@towline/socket.io, over WebSocket only",
  peers: [towline, socketIo, ws, net],
  own: towline,
  reference: socketIo,
  scenarios: [
    echo,
    pipelined,
    echo16k,
    burst,
    broadcast,
    roomAmongFew,
    roomAmongMany,
    connect,
    idleHeap,
    idleRss,
  ],
};
