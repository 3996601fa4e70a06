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

export interface Packet {
  type: PacketTypeCode;
  /** The namespace; a CONNECT of revision 4 may carry its query behind it: `/admin?token=x`. */
  nsp: string;
  data?: unknown;
  /** Id of the acknowledgement that is asked for, or given. */
  id?: number | undefined;
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

/** The deepest nesting that is sent or taken. Far beyond real data, and far within every engine's stack. */
export const MAX_DEPTH = 1000;
