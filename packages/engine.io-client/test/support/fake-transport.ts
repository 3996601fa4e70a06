import { type Codec, type EnginePacket, revision4 } from "@towline/engine.io-parser";
import type {
  CloseDetails,
  Transport,
  TransportContext,
  TransportFactory,
  TransportName,
  TransportSink,
} from "../../src/transport.ts";

/** A transport whose far end is the test. */
export class FakeTransport implements Transport {
  readonly name: TransportName;
  readonly context: TransportContext;
  readonly sink: TransportSink;
  readonly bufferedBytes = 0;
  /** Packets sent and not yet taken by `takeSent`. */
  #sent: EnginePacket[] = [];
  writable = false;
  closedAs: "graceful" | "discard" | undefined;
  onPaused: (() => void) | undefined;
  isResumed = false;

  constructor(name: TransportName, context: TransportContext, sink: TransportSink) {
    this.name = name;
    this.context = context;
    this.sink = sink;
  }

  open(): void {}

  send(packets: readonly EnginePacket[]): void {
    this.#sent.push(...packets);
    if (this.name === "polling") this.writable = false;
  }

  pause(onPaused: () => void): void {
    this.onPaused = onPaused;
  }

  resume(): void {
    this.isResumed = true;
  }

  close(mode: "graceful" | "discard"): void {
    this.closedAs ??= mode;
  }

  /** The far end took the last batch. */
  drain(): void {
    this.writable = true;
    this.sink.onDrain();
  }

  /** The far end sends. */
  receive(packets: readonly EnginePacket[], codec?: Codec): void {
    this.sink.onPackets(packets, codec);
  }

  /** The far end opens the session; on polling, in revision 4 unless said otherwise. */
  handshake(
    members: Record<string, unknown> = {},
    codec: Codec | undefined = this.name === "polling" ? revision4 : undefined,
  ): void {
    const data = { sid: "abc", upgrades: [], pingInterval: 300, pingTimeout: 200, ...members };
    this.writable = true;
    this.receive([{ type: "open", data: JSON.stringify(data) }], codec);
  }

  fail(cause: Error | CloseDetails): void {
    this.sink.onClose(cause);
  }

  takeSent(): EnginePacket[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }
}

/** Factories that keep what they make, newest last. */
export function fakeTransports(...names: TransportName[]): {
  factories: TransportFactory[];
  made: FakeTransport[];
} {
  const made: FakeTransport[] = [];
  const factories = names.map((name) => ({
    name,
    create(context: TransportContext, sink: TransportSink) {
      const transport = new FakeTransport(name, context, sink);
      made.push(transport);
      return transport;
    },
  }));
  return { factories, made };
}
