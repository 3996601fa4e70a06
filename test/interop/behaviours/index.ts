/** Every behaviour, once, for all combinations of client, server and transport. */
import { type Combination, type Rig, speaksRevision4 } from "../rig.ts";
import { binary, binaryAcks } from "./binary.ts";
import { auth, customNamespace, multiplexing, root } from "./connecting.ts";
import { byClient, byServer, byServerWithConnection, byShutdown, cut } from "./disconnects.ts";
import { acks, events, lastWordDuringUpgrade, order, orderDuringUpgrade, sendBuffer } from "./messages.ts";
import { refused, refusedWithData, unknownNamespace } from "./refusals.ts";
import { rooms } from "./rooms.ts";

export interface Behaviour {
  readonly title: string;
  run(rig: Rig): Promise<void>;
  /** Absent when every combination behaves so. */
  readonly appliesTo?: (combination: Combination) => boolean;
}

export const BEHAVIOURS: readonly Behaviour[] = [
  { title: 'connects to "/" with its query', run: root },
  {
    title: "hands over auth",
    run: auth,
    // Revision 4 has only the query.
    appliesTo: (combination) => !speaksRevision4(combination),
  },
  { title: "connects to a custom namespace", run: customNamespace },
  { title: "carries two namespaces over one connection", run: multiplexing },
  { title: "events both ways", run: events },
  { title: "keeps the order of a burst both ways", run: order },
  { title: "keeps the order while the connection settles", run: orderDuringUpgrade },
  {
    title: "keeps what the server says at the moment of the upgrade",
    run: lastWordDuringUpgrade,
    appliesTo: ({ mode }) => mode.transports.length > 1,
  },
  { title: "sends what was emitted before the connection", run: sendBuffer },
  { title: "acks both ways", run: acks },
  { title: "binary both ways", run: binary },
  { title: "binary in acks both ways", run: binaryAcks },
  { title: "broadcasts to rooms, to members only", run: rooms },
  { title: "is refused by a middleware with its message", run: refused },
  { title: "is refused by a middleware with its data, and its connection goes on", run: refusedWithData },
  { title: 'is refused by an unknown namespace as "Invalid namespace"', run: unknownNamespace },
  { title: "disconnected by the server", run: byServer },
  {
    title: "disconnected by the server, connection and all",
    run: byServerWithConnection,
    appliesTo: ({ server, mode }) => !(server.lingersAfterPolling && mode.settled === "polling"),
  },
  { title: "disconnected by the client, which can come back", run: byClient },
  { title: "disconnected by the server's end", run: byShutdown },
  { title: "comes back by itself after the network was cut", run: cut },
];
