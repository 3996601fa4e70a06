import type { Codec, EnginePacket, PacketData, ProtocolError } from "@towline/engine.io-parser";
import { type ConnectionSink, OPCODE } from "@towline/websocket";
import { SendBufferError, TransportError } from "../errors.ts";
import {
  type BufferPolicy,
  type CloseMode,
  DEAF_SINK,
  type OutgoingPacket,
  type Transport,
  type TransportName,
  type TransportSink,
} from "../transport.ts";
import type { WebSocketLink } from "./websocket-link.ts";

const MESSAGE_CODE = 52;

/** One packet per WebSocket message. Always writable: what the network does not take waits in the connection. */
export class WebSocketTransport implements Transport, ConnectionSink {
  static readonly upgradesTo: TransportName[] = [];
  readonly codec: Codec;
  sink: TransportSink = DEAF_SINK;
  readonly #link: WebSocketLink;

  constructor(codec: Codec, link: WebSocketLink) {
    this.codec = codec;
    this.#link = link;
    link.sink = this;
  }

  get name(): "websocket" {
    return "websocket";
  }

  get writable(): boolean {
    return true;
  }

  get bufferedAmount(): number {
    return this.#link.bufferedAmount;
  }

  get isBehind(): boolean {
    return this.#link.isBehind ?? this.#link.bufferedAmount > 0;
  }

  /** For `onBufferFull` of the connection's options. */
  get subject(): this {
    return this;
  }

  send(packets: readonly OutgoingPacket[]): void {
    for (const packet of packets) this.#send(packet);
  }

  /** By the closing handshake, whatever the mode: what is already in the connection's outbox still arrives. */
  close(mode: CloseMode): void {
    this.#link.close();
    // Nothing is to be heard any more, so nothing is waited for: the connection bounds its own end.
    if (mode === "graceful") this.sink.onClose();
  }

  onText(text: string): void {
    if (text.charCodeAt(0) === MESSAGE_CODE) this.sink.onPacket("message", text.slice(1));
    else this.#decode(text);
  }

  onBinary(data: Buffer): void {
    this.#decode(data);
  }

  onFlushed(): void {
    this.sink.onFlushed();
  }

  onBufferFull(bufferedBytes: number, messageBytes: number): BufferPolicy {
    return this.sink.onBufferFull(bufferedBytes, messageBytes);
  }

  onClose(_code: number, _reason: string, error?: Error): void {
    this.sink.onClose(causeOf(error));
  }

  #send(packet: OutgoingPacket): void {
    const { prepared, options } = packet;
    if (options?.compress === false && this.#link.isCompressing) {
      const wire = this.codec.encodePacket(packet, true);
      const isText = typeof wire === "string";
      const data = isText ? Buffer.from(wire) : wire;
      this.#link.send({ opcode: isText ? OPCODE.text : OPCODE.binary, data, fin: true, compress: false });
    } else if (prepared !== undefined && prepared.data === packet.data)
      // Nobody who heard of the packet has put other data into it.
      this.#link.sendPrepared(prepared.frameFor(this.codec));
    else this.#write(this.codec.encodePacket(packet, true));
  }

  #write(wire: PacketData): void {
    if (typeof wire === "string") this.#link.sendText(wire);
    else this.#link.sendBinary(wire);
  }

  #decode(wire: PacketData): void {
    let packet: EnginePacket;
    try {
      packet = this.codec.decodePacket(wire);
    } catch (error) {
      this.sink.onClose(error as ProtocolError);
      return;
    }
    this.sink.onPacket(packet.type, packet.data);
  }
}

/**
 * A network that fails closes the transport; an error is only what one of the two sides did wrong. Ours and those of `ws`
 * have codes that begin alike.
 */
function causeOf(error: (Error & { readonly code?: unknown }) | undefined): Error | undefined {
  if (error === undefined || !String(error.code).startsWith("WS_ERR_")) return undefined;
  return error.code === "WS_ERR_SEND_BUFFER_FULL"
    ? new SendBufferError({ cause: error })
    : new TransportError(String(error), error);
}
