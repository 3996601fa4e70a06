import type { Clock } from "@towline/core";

type Callback = (...args: unknown[]) => void;

/** A packet as adapters write it. */
export interface FakePacket {
  type: number;
  nsp: string;
  data?: unknown[];
  id?: number;
}

/** What one socket was sent. */
export interface Delivered extends FakePacket {
  readonly volatile?: boolean;
  readonly compress?: boolean;
}

interface RoomKeeper {
  addAll(id: string, rooms: Set<string>): unknown;
  del(id: string, room: string): unknown;
  delAll(id: string): unknown;
  sids: Map<string, Set<string>>;
}

export class FakeSocket {
  readonly id: string;
  readonly nsp: FakeNamespace;
  readonly handshake: { readonly time: string };
  readonly data: unknown;
  readonly acks = new Map<number, Callback>();
  readonly delivered: Delivered[] = [];
  /** Ids of the packets that outgoing listeners were told of, where that is the adapter's to do. */
  readonly notified: FakePacket[] = [];
  disconnectedBy: unknown[] | undefined;

  constructor(id: string, nsp: FakeNamespace) {
    this.id = id;
    this.nsp = nsp;
    this.handshake = { time: `of ${id}` };
    this.data = { name: id };
  }

  get rooms(): Set<string> {
    return this.nsp.adapter.sids.get(this.id) ?? new Set();
  }

  /** The arguments of the events that it was sent. */
  get events(): unknown[] {
    return this.delivered.map(({ data }) => data);
  }

  join(rooms: string | string[]): void {
    this.nsp.adapter.addAll(this.id, new Set(Array.isArray(rooms) ? rooms : [rooms]));
  }

  leave(room: string): void {
    this.nsp.adapter.del(this.id, room);
  }

  disconnect(...args: unknown[]): void {
    this.disconnectedBy = args;
    this.nsp.remove(this.id);
  }

  /** The client acknowledges a packet, as sockets handle that: an entry goes with its answer. */
  acknowledge(id: number, ...answer: unknown[]): void {
    const callback = this.acks.get(id);
    this.acks.delete(id);
    callback?.(...answer);
  }
}

/** What both kinds of namespace have. */
export class FakeNamespace {
  readonly name = "/n";
  readonly sockets = new Map<string, FakeSocket>();
  readonly server: { opts: Record<string, unknown>; encoder?: unknown } = { opts: {} };
  readonly clock?: Clock;
  readonly serverSideEvents: unknown[][] = [];
  /** What is done when another server emits an event to this one. */
  onServerSideEvent: (event: unknown[]) => void = () => {};
  encoded = 0;
  #adapter: RoomKeeper | undefined;

  constructor(clock?: Clock) {
    if (clock !== undefined) this.clock = clock;
  }

  get adapter(): RoomKeeper {
    if (this.#adapter === undefined) throw new Error("the namespace has no adapter yet");
    return this.#adapter;
  }

  use<A extends RoomKeeper>(adapter: A): A {
    this.#adapter = adapter;
    return adapter;
  }

  /** A socket joins, its own room first. */
  add(id: string, ...rooms: string[]): FakeSocket {
    const socket = this.makeSocket(id);
    this.sockets.set(id, socket);
    socket.join([id, ...rooms]);
    return socket;
  }

  remove(id: string): void {
    this.sockets.delete(id);
    this.adapter.delAll(id);
  }

  get(id: string): FakeSocket {
    const socket = this.sockets.get(id);
    if (socket === undefined) throw new Error(`no socket ${id}`);
    return socket;
  }

  /** Ids of the sockets that were sent something. */
  get reached(): string[] {
    return [...this.sockets.values()].filter(({ delivered }) => delivered.length > 0).map(({ id }) => id);
  }

  protected makeSocket(id: string): FakeSocket {
    return new FakeSocket(id, this);
  }

  _onServerSideEmit(event: unknown[]): void {
    this.serverSideEvents.push(event.filter((arg) => typeof arg !== "function"));
    this.onServerSideEvent(event);
  }
}

interface Prepared {
  readonly wire: string;
  readonly byteLength: number;
}

class PortSocket extends FakeSocket {
  deliver({ wire }: Prepared, _packet: unknown, { volatile, compress }: Partial<Delivered>): void {
    this.delivered.push(JSON.parse(JSON.stringify({ ...JSON.parse(wire), volatile, compress })));
  }
}

/** A namespace as `NamespacePort` describes it. */
export class PortNamespace extends FakeNamespace {
  #nextAckId = 0;

  prepare(packet: FakePacket): Prepared {
    this.encoded++;
    const wire = JSON.stringify(packet);
    return { wire, byteLength: wire.length };
  }

  nextAckId(): number {
    return this.#nextAckId++;
  }

  protected override makeSocket(id: string): FakeSocket {
    return new PortSocket(id, this);
  }
}

class LegacySocket extends FakeSocket {
  readonly client = {
    writeToEngine: ([wire]: string[], { preEncoded, volatile, compress }: Record<string, unknown>) => {
      if (preEncoded !== true || wire === undefined) throw new Error("expected an encoded packet");
      this.delivered.push(JSON.parse(JSON.stringify({ ...JSON.parse(wire), volatile, compress })));
    },
  };

  notifyOutgoingListeners(packet: FakePacket): void {
    this.notified.push(packet);
  }
}

/** A namespace with the inner names of socket.io 4 by which its adapters reach sockets. */
export class LegacyNamespace extends FakeNamespace {
  _ids = 0;

  constructor(clock?: Clock) {
    super(clock);
    this.server.encoder = {
      encode: (packet: FakePacket) => {
        this.encoded++;
        return [JSON.stringify(packet)];
      },
    };
  }

  protected override makeSocket(id: string): FakeSocket {
    return new LegacySocket(id, this);
  }
}

export const event = (...data: unknown[]): FakePacket => ({ type: 2, nsp: "/", data });

/** Broadcast options as the reference's server gives them: with everything there. */
export const to = (
  rooms: readonly string[],
  except: readonly string[] = [],
  flags: { volatile?: boolean; compress?: boolean; local?: boolean; timeout?: number } = {},
) => ({ rooms: new Set(rooms), except: new Set(except), flags });

/** Lets everything happen that waits for no timer. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
