import { PACKET_TYPE, type SocketPacket } from "@towline/socket.io-parser";
import type { BroadcastOptions } from "./ports.ts";

type Flagged = Pick<BroadcastOptions, "flags">;

/** Whether a client that misses the packet gets it later: an event that asks for no answer and may not be lost. */
export const isRecoverable = (packet: SocketPacket, { flags }: Flagged): boolean =>
  (packet.type === PACKET_TYPE.EVENT || packet.type === PACKET_TYPE.BINARY_EVENT) &&
  packet.id === undefined &&
  flags?.volatile !== true &&
  Array.isArray(packet.data);

/** Whether the log of a cluster has the packet, for clients of the namespace that come back. */
export function isLogged(nsp: unknown, packet: SocketPacket, options: Flagged): boolean {
  const { server } = nsp as { readonly server?: { readonly opts?: { connectionStateRecovery?: unknown } } };
  return Boolean(server?.opts?.connectionStateRecovery) && isRecoverable(packet, options);
}

/** The offset, if there is one, goes to the client as the last argument. */
export function appendOffset(packet: SocketPacket, offset: string | undefined): void {
  if (typeof offset === "string" && offset !== "") (packet.data as unknown[]).push(offset);
}
