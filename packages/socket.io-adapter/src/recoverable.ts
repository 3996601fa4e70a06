import { PACKET_TYPE, type SocketPacket } from "@towline/socket.io-parser";
import type { BroadcastOptions } from "./ports.ts";

/** Whether a client that misses the packet gets it later: an event that asks for no answer and may not be lost. */
export const isRecoverable = (packet: SocketPacket, { flags }: Pick<BroadcastOptions, "flags">): boolean =>
  (packet.type === PACKET_TYPE.EVENT || packet.type === PACKET_TYPE.BINARY_EVENT) &&
  packet.id === undefined &&
  flags?.volatile !== true &&
  Array.isArray(packet.data);
