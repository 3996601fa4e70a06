// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import {
  ClusterAdapter,
  type ClusterAdapterOptions,
  ClusterAdapterWithHeartbeat,
  type ClusterMessage,
  type ClusterResponse,
  MessageType,
  type Offset,
  type ServerId,
} from "socket.io-adapter";

interface Broker {
  publish(channel: string, payload: string): Promise<number>;
  subscribe(channel: string, listener: (payload: string) => void): Promise<void>;
}

class ChannelAdapter extends ClusterAdapter {
  private readonly channel: string;
  private readonly opts: Required<{ prefix: string }>;

  constructor(
    nsp: any,
    private readonly broker: Broker,
    opts: { prefix: string },
  ) {
    super(nsp);
    this.opts = opts;
    this.channel = `${opts.prefix}#${nsp.name}#`;
    const responses = `${this.channel}${this.uid}#`;
    void broker.subscribe(this.channel, (payload) => this.onMessage(JSON.parse(payload), "1-0"));
    void broker.subscribe(responses, (payload) => this.onResponse(JSON.parse(payload)));
    this.on("create-room", (room) => this.isPublic(room) && console.log(room));
  }

  override close(): Promise<void> | void {
    return Promise.resolve();
  }

  public doPublish(message: ClusterMessage): Promise<Offset> {
    return this.broker.publish(this.channelOf(message), JSON.stringify(message)).then(() => "");
  }

  public async doPublishResponse(requesterUid: ServerId, response: ClusterResponse): Promise<void> {
    await this.broker.publish(`${this.channel}${requesterUid}#`, JSON.stringify(response));
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(2);
  }

  private channelOf(message: ClusterMessage): string {
    // Broadcasts with acknowledgements go to everyone, like requests.
    if (message.type !== MessageType.BROADCAST || message.data.requestId) return this.channel;
    const { rooms, except, flags } = message.data.opts;
    console.log(except.length, flags.compress, this.opts.prefix);
    return rooms.length === 1 ? `${this.channel}${rooms[0]}#` : this.channel;
  }

  private isPublic(room: string): boolean {
    return !this.sids.has(room);
  }
}

class BeatingAdapter extends ClusterAdapterWithHeartbeat {
  constructor(nsp: any, opts: ClusterAdapterOptions = {}) {
    super(nsp, opts);
    process.on("message", (message: any) => {
      if (message?.source !== "here") return;
      if (message.type >= MessageType.FETCH_SOCKETS_RESPONSE) this.onResponse(message);
      else this.onMessage(message, message.offset);
    });
  }

  protected override doPublish(message: ClusterMessage & { source: string }): Promise<string> {
    message.source = "here";
    process.send?.(message);
    return Promise.resolve("");
  }

  protected override doPublishResponse(
    requesterUid: ServerId,
    response: ClusterResponse & { source: string; requesterUid: string },
  ): Promise<void> {
    response.requesterUid = requesterUid;
    process.send?.(response);
    return Promise.resolve();
  }

  override init(): void {
    super.init();
  }

  override close(): void {
    super.close();
  }

  override serverCount(): Promise<number> {
    return super.serverCount();
  }
}

function describe(message: ClusterMessage | ClusterResponse): string {
  const uid: ServerId = message.uid;
  switch (message.type) {
    case MessageType.INITIAL_HEARTBEAT:
    case MessageType.HEARTBEAT:
    case MessageType.ADAPTER_CLOSE:
      return `${uid} ${message.nsp}`;
    case MessageType.BROADCAST:
      return String(message.data.requestId ?? message.data.packet);
    case MessageType.SOCKETS_JOIN:
    case MessageType.SOCKETS_LEAVE:
      return message.data.rooms.join();
    case MessageType.DISCONNECT_SOCKETS:
      return String(message.data.close);
    case MessageType.FETCH_SOCKETS:
      return message.data.requestId.toUpperCase();
    case MessageType.SERVER_SIDE_EMIT:
      return message.data.packet[0];
    case MessageType.FETCH_SOCKETS_RESPONSE:
      return String(message.data.sockets.length);
    case MessageType.SERVER_SIDE_EMIT_RESPONSE:
    case MessageType.BROADCAST_ACK:
      return String(message.data.packet);
    case MessageType.BROADCAST_CLIENT_COUNT:
      return message.data.clientCount.toFixed();
  }
}

const heartbeat: ClusterMessage = { uid: "1", nsp: "/", type: MessageType.HEARTBEAT };
const names: string[] = [MessageType[MessageType.BROADCAST], String(MessageType[3])];
const type: MessageType.FETCH_SOCKETS = MessageType.FETCH_SOCKETS;
const options: ClusterAdapterOptions = { heartbeatInterval: 5_000, heartbeatTimeout: 10_000 };
export const createAdapter = (broker: Broker) => (nsp: any) =>
  new ChannelAdapter(nsp, broker, { prefix: "x" });

async function use(adapter: BeatingAdapter): Promise<void> {
  adapter.init();
  await adapter.broadcast({ type: 2, data: ["e"] }, { rooms: new Set(), except: new Set(), flags: {} });
  await adapter.addSockets({ rooms: new Set() }, ["a"]).then(() => console.log("asked"));
  await adapter.delSockets({ rooms: new Set() }, ["a"]);
  await adapter.disconnectSockets({ rooms: new Set() }, false);
  const sockets = await adapter.fetchSockets({ rooms: new Set(), flags: { local: true } });
  await adapter.serverSideEmit([
    "e",
    (error: Error | null, answers: unknown[]) => console.log(error, answers),
  ]);
  adapter.publish({ type: MessageType.SERVER_SIDE_EMIT, data: { packet: ["e"] } });
  adapter.onMessage(heartbeat);
  adapter.onResponse({
    uid: "1",
    nsp: "/",
    type: MessageType.BROADCAST_ACK,
    data: { requestId: "1", packet: 1 },
  });
  console.log(sockets[0].anything, names, type, describe(heartbeat), options);
  adapter.close();
}
console.log(use, BeatingAdapter);
