import { net } from "./net.ts";
import type { Peer } from "./peer.ts";
import { socketIo } from "./socket.io.ts";
import { towline } from "./towline.ts";
import { ws } from "./ws.ts";

/** Every server there is to measure, in the order of a round and of the table. */
export const PEERS: readonly Peer[] = [towline, socketIo, ws, net];

/** The one that ratios refer to. */
export const REFERENCE_PEER: Peer = socketIo;

/** The one that has to meet the targets. */
export const OWN_PEER: Peer = towline;
