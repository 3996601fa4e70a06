/** What a frame against the rules of WebSocket comes to. */
import type { Difference } from "./step.ts";

export interface BrokenFrame {
  /** Of the close frame that answers it. */
  readonly code: number;
  readonly reference: string;
  readonly ours: string;
}

const ourLines = ({ code, ours }: BrokenFrame): readonly string[] => {
  const text = `Invalid WebSocket frame: ${ours}`;
  return [
    `ws: close ${code} "${text}"`,
    `server: close "transport error" Error("ProtocolError: ${text}", "TransportError", "${text}"), closed websocket`,
  ];
};

export const brokenFrame = (fault: BrokenFrame): Difference => ({
  because: "the words are those of our WebSocket, which says them to the client too",
  reference: [
    `ws: close ${fault.code} ""`,
    `server: close "transport error" Error("${fault.reference}", "TransportError"), closed websocket`,
  ],
  ours: ourLines(fault),
});

const OPEN = String.raw`ws: text "0{\"sid\":\"<sid>\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}"`;

/** The same in the segment of the handshake. */
export const brokenFrameBehindHandshake = (fault: BrokenFrame): Difference => ({
  because: "the reference reads on before the session has begun, and then cannot send the handshake",
  reference: [
    `ws: close ${fault.code} ""`,
    'server: close "transport error" Error("write error", "TransportError", "Error: WebSocket is not open: readyState 2 (CLOSING)"), closed websocket',
  ],
  ours: [OPEN, ...ourLines(fault)],
});

/** A message in the segment of the handshake; a ping in it is answered before the session has begun. */
export const heardByUsAlone = (message: string, withPing: boolean): Difference => ({
  because: "the reference loses what comes in the segment of the handshake",
  reference: withPing ? ['ws: pong "p"'] : [],
  ours: [
    ...(withPing ? ['ws: pong "p"'] : []),
    `server: packet message ${message}`,
    `server: message ${message}`,
  ],
});
