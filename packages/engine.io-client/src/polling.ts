import { type EventOf, inTurn, nextState, type StateOf } from "@towline/core";
import { type Codec, type EnginePacket, revision4 } from "@towline/engine.io-parser";
import { decodeUtf8 } from "#platform";
import type { HttpRequest, HttpSink, SendHttp } from "./network.ts";
import { POLLING } from "./polling-states.ts";
import { payloadOf, revisionOf } from "./revision.ts";
import { Tracer } from "./tracer.ts";
import {
  type CloseDetails,
  type Transport,
  type TransportContext,
  TransportError,
  type TransportFactory,
  type TransportSink,
} from "./transport.ts";

const OK = 200;

/** How long a goodbye may take. Nobody waits for it, and the server finds out by itself. */
const GOODBYE_TIMEOUT_MS = 5_000;

/** Long polling: one GET waits for the server's packets, one POST at a time carries ours. */
class Polling implements Transport {
  readonly name = "polling";
  readonly bufferedBytes = 0;
  readonly #context: TransportContext;
  readonly #sink: TransportSink;
  readonly #sendHttp: SendHttp;
  readonly #tracer: Tracer;
  #state: StateOf<typeof POLLING> = POLLING.initial;
  #poll: { abort(): void } | undefined;
  #post: { abort(): void } | undefined;
  #onPaused: (() => void) | undefined;

  constructor(context: TransportContext, sink: TransportSink, sendHttp: SendHttp) {
    this.#context = context;
    this.#sink = sink;
    this.#sendHttp = sendHttp;
    this.#tracer = new Tracer(context, this.name);
  }

  get writable(): boolean {
    return this.#state === "open" && this.#post === undefined;
  }

  open(): void {
    this.#tracer.state("opening");
    this.#startPoll();
  }

  send(packets: readonly EnginePacket[]): void {
    this.#postPackets(packets);
  }

  pause(onPaused: () => void): void {
    if (!this.#fire("pause")) return;
    this.#onPaused = onPaused;
    this.#settle();
  }

  resume(): void {
    if (this.#fire("resume")) this.#settle();
  }

  close(mode: "graceful" | "discard"): void {
    const saysGoodbye = mode === "graceful" && this.writable;
    if (!this.#fire("close")) return;
    // The goodbye is on its own from here: whether it arrives changes nothing for us. The poll waits for it, as its end
    // would be all that the server hears.
    if (saysGoodbye) this.#postPackets([{ type: "close" }], GOODBYE_TIMEOUT_MS);
    else {
      this.#poll?.abort();
      this.#post?.abort();
    }
    this.#tracer.state("closed");
  }

  #postPackets(packets: readonly EnginePacket[], timeoutMs?: number): void {
    const { supportsBinary } = this.#context;
    const codec = this.#context.codec ?? revision4;
    this.#tracer.packets("up", packets, (packet) => codec.encodePacket(packet, false));
    const request = {
      method: "POST",
      url: this.#url(),
      body: codec.encodePayload(packets, supportsBinary),
    } as const;
    this.#post = this.#request(
      timeoutMs === undefined ? request : { ...request, timeoutMs },
      "xhr post error",
      () => this.#onPosted(),
    );
  }

  #fire(event: EventOf<typeof POLLING>): boolean {
    const next = nextState(POLLING, this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  #url(): string {
    return this.#context.url(this.name);
  }

  /** Starts the next poll or, when pausing, sees whether all has come to its end. */
  #settle(): void {
    if (this.#state === "open" && this.#poll === undefined) this.#startPoll();
    if (this.#state !== "pausing" || this.#poll !== undefined || this.#post !== undefined) return;
    this.#fire("idle");
    this.#tracer.state("paused");
    const onPaused = this.#onPaused;
    this.#onPaused = undefined;
    onPaused?.();
  }

  #startPoll(): void {
    this.#poll = this.#request({ method: "GET", url: this.#url() }, "xhr poll error", (body) =>
      this.#onPolled(body),
    );
  }

  #request(request: HttpRequest, failure: string, onOk: (body: Uint8Array) => void): { abort(): void } {
    const sink: HttpSink = {
      onResponse: (status, body) => {
        if (status === OK) onOk(body);
        else this.#fail(new TransportError(failure, status, { status, responseText: decodeUtf8(body) }));
      },
      onError: (cause) => this.#fail(new TransportError(failure, 0, undefined, cause)),
    };
    try {
      return this.#sendHttp(request, sink);
    } catch (error) {
      // The platform refused to try, for a header that it does not allow for instance.
      queueMicrotask(() => sink.onError(error));
      return { abort() {} };
    }
  }

  #onPolled(body: Uint8Array): void {
    if (this.#state === "closed") return;
    this.#poll = undefined;
    const codec = this.#context.codec ?? revisionOf(body);
    let packets: EnginePacket[];
    try {
      packets = codec.decodePayload(payloadOf(body, codec));
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    if (this.#fire("handshake")) this.#tracer.state("open");
    this.#deliver(packets, codec);
  }

  #deliver(packets: readonly EnginePacket[], codec: Codec): void {
    this.#tracer.packets("down", packets, (packet) => codec.encodePacket(packet, false));
    inTurn(
      () => this.#sink.onPackets(packets, codec),
      () => this.#settle(),
    );
  }

  #onPosted(): void {
    this.#post = undefined;
    if (this.#state === "closed") {
      this.#poll?.abort();
      return;
    }
    inTurn(
      () => this.#sink.onDrain(),
      () => this.#settle(),
    );
  }

  #fail(cause: Error | CloseDetails): void {
    const wasOpen = this.#fire("close");
    this.#poll?.abort();
    this.#post?.abort();
    if (!wasOpen) return;
    this.#tracer.state("closed", cause instanceof Error ? cause.message : cause.description);
    this.#sink.onClose(cause);
  }
}

export const polling = (sendHttp: SendHttp): TransportFactory => ({
  name: "polling",
  create: (context, sink) => new Polling(context, sink, sendHttp),
});
