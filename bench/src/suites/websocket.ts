import { net } from "../peers/net.ts";
import { uws } from "../peers/uws.ts";
import { websocket } from "../peers/websocket.ts";
import { ws } from "../peers/ws.ts";
import { wsBurst } from "../scenarios/ws-burst.ts";
import { wsConnect } from "../scenarios/ws-connect.ts";
import { wsEcho } from "../scenarios/ws-echo.ts";
import { wsEcho1m } from "../scenarios/ws-echo-1m.ts";
import { wsEcho16k } from "../scenarios/ws-echo-16k.ts";
import { wsIdleHeap } from "../scenarios/ws-idle-heap.ts";
import { wsIdleRss } from "../scenarios/ws-idle-rss.ts";
import { wsPipelined } from "../scenarios/ws-pipelined.ts";
import type { Suite } from "./suite.ts";

export const websocketSuite: Suite = {
  name: "websocket",
  summary: "@towline/websocket, without compression",
  peers: [websocket, ws, net, uws],
  own: websocket,
  reference: ws,
  scenarios: [wsEcho, wsPipelined, wsEcho16k, wsEcho1m, wsBurst, wsConnect, wsIdleHeap, wsIdleRss],
};
