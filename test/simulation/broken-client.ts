import { polling } from "../../packages/engine.io-client/src/polling.ts";
import type { Transport, TransportFactory } from "../../packages/engine.io-client/src/transport.ts";
import { websocket } from "../../packages/engine.io-client/src/websocket.ts";
import type { EnginePacket } from "../../packages/engine.io-parser/src/packet.ts";
import { type Parts, SOUND_PARTS } from "./parts.ts";

/** A transport of the client that does all that the one inside it does. What is broken of it is overridden. */
class Outer implements Transport {
  protected readonly inner: Transport;

  constructor(inner: Transport) {
    this.inner = inner;
  }

  get name() {
    return this.inner.name;
  }
  get writable(): boolean {
    return this.inner.writable;
  }
  get bufferedBytes(): number {
    return this.inner.bufferedBytes;
  }
  open(): void {
    this.inner.open();
  }
  send(packets: readonly EnginePacket[]): void {
    this.inner.send(packets);
  }
  pause(onPaused: () => void): void {
    this.inner.pause(onPaused);
  }
  resume(): void {
    this.inner.resume();
  }
  close(mode: "graceful" | "discard"): void {
    this.inner.close(mode);
  }
}

/** Says that it has paused before it has. */
class Hasty extends Outer {
  override pause(onPaused: () => void): void {
    this.inner.pause(() => {});
    onPaused();
  }
}

/** Does not poll again after an upgrade that came to nothing. */
class Sleepy extends Outer {
  override resume(): void {}
}

/** Loses what is sent right behind the upgrade packet. */
class Forgetful extends Outer {
  #loses = false;

  override send(packets: readonly EnginePacket[]): void {
    if (!this.#loses) this.inner.send(packets);
    this.#loses = packets[0]?.type === "upgrade";
  }
}

/** Sends the upgrade packet behind what it should come before. */
class Late extends Outer {
  #held: readonly EnginePacket[] | undefined;

  override send(packets: readonly EnginePacket[]): void {
    if (packets[0]?.type === "upgrade") {
      this.#held = packets;
      queueMicrotask(() => this.#release());
    } else this.inner.send(packets);
  }

  #release(): void {
    if (this.#held !== undefined) this.inner.send(this.#held);
  }
}

const wrap = (factory: TransportFactory, Wrapper: new (inner: Transport) => Transport): TransportFactory => ({
  name: factory.name,
  create: (context, sink) => new Wrapper(factory.create(context, sink)),
});

const withPolling = (Wrapper: new (inner: Transport) => Transport): Parts => ({
  ...SOUND_PARTS,
  polling: (sendHttp) => wrap(polling(sendHttp), Wrapper),
});

const withWebSocket = (Wrapper: new (inner: Transport) => Transport): Parts => ({
  ...SOUND_PARTS,
  websocket: (openWebSocket) => wrap(websocket(openWebSocket), Wrapper),
});

/** Says that it has paused as soon as no request of `awaited` runs, whatever else does. */
const awaitingOnly = (awaited: "GET" | "POST"): Parts => ({
  ...SOUND_PARTS,
  polling: (sendHttp) => {
    let running = 0;
    let onIdle: (() => void) | undefined;
    const settle = () => {
      if (running > 0) return;
      onIdle?.();
      onIdle = undefined;
    };
    const factory = polling((request, sink) => {
      const counts = request.method === awaited;
      if (!counts) return sendHttp(request, sink);
      running++;
      return sendHttp(request, {
        onResponse(status, body) {
          running--;
          sink.onResponse(status, body);
          settle();
        },
        onError: (cause) => sink.onError(cause),
      });
    });
    class Impatient extends Outer {
      override pause(onPaused: () => void): void {
        this.inner.pause(onPaused);
        onIdle = onPaused;
        settle();
      }
    }
    return wrap(factory, Impatient);
  },
});

/** Asks twice. */
const pollingTwice: Parts = {
  ...SOUND_PARTS,
  polling: (sendHttp) =>
    polling((request, sink) => {
      if (request.method === "GET") sendHttp(request, { onResponse() {}, onError() {} });
      return sendHttp(request, sink);
    }),
};

/** Clients with one thing broken each. */
export const BROKEN_CLIENTS: ReadonlyMap<string, Parts> = new Map([
  ["a client that does not wait for its requests before the upgrade packet", withPolling(Hasty)],
  ["a client that waits for its poll alone before the upgrade packet", awaitingOnly("GET")],
  ["a client that waits for its post alone before the upgrade packet", awaitingOnly("POST")],
  ["a client that polls while its poll waits", pollingTwice],
  ["a client that does not poll on when the upgrade has failed", withPolling(Sleepy)],
  ["a client that loses what waited for the upgrade", withWebSocket(Forgetful)],
  ["a client that sends what waited before the upgrade packet", withWebSocket(Late)],
]);
