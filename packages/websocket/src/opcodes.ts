/** Frame opcodes (RFC 6455 §5.2): name → number on the wire. Numbers not listed are reserved. */
export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

export type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

/** First octet of a frame: it is the last one of its message. */
export const FIN = 0x80;
/** First octet of a frame: the message it begins is compressed (RFC 7692 §6). */
export const RSV1 = 0x40;

/** A control frame carries at most this many bytes (RFC 6455 §5.5). */
export const CONTROL_LIMIT_BYTES = 125;

export const isControl = (opcode: number): boolean => opcode >= OPCODE.close;
