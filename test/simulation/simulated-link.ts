import type { WebSocketLink } from "../../packages/engine.io/src/transports/websocket-link.ts";
import type { PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import { type ConnectionSink, SILENT_SINK } from "../../packages/websocket/src/connection-sink.ts";
import type { World } from "./world.ts";

/** Until the kernel has taken what was sent. */
const FLUSH_MS = 2;

/** What the server's end asks of its WebSocket. */
export interface LinkOwner {
  /** False when it is not open. */
  send(wire: PacketData): boolean;
  close(): void;
  cut(): void;
}

/** The server's end of a WebSocket. */
export class SimulatedLink implements WebSocketLink {
  sink: ConnectionSink = SILENT_SINK;
  readonly isCompressing = false;
  bufferedAmount = 0;
  readonly #world: World;
  readonly #owner: LinkOwner;

  constructor(world: World, owner: LinkOwner) {
    this.#world = world;
    this.#owner = owner;
  }

  sendText(text: string): void {
    this.#send(text);
  }

  sendBinary(data: Uint8Array): void {
    if (typeof data === "string") throw new TypeError("text is no binary message");
    this.#send(data);
  }

  sendPrepared(): void {
    throw new Error("the simulation prepares no messages");
  }

  send(): void {
    throw new Error("the simulation does not compress");
  }

  close(): void {
    this.#owner.close();
  }

  terminate(): void {
    this.#owner.cut();
  }

  #send(wire: PacketData): void {
    if (!this.#owner.send(wire)) return;
    const { scheduler, random } = this.#world;
    if (this.bufferedAmount === 0)
      scheduler.after(random.between(0, FLUSH_MS), () => {
        this.bufferedAmount = 0;
        this.sink.onFlushed?.();
      });
    this.bufferedAmount += wire.length;
  }
}
