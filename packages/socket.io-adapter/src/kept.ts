import type { SocketPacket } from "@towline/socket.io-parser";

/** The data of a packet that is kept. */
export type Kept = () => unknown[];

/** Keeps the objects that the packet was made of. */
export const keepData = ({ data }: SocketPacket): Kept => {
  const kept = data as unknown[];
  return () => [...kept];
};
