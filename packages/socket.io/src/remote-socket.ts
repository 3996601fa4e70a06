import type { Room, SocketId } from "@towline/socket.io-adapter";
import type { BroadcastOperator } from "./broadcast-operator.ts";
import type { Handshake } from "./handshake.ts";
import type {
  DecorateAcknowledgements,
  EventNames,
  EventParams,
  EventsMap,
  TypedEventBroadcaster,
} from "./typed-events.ts";

/** What servers tell one another of their sockets. */
export interface SocketDetails<SocketData> {
  id: SocketId;
  handshake: Handshake;
  rooms: Room[];
  data: SocketData;
}

/** A socket of any server: what can be told of it, and done with it, from here. */
export class RemoteSocket<EmitEvents extends EventsMap, SocketData>
  implements TypedEventBroadcaster<EmitEvents>
{
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: Set<Room>;
  readonly data: SocketData;
  readonly #operator: BroadcastOperator<EmitEvents, SocketData>;

  /** @param operator reaches this socket alone. */
  constructor(
    operator: BroadcastOperator<EmitEvents, SocketData>,
    { id, handshake, rooms, data }: SocketDetails<SocketData>,
  ) {
    this.id = id;
    this.handshake = handshake;
    this.rooms = new Set(rooms);
    this.data = data;
    this.#operator = operator;
  }

  /** How long to wait for the acknowledgement, in milliseconds. */
  timeout(timeoutMs: number): BroadcastOperator<DecorateAcknowledgements<EmitEvents>, SocketData> {
    return this.#operator.timeout(timeoutMs);
  }

  /** Sends it an event. */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    return this.#operator.emit(event, ...args);
  }

  join(room: Room | Room[]): void {
    this.#operator.socketsJoin(room);
  }

  leave(room: Room): void {
    this.#operator.socketsLeave(room);
  }

  /** Disconnects it; with `close`, its connection ends. */
  disconnect(close = false): this {
    this.#operator.disconnectSockets(close);
    return this;
  }
}
