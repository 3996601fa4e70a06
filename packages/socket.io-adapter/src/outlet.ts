import type { SocketPacket } from "@towline/socket.io-parser";
import { legacyOutlet } from "./compat.ts";
import { type Kept, keepData } from "./kept.ts";
import type { AdapterSocket, BroadcastFlags, NamespacePort, PreparedForAll, SocketId } from "./ports.ts";

/** What an adapter does to any socket, of our namespace or of another's. */
export type AnySocket = Omit<AdapterSocket, "deliver">;

/** The way of packets to the sockets of a namespace. */
export interface Outlet<Prepared = unknown, S extends AnySocket = AnySocket> {
  readonly sockets: ReadonlyMap<SocketId, S>;
  nextAckId(): number;
  /** Encodes a packet for any number of sockets. */
  prepare(packet: SocketPacket): Prepared;
  byteLengthOf(prepared: Prepared): number;
  /** Keeps a packet for later. */
  keep(prepared: Prepared, packet: SocketPacket): Kept;
  deliver(socket: S, prepared: Prepared, packet: SocketPacket, flags: BroadcastFlags): void;
  /** A packet that is kept has been delivered. */
  release(prepared: Prepared): void;
}

/** @param nsp a {@link NamespacePort}, or a namespace as the reference has it. */
export const outletOf = (nsp: unknown): Outlet =>
  (typeof (nsp as Partial<NamespacePort>).prepare === "function"
    ? portOutlet(nsp as NamespacePort)
    : legacyOutlet(nsp)) as Outlet;

const portOutlet = (nsp: NamespacePort): Outlet<PreparedForAll, AdapterSocket> => ({
  get sockets() {
    return nsp.sockets;
  },
  nextAckId: () => nsp.nextAckId(),
  prepare: (packet) => nsp.prepare(packet),
  byteLengthOf: ({ byteLength }) => byteLength,
  // The application may change its objects once it has sent them, and they may hold on to much else.
  keep: (prepared, packet) =>
    prepared.decode === undefined
      ? keepData(packet)
      : { data: () => prepared.decode?.().data as unknown[], prepared },
  deliver: (socket, prepared, packet, flags) => socket.deliver(prepared, packet, flags),
  release: (prepared) => prepared.release?.(),
});
