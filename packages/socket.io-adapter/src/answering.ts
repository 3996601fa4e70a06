import type { SocketPacket } from "@towline/socket.io-parser";
import createDebug from "debug";
import { type ClusterMessage, type ClusterResponse, MessageType, type ServerId } from "./cluster-message.ts";
import { readOptions } from "./cluster-reader.ts";
import type { Delivery } from "./delivery.ts";
import { appendOffset, isLogged } from "./recoverable.ts";
import { socketDetails } from "./socket-details.ts";

const debug = createDebug("socket.io-adapter:cluster");

export type Response = Omit<ClusterResponse, "nsp" | "uid">;
type MessageOf<T extends MessageType> = Extract<ClusterMessage, { type: T }>;

/** All that {@link Answering} needs of the namespace. */
interface AnsweringNamespace {
  readonly name: string;
  _onServerSideEmit(event: unknown[]): void;
}

const logFault = (error: unknown): void => debug("the packet of another server cannot be encoded: %s", error);

/** Does to the sockets of this server what the others of the cluster ask for. */
export class Answering {
  readonly #nsp: AnsweringNamespace;
  readonly #delivery: Delivery;
  readonly #timeoutMs: number;
  readonly #respond: (requester: ServerId, response: Response) => void;

  /** @param timeoutMs how long the server that asks waits for acknowledgements, unless it says so. */
  constructor(
    nsp: AnsweringNamespace,
    delivery: Delivery,
    timeoutMs: number,
    respond: (requester: ServerId, response: Response) => void,
  ) {
    this.#nsp = nsp;
    this.#delivery = delivery;
    this.#timeoutMs = timeoutMs;
    this.#respond = respond;
  }

  /** @param offset of the message in the log of the cluster. */
  onMessage(message: ClusterMessage, offset: string | undefined): void {
    switch (message.type) {
      case MessageType.BROADCAST:
        this.#onBroadcast(message, offset);
        break;
      case MessageType.SOCKETS_JOIN:
        this.#delivery.join(readOptions(message.data.opts), message.data.rooms);
        break;
      case MessageType.SOCKETS_LEAVE:
        this.#delivery.leave(readOptions(message.data.opts), message.data.rooms);
        break;
      case MessageType.DISCONNECT_SOCKETS:
        this.#delivery.disconnect(readOptions(message.data.opts), message.data.close === true);
        break;
      case MessageType.FETCH_SOCKETS:
        this.#onFetch(message);
        break;
      case MessageType.SERVER_SIDE_EMIT:
        this.#onServerSideEmit(message);
    }
  }

  #onBroadcast({ uid, data }: MessageOf<MessageType.BROADCAST>, offset: string | undefined): void {
    const { requestId } = data;
    const packet = data.packet as SocketPacket;
    const options = readOptions(data.opts);
    packet.nsp = this.#nsp.name;
    if (typeof requestId !== "string") {
      if (isLogged(this.#nsp, packet, options)) appendOffset(packet, offset);
      this.#delivery.broadcast(packet, options, logFault);
      return;
    }
    // The server that asked does not wait longer, so no socket need either.
    const flags = { ...options.flags, timeout: options.flags?.timeout ?? this.#timeoutMs };
    this.#delivery.broadcastWithAck(
      packet,
      { ...options, flags },
      (clientCount) =>
        this.#respond(uid, { type: MessageType.BROADCAST_CLIENT_COUNT, data: { requestId, clientCount } }),
      (answer) =>
        this.#respond(uid, { type: MessageType.BROADCAST_ACK, data: { requestId, packet: answer } }),
      logFault,
    );
  }

  #onFetch({ uid, data: { requestId, opts } }: MessageOf<MessageType.FETCH_SOCKETS>): void {
    const sockets = this.#delivery.select(readOptions(opts)).map(socketDetails);
    this.#respond(uid, { type: MessageType.FETCH_SOCKETS_RESPONSE, data: { requestId, sockets } });
  }

  #onServerSideEmit({ uid, data: { requestId, packet } }: MessageOf<MessageType.SERVER_SIDE_EMIT>): void {
    if (typeof requestId !== "string") {
      this.#nsp._onServerSideEmit(packet);
      return;
    }
    let isAnswered = false;
    const answer = (value: unknown) => {
      if (isAnswered) return;
      isAnswered = true;
      this.#respond(uid, {
        type: MessageType.SERVER_SIDE_EMIT_RESPONSE,
        data: { requestId, packet: value },
      });
    };
    this.#nsp._onServerSideEmit([...packet, answer]);
  }
}
