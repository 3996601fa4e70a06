// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import type { Server as HttpServer } from "node:http";
import {
  type BroadcastOperator,
  type DefaultEventsMap,
  type ExtendedError,
  type Namespace,
  type RemoteSocket,
  Server,
  type ServerOptions,
  Socket,
} from "socket.io";

interface Incoming {
  subscribe: (topics: string[], done: (error: string | null) => void) => void;
}
interface Outgoing {
  update: (topic: string, value: number) => void;
  confirm: (reply: (yes: boolean) => void) => void;
}
interface Data {
  user?: { id: number };
}
type Client = Socket<Incoming, Outgoing, DefaultEventsMap, Data>;

export class RealtimeService {
  private readonly io: Server<Incoming, Outgoing, DefaultEventsMap, Data>;
  private readonly clients = new Map<string, Client>();
  private live: Namespace<Incoming, Outgoing, DefaultEventsMap, Data>;

  constructor(httpServer: HttpServer, options: Partial<ServerOptions> = {}) {
    this.io = new Server(httpServer, { transports: ["websocket"], ...options });
    this.live = this.io.of("/live");
    this.live.use(this.authenticate);
    this.live.on("connection", this.onConnection.bind(this));
  }

  private authenticate = (socket: Client, next: (error?: ExtendedError) => void): void => {
    const error: ExtendedError = new Error("no");
    error.data = { status: 401 };
    next(socket.handshake.headers.authorization === undefined ? error : undefined);
  };

  private onConnection(socket: Client): void {
    this.clients.set(socket.id, socket);
    socket.on("subscribe", (topics, done) => {
      socket.join(topics.map((topic) => `topic:${topic}`));
      done(null);
    });
    socket.once("disconnect", () => this.clients.delete(socket.id));
  }

  publish(topic: string, value: number): void {
    this.topic(topic).emit("update", topic, value);
  }

  private topic(topic: string): BroadcastOperator<Pick<Outgoing, "update">, Data> {
    return this.live.to(`topic:${topic}`).volatile;
  }

  async confirmed(): Promise<boolean> {
    const answers = await this.live.timeout(500).emitWithAck("confirm");
    return answers.every((yes) => yes);
  }

  async usersOf(topic: string): Promise<(number | undefined)[]> {
    const sockets: RemoteSocket<Outgoing, Data>[] = await this.live.in(topic).fetchSockets();
    return sockets.map(({ data }) => data.user?.id);
  }

  async stop(): Promise<void> {
    this.live.disconnectSockets(true);
    await this.io.close();
  }
}

export function sendAll<
  Listen extends DefaultEventsMap,
  Emit extends DefaultEventsMap,
  Side extends DefaultEventsMap,
  Carried,
>(socket: Socket<Listen, Emit, Side, Carried>, values: readonly number[]): Carried {
  for (const value of values) (socket as unknown as Socket).emit("update", value);
  return socket.data;
}

declare const anyone: Socket<Incoming, Outgoing, DefaultEventsMap, Data>;
const user: number | undefined = sendAll(anyone as any, [1, 2]) as unknown as number | undefined;
const isSocket = (value: unknown): value is Socket => value instanceof Socket;
console.log(user, isSocket(anyone));
