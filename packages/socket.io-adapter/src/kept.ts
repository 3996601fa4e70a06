import type { SocketPacket } from "@towline/socket.io-parser";

/** A packet that is kept. */
export interface Kept {
  /** Its data, as far as possible as it was sent. */
  data(): unknown[];
  /** What its namespace has made of it, where that is kept. */
  readonly prepared?: unknown;
}

/** Keeps the objects that the packet was made of. */
export const keepData = ({ data }: SocketPacket): Kept => {
  const kept = data as unknown[];
  return { data: () => [...kept] };
};
