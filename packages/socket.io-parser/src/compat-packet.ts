/** Packets as code written for `socket.io-parser` 4 knows them. Our own code uses `SocketPacket`. */

/** An enum, though we have none of our own: that code uses `PacketType.EVENT` for a type as well as for a value. */
export enum PacketType {
  CONNECT = 0,
  DISCONNECT = 1,
  EVENT = 2,
  ACK = 3,
  CONNECT_ERROR = 4,
  BINARY_EVENT = 5,
  BINARY_ACK = 6,
}

export interface Packet {
  type: PacketType;
  nsp: string;
  // biome-ignore lint/suspicious/noExplicitAny: code written for socket.io-parser uses data without a check; unknown would not compile.
  data?: any;
  id?: number;
  attachments?: number;
}
