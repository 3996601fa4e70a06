import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type AttachOptions, Server, type ServerOptions, Socket } from "engine.io";

interface MyOptions extends ServerOptions, AttachOptions {
  readonly prefix?: string;
}

class MyServer extends Server {
  readonly prefix: string;
  #served = 0;

  constructor(options: MyOptions = {}) {
    super(options);
    this.prefix = options.prefix ?? "";
  }

  override generateId(request: IncomingMessage): string {
    return this.prefix + request.headers["x-id"];
  }

  override handleRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#served++;
    super.handleRequest(request, response);
  }

  override handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#served++;
    super.handleUpgrade(request, socket, head);
  }

  override close(): this {
    console.log(this.#served);
    return super.close();
  }

  ids(): string[] {
    return Object.keys(this.clients);
  }

  find(id: string): Socket | undefined {
    return this.clients[id];
  }
}

class LaterServer extends Server {
  override async generateId(_request: IncomingMessage): Promise<string> {
    return super.generateId(_request);
  }
}

const mine = new MyServer({ prefix: "a", path: "/realtime", pingInterval: 1000 });
mine.on("connection", (socket: Socket) => console.log(mine.ids().length, socket.readyState));
const servers: Server[] = [mine, new LaterServer()];
const message: string = MyServer.errorMessages[MyServer.errors.BAD_REQUEST];
const make = (Class: typeof Server): Server => new Class({});
console.log(servers, message, make(MyServer), MyServer.errors === Server.errors, Socket.prototype);
