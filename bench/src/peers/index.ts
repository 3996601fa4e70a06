import { engine } from "./engine.ts";
import { net } from "./net.ts";
import type { Peer } from "./peer.ts";
import { referenceEngineIo } from "./reference-engine.io.ts";
import { socketIo } from "./socket.io.ts";
import { towline } from "./towline.ts";
import { uws } from "./uws.ts";
import { websocket } from "./websocket.ts";
import { ws } from "./ws.ts";

/** Every server there is to measure. */
export const PEERS: readonly Peer[] = [towline, socketIo, engine, referenceEngineIo, websocket, ws, net, uws];
