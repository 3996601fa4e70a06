// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import { type Namespace, Server } from "socket.io";
import {
  Adapter,
  type BroadcastFlags,
  type BroadcastOptions,
  type Room,
  type Session,
  SessionAwareAdapter,
  type SocketId,
} from "socket.io-adapter";

interface Bus {
  publish(message: unknown): void;
  subscribe(listener: (message: any) => void): void;
}

class BusAdapter extends Adapter {
  readonly bus: Bus;
  readonly #flags: BroadcastFlags = { local: true, volatile: false };

  constructor(namespace: any, bus: Bus) {
    super(namespace);
    this.bus = bus;
    bus.subscribe(({ packet, rooms, except }) => {
      super.broadcast(packet, { rooms: new Set(rooms), except: new Set(except), flags: this.#flags });
    });
    this.on("leave-room", (room: Room, id: SocketId) => bus.publish([room, id]));
  }

  override async init(): Promise<void> {
    await super.init();
  }

  override broadcast(packet: any, opts: BroadcastOptions): void {
    if (!opts.flags?.local)
      this.bus.publish({ packet, rooms: [...opts.rooms], except: [...(opts.except ?? [])] });
    super.broadcast(packet, opts);
  }

  override broadcastWithAck(
    packet: any,
    opts: BroadcastOptions,
    clientCountCallback: (clientCount: number) => void,
    ack: (...args: any[]) => void,
  ): void {
    super.broadcastWithAck(packet, opts, (count) => clientCountCallback(count), ack);
  }

  override async addAll(id: SocketId, rooms: Set<Room>): Promise<void> {
    await super.addAll(id, rooms);
    for (const room of rooms) this.emit("custom-join", room);
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(2);
  }

  override async fetchSockets(opts: BroadcastOptions): Promise<any[]> {
    const local = await super.fetchSockets(opts);
    return local.filter(({ id }) => this.sids.has(id));
  }

  override serverSideEmit(packet: any[]): void {
    if (typeof packet[packet.length - 1] === "function") throw new Error("no acknowledgements here");
    this.bus.publish({ packet });
    this.nsp._onServerSideEmit(packet);
  }
}

class StoringAdapter extends SessionAwareAdapter {
  override persistSession(session: { sid: string; pid: string; rooms: Room[]; data: unknown }): void {
    super.persistSession(session);
  }

  override async restoreSession(pid: string, offset: string): Promise<Session> {
    const session = await super.restoreSession(pid, offset);
    return { ...session, missedPackets: [["hello"]] };
  }
}

const bus: Bus = { publish: () => {}, subscribe: () => {} };
export const io = new Server({ adapter: (namespace) => new BusAdapter(namespace, bus) });
io.adapter(StoringAdapter);
const of = (namespace: Namespace): Adapter => namespace.adapter;
const sizes = [...of(io.of("/")).rooms].map(([room, ids]): [Room, number] => [room, ids.size]);
console.log(sizes, of(io.sockets) instanceof BusAdapter);
