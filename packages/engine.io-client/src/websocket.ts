import { type EventOf, nextState, type StateOf } from "@towline/core";
import { type EnginePacket, type PacketData, revision4 } from "@towline/engine.io-parser";
import type { OpenWebSocket, WebSocketHandle, WebSocketSink } from "./network.ts";
import { Tracer } from "./tracer.ts";
import {
  type CloseDetails,
  type Transport,
  type TransportContext,
  TransportError,
  type TransportFactory,
  type TransportSink,
} from "./transport.ts";
import { WEBSOCKET } from "./websocket-states.ts";

/** One packet per WebSocket message. */
class WebSocketTransport implements Transport {
  readonly name = "websocket";
  readonly #context: TransportContext;
  readonly #sink: TransportSink;
  readonly #openWebSocket: OpenWebSocket;
  readonly #tracer: Tracer;
  #state: StateOf<typeof WEBSOCKET> = WEBSOCKET.initial;
  #socket: WebSocketHandle | undefined;
  #drainIsDue = false;

  constructor(context: TransportContext, sink: TransportSink, openWebSocket: OpenWebSocket) {
    this.#context = context;
    this.#sink = sink;
    this.#openWebSocket = openWebSocket;
    this.#tracer = new Tracer(context, this.name);
  }

  get writable(): boolean {
    return this.#state === "open";
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  open(): void {
    this.#tracer.state("opening");
    const sink: WebSocketSink = {
      onOpen: () => this.#onOpen(),
      onMessage: (data) => this.#onMessage(data),
      onError: (cause) => this.#fail(new TransportError("websocket error", cause)),
      onClose: (event) => this.#fail({ description: "websocket connection closed", context: event }),
    };
    try {
      this.#socket = this.#openWebSocket(this.#context.url(this.name), sink);
    } catch (error) {
      // The platform refused to try, for a page whose policy forbids the address for instance.
      queueMicrotask(() => sink.onError(error));
    }
  }

  send(packets: readonly EnginePacket[]): void {
    const { supportsBinary } = this.#context;
    const codec = this.#context.codec ?? revision4;
    this.#tracer.packets("up", packets, (packet) => codec.encodePacket(packet, supportsBinary));
    for (const packet of packets) this.#socket?.send(codec.encodePacket(packet, supportsBinary));
    // Told later, and once for all that is sent in one go: listeners are often added right after send().
    if (this.#drainIsDue) return;
    this.#drainIsDue = true;
    queueMicrotask(() => this.#onDrained());
  }

  pause(onPaused: () => void): void {
    onPaused();
  }

  resume(): void {}

  close(): void {
    if (!this.#fire("close")) return;
    this.#socket?.close();
    this.#tracer.state("closed");
  }

  #fire(event: EventOf<typeof WEBSOCKET>): boolean {
    const next = nextState(WEBSOCKET, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  #onOpen(): void {
    if (!this.#fire("open")) return;
    this.#tracer.state("open");
    this.#sink.onOpen();
  }

  #onMessage(wire: PacketData): void {
    if (this.#state !== "open") return;
    let packet: EnginePacket;
    try {
      packet = (this.#context.codec ?? revision4).decodePacket(wire);
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#tracer.packets("down", [packet], () => wire);
    this.#sink.onPackets([packet], undefined);
  }

  #onDrained(): void {
    this.#drainIsDue = false;
    if (this.#state === "open") this.#sink.onDrain();
  }

  #fail(cause: Error | CloseDetails): void {
    if (!this.#fire("close")) return;
    this.#socket?.close();
    this.#tracer.state("closed", cause instanceof Error ? cause.message : cause.description);
    this.#sink.onClose(cause);
  }
}

export const websocket = (openWebSocket: OpenWebSocket): TransportFactory => ({
  name: "websocket",
  create: (context, sink) => new WebSocketTransport(context, sink, openWebSocket),
});
