// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import {
  Adapter,
  type BroadcastFlags,
  type BroadcastOptions,
  type PrivateSessionId,
  type Room,
  type Session,
  SessionAwareAdapter,
  type SocketId,
} from "socket.io-adapter";

class LoggingAdapter extends Adapter {
  private readonly prefix: string;
  readonly uid = "node-1";
  private requests = new Map<string, unknown>();
  private ackRequests = new Map<string, unknown>();
  encoderName?: string;

  constructor(nsp: any, prefix = "log") {
    super(nsp);
    this.prefix = prefix;
    this.encoderName = this.nsp.server.encoder.constructor.name;
    this.on("create-room", (room: Room) => console.log(room));
    this.on("join-room", (room: Room, id: SocketId) => console.log(room, id));
  }

  override init(): Promise<void> {
    return Promise.resolve();
  }

  override async close(): Promise<void> {
    this.requests.clear();
    this.ackRequests.clear();
  }

  override addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    console.log(this.prefix, id, [...rooms], this.sids.get(id)?.size, this.rooms.size);
    return super.addAll(id, rooms);
  }

  override del(id: SocketId, room: Room) {
    return super.del(id, room);
  }

  override delAll(id: SocketId): void {
    super.delAll(id);
  }

  override broadcast(packet: any, opts: BroadcastOptions): void {
    const flags: BroadcastFlags = opts.flags ?? {};
    flags.volatile = true;
    if (!flags.local && opts.except?.has("x")) packet.data.push(packet.nsp);
    super.broadcast(packet, opts);
  }

  override broadcastWithAck(
    packet: any,
    opts: BroadcastOptions,
    clientCountCallback: (clientCount: number) => void,
    ack: (...args: any[]) => void,
  ) {
    const timeout: number | undefined = opts.flags?.timeout;
    super.broadcastWithAck(
      packet,
      { ...opts, flags: { ...opts.flags, timeout: timeout || 5000 } },
      clientCountCallback,
      ack,
    );
  }

  override serverCount(): Promise<number> {
    return super.serverCount().then((count) => count + 1);
  }

  override async fetchSockets(opts: BroadcastOptions): Promise<any[]> {
    const sockets = await super.fetchSockets(opts);
    return sockets.map((socket) => ({ id: socket.id, rooms: [...socket.rooms], data: socket.data }));
  }

  override serverSideEmit(packet: any[]): void {
    const withAck = typeof packet[packet.length - 1] === "function";
    if (withAck) packet.pop()(null, []);
    this.nsp._onServerSideEmit(packet);
  }

  async allRooms(): Promise<Set<Room>> {
    return new Set(this.rooms.keys());
  }
}

async function use(adapter: Adapter): Promise<void> {
  const rooms: Map<Room, Set<SocketId>> = adapter.rooms;
  const sids: Map<SocketId, Set<Room>> = adapter.sids;
  adapter.rooms = new Map(rooms);
  const found: Set<SocketId> = await adapter.sockets(new Set(["a"]));
  const joined: Set<Room> | undefined = adapter.socketRooms("id");
  adapter.addSockets({ rooms: new Set(), except: new Set(["x"]) }, ["y"]);
  adapter.delSockets({ rooms: new Set(["y"]) }, ["y"]);
  adapter.disconnectSockets({ rooms: new Set(["y"]) }, true);
  adapter.persistSession({ sid: "s", pid: "p", rooms: ["s"], data: { any: 1 } });
  const session: Session = await adapter.restoreSession("p", "offset");
  const missed: unknown[][] = session.missedPackets;
  const [sid, pid]: [SocketId, PrivateSessionId] = [session.sid, session.pid];
  console.log(
    sids,
    found,
    joined,
    missed,
    sid,
    pid,
    session.rooms,
    session.data,
    adapter.nsp.anything.at.all,
  );
}

class StoringAdapter extends SessionAwareAdapter {
  private readonly store = new Map<string, string>();

  override persistSession(session: any): void {
    this.store.set(session.pid, JSON.stringify(session));
    super.persistSession(session);
  }

  override async restoreSession(pid: PrivateSessionId, offset: string): Promise<Session> {
    const stored = this.store.get(pid);
    if (!/^[0-9]+-[0-9]+$/.test(offset)) return Promise.reject("invalid offset");
    const session = stored ? JSON.parse(stored) : await super.restoreSession(pid, offset);
    session.missedPackets = [];
    return session;
  }
}

type AdapterConstructor = typeof Adapter | ((nsp: any) => Adapter);
const constructors: AdapterConstructor[] = [
  Adapter,
  LoggingAdapter,
  StoringAdapter,
  (nsp) => new LoggingAdapter(nsp, "other"),
];
const nsp = { name: "/", sockets: new Map(), server: { encoder: {}, opts: {} } };
void use(new Adapter(nsp));
console.log(constructors, new SessionAwareAdapter(nsp) instanceof Adapter);
