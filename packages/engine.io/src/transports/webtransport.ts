import type { Clock, TimerHandle } from "@towline/core";
import {
  type EnginePacket,
  encodeStreamFrame,
  type ProtocolError,
  revision4,
  type StreamReader,
} from "@towline/engine.io-parser";
import { SendBufferError } from "../errors.ts";
import { surface } from "../surface.ts";
import {
  type CloseMode,
  DEAF_SINK,
  type OutgoingPacket,
  type Transport,
  type TransportSink,
} from "../transport.ts";
import { StreamOutbox } from "./stream-outbox.ts";
import type { WebTransportLink } from "./webtransport-link.ts";

export interface WebTransportOptions {
  readonly clock: Clock;
  /** The most bytes that may wait for a client that does not read. */
  readonly maxSendBufferBytes: number;
  /** How long a close waits for the client to take what was sent, in milliseconds. */
  readonly closeTimeoutMs: number;
}

/**
 * Packets on one stream of a session. Always writable: what the network does not take waits here.
 *
 * @see protocol-docs/engine.io.md#webtransport
 */
export class WebTransportTransport implements Transport {
  readonly name = "webtransport";
  readonly codec = revision4;
  readonly writable = true;
  sink: TransportSink = DEAF_SINK;
  readonly #link: WebTransportLink;
  readonly #packets: StreamReader;
  readonly #options: WebTransportOptions;
  readonly #outbox: StreamOutbox;
  #state: "open" | "ending" | "closed" = "open";
  #closeTimer: TimerHandle;

  /** @param packets reader of the stream, with what was read of it. */
  constructor(link: WebTransportLink, packets: StreamReader, options: WebTransportOptions) {
    this.#link = link;
    this.#packets = packets;
    this.#options = options;
    this.#outbox = new StreamOutbox(
      (chunk) => link.write(chunk),
      () => this.#onFlushed(),
    );
  }

  get bufferedAmount(): number {
    return this.#outbox.bufferedBytes;
  }

  /** Begins to read. What is there already waits a turn, as its listeners are yet to be added. */
  start(): void {
    setImmediate(() => this.#handOver());
    void this.#link.over.then(() => this.#end());
  }

  send(packets: readonly OutgoingPacket[]): void {
    for (const packet of packets) if (this.#state === "open") this.#send(packet);
  }

  /** Whatever the mode, what was sent still arrives, if the client takes it in time. Then the session is closed. */
  close(mode: CloseMode): void {
    if (mode !== "graceful") this.sink = DEAF_SINK;
    if (this.#state !== "open") return;
    this.#state = "ending";
    const { clock, closeTimeoutMs } = this.#options;
    this.#closeTimer = clock.setTimeout(() => this.#end(), closeTimeoutMs);
    if (this.bufferedAmount === 0) this.#finish();
  }

  #send(packet: OutgoingPacket): void {
    const { header, payload } = encodeStreamFrame(packet);
    const bytes = header.length + payload.length;
    if (this.bufferedAmount + bytes > this.#options.maxSendBufferBytes) {
      const policy = this.sink.onBufferFull(this.bufferedAmount, bytes);
      if (policy === "close") this.#end(new SendBufferError());
      if (policy !== "send") return;
    }
    this.#outbox.add(header);
    if (payload.length > 0) this.#outbox.add(payload);
  }

  #handOver(): void {
    for (let packet = this.#next(); packet !== undefined; packet = this.#next()) {
      try {
        this.sink.onPacket(packet.type, packet.data);
      } catch (error) {
        surface(error);
      }
    }
    // Not before everything was handed over: a client that is faster than its listeners has to wait.
    if (this.#state === "open") void this.#link.read().then((chunk) => this.#onChunk(chunk));
  }

  #next(): EnginePacket | undefined {
    if (this.#state !== "open") return undefined;
    try {
      return this.#packets.read();
    } catch (error) {
      const { sink } = this;
      this.close("discard");
      report(() => sink.onClose(error as ProtocolError));
      return undefined;
    }
  }

  #onChunk(chunk: Uint8Array | undefined): void {
    if (chunk === undefined) {
      this.#end();
    } else if (this.#state === "open") {
      this.#packets.push(chunk);
      this.#handOver();
    }
  }

  #onFlushed(): void {
    if (this.#state === "ending") this.#finish();
    report(() => this.sink.onFlushed());
  }

  /** A session that is closed takes with it what is under way on its streams: the stream is ended first. */
  #finish(): void {
    void this.#link.finish().then(() => this.#end());
  }

  #end(cause?: Error): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#options.clock.clearTimeout(this.#closeTimer);
    this.#outbox.clear();
    this.#link.close();
    const { sink } = this;
    this.sink = DEAF_SINK;
    report(() => sink.onClose(cause));
  }
}

/** Tells the sink what no caller waits for. */
function report(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    surface(error);
  }
}
