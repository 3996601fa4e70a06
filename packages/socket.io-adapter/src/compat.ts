/**
 * The inner names by which the adapters of `socket.io-adapter` reach the sockets of `socket.io`. A namespace that is not
 * ours, the reference's or one of somebody's tests, is served through them.
 */
import type { SocketPacket } from "@towline/socket.io-parser";
import { keepData } from "./kept.ts";
import type { Outlet } from "./outlet.ts";
import type { AdapterSocket, BroadcastFlags, SocketId } from "./ports.ts";

type EncodedPackets = readonly (string | Uint8Array)[];

interface LegacySocket extends Omit<AdapterSocket, "deliver"> {
  readonly client: {
    writeToEngine(
      encodedPackets: EncodedPackets,
      options: { preEncoded: true; volatile: boolean | undefined; compress: boolean | undefined },
    ): void;
  };
  notifyOutgoingListeners?(packet: SocketPacket): void;
}

interface LegacyNamespace {
  readonly sockets: ReadonlyMap<SocketId, LegacySocket>;
  readonly server: { readonly encoder: { encode(packet: SocketPacket): EncodedPackets } };
  /** The id of the next acknowledgement. */
  _ids?: number;
}

export function legacyOutlet(nsp: unknown): Outlet<EncodedPackets, LegacySocket> {
  const namespace = nsp as LegacyNamespace;
  return {
    get sockets() {
      return namespace.sockets;
    },
    nextAckId() {
      const id = namespace._ids ?? 0;
      namespace._ids = id + 1;
      return id;
    },
    prepare: (packet) => namespace.server.encoder.encode(packet),
    byteLengthOf: (parts) => parts.reduce((sum, { length }) => sum + length, 0),
    keep: (_, packet) => keepData(packet),
    release() {},
    deliver(socket, encodedPackets, packet, { volatile, compress }: BroadcastFlags) {
      socket.notifyOutgoingListeners?.(packet);
      socket.client.writeToEngine(encodedPackets, { preEncoded: true, volatile, compress });
    },
  };
}
