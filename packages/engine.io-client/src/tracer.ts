import type { EnginePacket, PacketData } from "@towline/engine.io-parser";
import type { TraceEvent } from "./trace.ts";
import type { TransportContext, TransportName } from "./transport.ts";

type TransportState = Extract<TraceEvent, { kind: "transport" }>["state"];

/** Tells the `trace` option, if there is one, what a transport does. */
export class Tracer {
  readonly #context: TransportContext;
  readonly #transport: TransportName;

  constructor(context: TransportContext, transport: TransportName) {
    this.#context = context;
    this.#transport = transport;
  }

  state(state: TransportState, reason?: string): void {
    const { trace } = this.#context;
    trace?.({
      kind: "transport",
      transport: this.#transport,
      state,
      ...(reason === undefined ? {} : { reason }),
      timeMs: this.#context.nowMs(),
    });
  }

  /** `encode` is called only when somebody watches. */
  packets(
    direction: "up" | "down",
    packets: readonly EnginePacket[],
    encode: (packet: EnginePacket) => PacketData,
  ): void {
    const { trace } = this.#context;
    if (trace === undefined) return;
    for (const packet of packets)
      trace({
        kind: "packet",
        direction,
        transport: this.#transport,
        type: packet.type,
        data: packet.data,
        wire: encode(packet),
        timeMs: this.#context.nowMs(),
      });
  }
}
