import type { Codec, Packet, PacketData, ProtocolError } from "@towline/engine.io-parser";
import {
  type Connection,
  ConnectionError,
  type ConnectionSink,
  ProtocolError as WebSocketError,
} from "@towline/websocket";
import { DEAF_SINK, type OutgoingPacket, type Transport, type TransportSink } from "../transport.ts";

const MESSAGE_CODE = 52;

/** One packet per WebSocket message. Always writable: what the network does not take waits in the connection. */
export class WebSocketTransport implements Transport, ConnectionSink {
  readonly name = "websocket";
  readonly codec: Codec;
  readonly writable = true;
  sink: TransportSink = DEAF_SINK;
  readonly #connection: Connection;

  constructor(codec: Codec, connection: Connection) {
    this.codec = codec;
    this.#connection = connection;
    connection.sink = this;
  }

  send(packets: readonly OutgoingPacket[]): void {
    for (const packet of packets) {
      if (packet.prepared !== undefined) this.#connection.sendPrepared(packet.prepared.frameFor(this.codec));
      else this.#write(this.codec.encodePacket(packet, true));
    }
  }

  /** Whatever the mode, by the closing handshake: what is already in the connection's outbox still arrives. */
  close(): void {
    this.#connection.close();
  }

  onText(text: string): void {
    if (text.charCodeAt(0) === MESSAGE_CODE) this.sink.onPacket("message", text.slice(1));
    else this.#decode(text);
  }

  onBinary(data: Buffer): void {
    this.#decode(data);
  }

  onClose(_code: number, _reason: string, error?: Error): void {
    // A network that fails closes the transport; an error is only what one of the two sides did wrong.
    this.sink.onClose(
      error instanceof WebSocketError || error instanceof ConnectionError ? error : undefined,
    );
  }

  #decode(wire: PacketData): void {
    let packet: Packet;
    try {
      packet = this.codec.decodePacket(wire);
    } catch (error) {
      this.sink.onClose(error as ProtocolError);
      return;
    }
    this.sink.onPacket(packet.type, packet.data);
  }

  #write(wire: PacketData): void {
    if (typeof wire === "string") this.#connection.sendText(wire);
    else this.#connection.sendBinary(wire);
  }
}
