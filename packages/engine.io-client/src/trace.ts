import type { EnginePacketType, PacketData } from "@towline/engine.io-parser";
import type { TransportName } from "./transport.ts";

/** What the `trace` option is told: every packet of every transport, and every change of a transport's state. */
export type TraceEvent =
  | {
      readonly kind: "packet";
      /** `up` is from client to server. */
      readonly direction: "up" | "down";
      readonly transport: TransportName;
      readonly type: EnginePacketType;
      readonly data: PacketData | undefined;
      /** The packet as encoded: on WebSocket the message itself, in polling the packet's part of the body. */
      readonly wire: PacketData;
      /** Milliseconds since the epoch. */
      readonly timeMs: number;
    }
  | {
      readonly kind: "transport";
      readonly transport: TransportName;
      readonly state: "opening" | "open" | "paused" | "closed";
      readonly reason?: string;
      /** Milliseconds since the epoch. */
      readonly timeMs: number;
    };

/** Called in the middle of the work it watches, so it must not throw. */
export type Trace = (event: TraceEvent) => void;
