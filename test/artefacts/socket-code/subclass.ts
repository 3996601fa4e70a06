import { createServer } from "node:http";
import { type DefaultEventsMap, Server, type ServerOptions, Socket } from "socket.io";

interface Events {
  hello: (name: string) => void;
}

class GameServer extends Server<Events, Events, DefaultEventsMap, { score: number }> {
  readonly started = Date.now();

  constructor(port: number, options?: Partial<ServerOptions>) {
    super(createServer().listen(port), options);
    this.on("connection", (socket) => {
      socket.data.score = 0;
      socket.on("hello", (name) => this.welcome(socket, name));
    });
  }

  protected welcome(socket: Socket<Events, Events, DefaultEventsMap, { score: number }>, name: string): void {
    socket.emit("hello", name);
    this.emit("hello", `${name} ${socket.data.score}`);
  }

  override async close(callback?: (error?: Error) => void): Promise<void> {
    console.log(this.started);
    await super.close(callback);
  }
}

class Plain extends Server {}

const game: Server<Events, Events, DefaultEventsMap, { score: number }> = new GameServer(0, {});
const make = (Class: typeof Server): Server => new Class({ serveClient: false });
console.log(game, make(Plain), Socket.prototype);
