import { randomBytes } from "node:crypto";
import { inTurn } from "@towline/core";
import createDebug from "debug";
import { AckRequests } from "./ack-requests.ts";
import { Adapter } from "./adapter.ts";
import { Answering, type Response } from "./answering.ts";
import {
  type ClusterMessage,
  type ClusterResponse,
  MessageType,
  type Offset,
  type ServerId,
  type UnsignedMessage,
} from "./cluster-message.ts";
import { readMessage, readResponse, writeOptions } from "./cluster-reader.ts";
import { Delivery } from "./delivery.ts";
import { clockOf } from "./namespace-clock.ts";
import type { Nodes } from "./nodes.ts";
import { OffsetQueue } from "./offset-queue.ts";
import type { BroadcastOptions, Room } from "./ports.ts";
import { appendOffset, isLogged } from "./recoverable.ts";
import { type Awaited, Requests } from "./requests.ts";

const debug = createDebug("socket.io-adapter:cluster");

const ID_BYTES = 8;
/** How long other servers may take to answer, unless the caller says so. */
const REQUEST_TIMEOUT_MS = 5_000;
/** How long a broadcast may wait for its offset. Then the clients of this server get it without. */
const OFFSET_TIMEOUT_MS = 1_000;
const NO_OFFSET = Promise.resolve(undefined);

const randomId = (): string => randomBytes(ID_BYTES).toString("hex");

const logFailure = (error: unknown): void => debug("the bus failed: %s", error);

/**
 * Tells an adapter who the other servers are. A function beside the class rather than a member: subclasses have names
 * and constructor parameters of their own.
 */
export let setNodes: (adapter: ClusterAdapter, nodes: Nodes) => void;

/**
 * An adapter for several servers, without the bus between them. A class that extends it
 *
 * - sends messages in {@link doPublish} and {@link doPublishResponse};
 * - hands what comes from others to {@link onMessage} and {@link onResponse}.
 *
 * The bus may fail at any time: the sockets of this server get their packets nevertheless.
 */
export abstract class ClusterAdapter extends Adapter {
  protected readonly uid: ServerId = randomId();
  readonly #answering: Answering;
  readonly #requests: Requests;
  readonly #ackRequests: AckRequests;
  readonly #offsets: OffsetQueue;
  /** The other servers, where they are known by name; else they are counted by {@link serverCount}. */
  #nodes: Nodes | undefined;

  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  protected constructor(nsp: any) {
    super(nsp);
    const clock = clockOf(nsp);
    this.#answering = new Answering(
      nsp,
      new Delivery(this, clock),
      REQUEST_TIMEOUT_MS,
      (requester, response) => this.publishResponse(requester, response),
    );
    this.#requests = new Requests(clock);
    this.#ackRequests = new AckRequests(clock);
    this.#offsets = new OffsetQueue(clock, OFFSET_TIMEOUT_MS);
  }

  static {
    setNodes = (adapter, nodes) => {
      adapter.#nodes = nodes;
      nodes.onGone((server) => {
        adapter.#requests.forget(server);
        adapter.#ackRequests.forget(server);
      });
    };
  }

  /** Ends what is still asked of other servers. */
  override close(): Promise<void> | void {
    // Each of them calls back.
    inTurn(
      () => this.#requests.close(),
      () => this.#ackRequests.close(),
      () => this.#offsets.close(),
    );
  }

  /**
   * Takes a message of another server. One that is malformed, of this server itself or of another namespace is ignored.
   * Adapters whose bus has one way for all may hand responses in here as well.
   *
   * @param offset of the message in the log of the cluster, if it has one.
   */
  protected onMessage(message: ClusterMessage, offset?: Offset): void {
    const known = readMessage(message);
    if (known === undefined) {
      const response = readResponse(message);
      if (response === undefined) debug("malformed message ignored");
      else this.onResponse(response);
      return;
    }
    if (known.nsp !== this.nsp.name || known.uid === this.uid) return;
    this.#answering.onMessage(known, offset);
  }

  /** Takes a response of another server. One that is malformed, late, or that nobody waits for is ignored. */
  protected onResponse(response: ClusterResponse): void {
    const known = readResponse(response);
    if (known === undefined || known.nsp !== this.nsp.name || known.uid === this.uid) {
      debug("response ignored");
      return;
    }
    const { requestId } = known.data;
    switch (known.type) {
      case MessageType.FETCH_SOCKETS_RESPONSE:
        this.#requests.answer(requestId, known.uid, known.data.sockets);
        break;
      case MessageType.SERVER_SIDE_EMIT_RESPONSE:
        this.#requests.answer(requestId, known.uid, [known.data.packet]);
        break;
      case MessageType.BROADCAST_CLIENT_COUNT:
        this.#ackRequests.onClientCount(requestId, known.uid, known.data.clientCount);
        break;
      case MessageType.BROADCAST_ACK:
        this.#ackRequests.onAck(requestId, known.uid, known.data.packet);
    }
  }

  /** Resolves when the sockets of this server have got the packet. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  override broadcast(packet: any, options: BroadcastOptions): Promise<void> {
    const published =
      options.flags?.local === true
        ? undefined
        : this.publishAndReturnOffset({
            type: MessageType.BROADCAST,
            data: { packet, opts: writeOptions(options) },
          });
    published?.catch(logFailure);
    if (this.#offsets.isEmpty && (published === undefined || !isLogged(this.nsp, packet, options))) {
      super.broadcast(packet, options);
      return Promise.resolve();
    }
    // What comes after a broadcast that waits for its offset must not overtake it.
    return new Promise((resolve, reject) => {
      this.#offsets.add(published ?? NO_OFFSET, (offset) => {
        if (isLogged(this.nsp, packet, options)) appendOffset(packet, offset);
        try {
          super.broadcast(packet, options);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  override broadcastWithAck(
    // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
    packet: any,
    options: BroadcastOptions,
    onClientCount: (clientCount: number) => void,
    // biome-ignore lint/suspicious/noExplicitAny: as in the reference; whatever the client answers.
    onAck: (...args: any[]) => void,
  ): void {
    if (options.flags?.local !== true) {
      const requestId = randomId();
      const timeoutMs = options.flags?.timeout ?? REQUEST_TIMEOUT_MS;
      this.#ackRequests.start(requestId, this.#nodes?.ids ?? [], timeoutMs, onClientCount, onAck);
      this.publish({
        type: MessageType.BROADCAST,
        data: { packet, requestId, opts: writeOptions(options) },
      });
    }
    super.broadcastWithAck(packet, options, onClientCount, onAck);
  }

  override async addSockets(options: BroadcastOptions, rooms: Room[]): Promise<void> {
    if (options.flags?.local !== true)
      this.publish({ type: MessageType.SOCKETS_JOIN, data: { opts: writeOptions(options), rooms } });
    super.addSockets(options, rooms);
  }

  override async delSockets(options: BroadcastOptions, rooms: Room[]): Promise<void> {
    if (options.flags?.local !== true)
      this.publish({ type: MessageType.SOCKETS_LEAVE, data: { opts: writeOptions(options), rooms } });
    super.delSockets(options, rooms);
  }

  override async disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void> {
    if (options.flags?.local !== true)
      this.publish({ type: MessageType.DISCONNECT_SOCKETS, data: { opts: writeOptions(options), close } });
    super.disconnectSockets(options, close);
  }

  /** The sockets of this server, and what the others tell of theirs. Rejects when not all of them answer in time. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference; own sockets and details of others'.
  override async fetchSockets(options: BroadcastOptions): Promise<any[]> {
    const own = await super.fetchSockets(options);
    if (options.flags?.local === true) return own;
    const awaited = this.#nodes?.ids ?? (await this.#countOthers());
    if (countOf(awaited) === 0) return own;
    const requestId = randomId();
    return new Promise((resolve, reject) => {
      const timeoutMs = options.flags?.timeout || REQUEST_TIMEOUT_MS;
      this.#requests.start(requestId, awaited, timeoutMs, (error, sockets) => {
        if (error === null) resolve([...own, ...sockets]);
        else reject(error);
      });
      this.publish({
        type: MessageType.FETCH_SOCKETS,
        data: { opts: writeOptions(options), requestId },
      });
    });
  }

  /**
   * Sends an event to the other servers.
   *
   * @param packet its name and arguments. A function at the end gets an error (`null` when all servers have answered in
   * time) and the list of their answers.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as in the reference.
  override async serverSideEmit(packet: any[]): Promise<any> {
    const onAnswers: unknown = packet[packet.length - 1];
    if (typeof onAnswers !== "function") {
      this.publish({ type: MessageType.SERVER_SIDE_EMIT, data: { packet } });
      return;
    }
    let awaited: Awaited;
    try {
      awaited = this.#nodes?.ids ?? (await this.#countOthers());
    } catch (error) {
      onAnswers(error, []);
      return;
    }
    const requestId = randomId();
    const isAlone = countOf(awaited) === 0;
    this.#requests.start(requestId, awaited, REQUEST_TIMEOUT_MS, (error, answers) =>
      onAnswers(error, answers),
    );
    if (isAlone) return;
    this.publish({
      type: MessageType.SERVER_SIDE_EMIT,
      data: { requestId, packet: packet.slice(0, -1) },
    });
  }

  /** Sends a message to the other servers, whatever becomes of it. */
  protected publish(message: UnsignedMessage): void {
    this.publishAndReturnOffset(message).catch(logFailure);
  }

  /** Sends a message to the other servers. @returns its offset, if the bus keeps a log. */
  protected async publishAndReturnOffset(message: UnsignedMessage): Promise<string> {
    return this.doPublish({ ...message, uid: this.uid, nsp: this.nsp.name } as ClusterMessage);
  }

  /** Sends a message to the other servers. @returns its offset, if the bus keeps a log. */
  protected abstract doPublish(message: ClusterMessage): Promise<Offset>;

  /** Sends a response to the server that asked, whatever becomes of it. */
  protected publishResponse(requesterUid: ServerId, response: Response): void {
    this.#send(requesterUid, response).catch(logFailure);
  }

  /** Sends a response to a server. */
  protected abstract doPublishResponse(requesterUid: ServerId, response: ClusterResponse): Promise<void>;

  // So that one that throws fails as one that rejects.
  async #send(requesterUid: ServerId, response: Response): Promise<void> {
    await this.doPublishResponse(requesterUid, {
      ...response,
      uid: this.uid,
      nsp: this.nsp.name,
    } as ClusterResponse);
  }

  async #countOthers(): Promise<number> {
    return (await this.serverCount()) - 1;
  }
}

const countOf = (awaited: Awaited): number => (typeof awaited === "number" ? awaited : awaited.size);
