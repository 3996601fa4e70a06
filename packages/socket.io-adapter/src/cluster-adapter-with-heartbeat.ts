import { type Clock, resolveOptions, type TimerHandle } from "@towline/core";
import createDebug from "debug";
import { setBackgroundTimeout } from "./background-timeout.ts";
import { ClusterAdapter, setNodes } from "./cluster-adapter.ts";
import {
  type ClusterMessage,
  type ClusterResponse,
  MessageType,
  type UnsignedMessage,
} from "./cluster-message.ts";
import { CLUSTER_OPTIONS, type ClusterAdapterOptions } from "./cluster-options.ts";
import { readMessage, readResponse } from "./cluster-reader.ts";
import { clockOf } from "./namespace-clock.ts";
import { Nodes } from "./nodes.ts";

const debug = createDebug("socket.io-adapter:cluster");

/** Messages of a program that only emits come with this id. It is no server, and answers nothing. */
const EMITTER = "emitter";

/**
 * A {@link ClusterAdapter} for buses that cannot tell who is there: the servers tell one another, and one that has been
 * silent for too long counts as gone. Nobody waits for its answers then.
 *
 * @throws {TypeError} (constructor) naming every option that is not as it must be.
 */
export abstract class ClusterAdapterWithHeartbeat extends ClusterAdapter {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #nodes: Nodes;
  #sentMs = Number.NEGATIVE_INFINITY;
  #timer: TimerHandle;
  #isClosed = false;

  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  protected constructor(nsp: any, options: ClusterAdapterOptions) {
    super(nsp);
    const { heartbeatInterval, heartbeatTimeout } = resolveOptions(CLUSTER_OPTIONS, options);
    this.#clock = clockOf(nsp);
    this.#intervalMs = heartbeatInterval;
    this.#nodes = new Nodes(this.#clock, heartbeatTimeout);
    this.#nodes.onGone((server) => debug("server %s is gone", server));
    setNodes(this, this.#nodes);
  }

  override init(): void {
    this.#isClosed = false;
    this.publish({ type: MessageType.INITIAL_HEARTBEAT });
  }

  override close(): void {
    if (!this.#isClosed) this.publish({ type: MessageType.ADAPTER_CLOSE });
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#nodes.close();
    void super.close();
  }

  override onMessage(message: ClusterMessage, offset?: string): void {
    const known = readMessage(message) ?? readResponse(message);
    if (known === undefined || known.nsp !== this.nsp.name || known.uid === this.uid || this.#isClosed)
      return;
    if (known.type === MessageType.ADAPTER_CLOSE) {
      this.#nodes.remove(known.uid);
      return;
    }
    if (known.uid && known.uid !== EMITTER) this.#nodes.onHeard(known.uid);
    if (known.type === MessageType.INITIAL_HEARTBEAT) this.publish({ type: MessageType.HEARTBEAT });
    else super.onMessage(message, offset);
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(1 + this.#nodes.size);
  }

  override publish(message: UnsignedMessage): void {
    super.publish(message);
    this.#sentMs = this.#clock.now();
    this.#arm();
  }

  // Public here, as in the reference.
  override onResponse(response: ClusterResponse): void {
    super.onResponse(response);
  }

  /** Sets the timer of the next heartbeat, unless it runs. Any message is a sign of life, and puts it off. */
  #arm(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const delayMs = Math.max(1, this.#sentMs + this.#intervalMs - this.#clock.now());
    this.#timer = setBackgroundTimeout(this.#clock, () => this.#beat(), delayMs);
  }

  #beat(): void {
    this.#timer = undefined;
    if (this.#clock.now() - this.#sentMs >= this.#intervalMs) this.publish({ type: MessageType.HEARTBEAT });
    else this.#arm();
  }
}
