/** Packet types by their digit on the wire. Revisions 4 and 5 share them; in revision 4 the fourth is named ERROR. */
export const PACKET_TYPE = {
  CONNECT: 0,
  DISCONNECT: 1,
  EVENT: 2,
  ACK: 3,
  CONNECT_ERROR: 4,
  BINARY_EVENT: 5,
  BINARY_ACK: 6,
} as const;

export type PacketTypeCode = (typeof PACKET_TYPE)[keyof typeof PACKET_TYPE];

/**
 * A packet as our own code handles it. The type says EVENT or ACK whether there are bytes in the data or not: which of
 * the two kinds goes over the wire is the codec's business.
 */
export interface SocketPacket {
  type: PacketTypeCode;
  /** The namespace; a CONNECT of revision 4 may carry its query behind it: `/admin?token=x`. */
  nsp: string;
  data?: unknown;
  /** Id of the acknowledgement that is asked for, or given. */
  id?: number | undefined;
}

/** A packet that has been read: what is not there is left out. */
export interface DecodedPacket extends SocketPacket {
  id?: number;
}

/** Event names that the API keeps for itself. */
export const RESERVED_EVENTS: ReadonlySet<unknown> = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

/** The deepest nesting that is taken. Far beyond real data, and far within every engine's stack. */
export const MAX_DEPTH = 1000;

/** The deepest that is sent: what was taken can be passed on, and with something around it. */
export const MAX_SENT_DEPTH = 1100;

/** The most arguments of an event or acknowledgement that are taken: they are spread over a call, which has its stack to fill. */
export const MAX_ARGUMENTS = 10_000;
