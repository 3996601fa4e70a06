import "reflect-metadata";
import type { AddressInfo } from "node:net";
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  type NestInterceptor,
  Post,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { IoAdapter } from "@nestjs/platform-socket.io";
import {
  BaseWsExceptionFilter,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} from "@nestjs/websockets";
import { from, map, type Observable } from "rxjs";
import type { Namespace, Server, ServerOptions, Socket } from "socket.io";
import { CountingAdapter } from "./counting-adapter.mjs";
import { run } from "./run.mjs";

class ChatAdapter extends IoAdapter {
  override createIOServer(port: number, options?: ServerOptions): Server {
    const server: Server = super.createIOServer(port, {
      ...options,
      cors: { origin: "https://example.com" },
    });
    server.adapter(CountingAdapter);
    server.use((socket, next) => {
      socket.data.name = String(socket.handshake.auth.name ?? "nobody");
      next();
    });
    return server;
  }
}

@Injectable()
class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToWs().getClient<Socket>().handshake.auth.token === "secret";
  }
}

@Injectable()
class Doubling implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value) => (typeof value === "number" ? value * 2 : value)));
  }
}

@Catch(RangeError)
class RangeFilter extends BaseWsExceptionFilter {
  override catch(error: RangeError, host: ArgumentsHost): void {
    host.switchToWs().getClient<Socket>().emit("out of range", error.message);
  }
}

@WebSocketGateway()
class ChatGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer()
  server?: Server;
  readonly log: string[] = [];

  afterInit(server: Server): void {
    this.log.push(`init ${server === this.server}`);
  }

  handleConnection(client: Socket): void {
    client.emit("welcome", { id: client.id, name: client.data.name });
  }

  handleDisconnect(client: Socket): void {
    this.log.push(`left ${client.data.name}`);
  }

  @SubscribeMessage("echo")
  echo(_client: Socket, value: unknown): unknown {
    return value;
  }

  @SubscribeMessage("join")
  async join(client: Socket, room: string): Promise<string[]> {
    await client.join(room);
    return [...client.rooms].filter((name) => name !== client.id);
  }

  @SubscribeMessage("tell")
  tell(client: Socket, [room = "", text]: string[]): void {
    client.to(room).emit("told", text);
  }

  @SubscribeMessage("leave")
  leave(client: Socket): void {
    client.disconnect();
  }

  @SubscribeMessage("count")
  count(_client: Socket, end: number): Observable<{ event: string; data: number }> {
    return from(Array.from({ length: end }, (_, index) => ({ event: "number", data: index + 1 })));
  }

  @UseInterceptors(Doubling)
  @SubscribeMessage("double")
  double(_client: Socket, value: number): number {
    return value;
  }

  @UseGuards(TokenGuard)
  @SubscribeMessage("secret")
  secret(): string {
    return "told";
  }

  @SubscribeMessage("fail")
  fail(): never {
    throw new WsException("wrong");
  }

  @SubscribeMessage("crash")
  crash(): never {
    throw new Error("not for others to read");
  }

  @UseFilters(RangeFilter)
  @SubscribeMessage("exceed")
  exceed(): never {
    throw new RangeError("too far");
  }
}

@WebSocketGateway({ namespace: "admin" })
class AdminGateway implements OnGatewayInit {
  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      if (socket.handshake.auth.token === "secret") next();
      else next(Object.assign(new Error("not allowed"), { data: { code: 7 } }));
    });
  }
}

@WebSocketGateway({ namespace: /^\/table-\d+$/ })
class TableGateway {
  @SubscribeMessage("echo")
  echo(client: Socket, value: unknown): unknown {
    return [client.nsp.name, value];
  }
}

@Controller()
class ChatController {
  @Inject(ChatGateway)
  readonly gateway?: ChatGateway;

  get #io(): Server {
    const server = this.gateway?.server;
    if (server === undefined) throw new Error("There is no server yet");
    return server;
  }

  @Get("hello")
  hello(): string {
    return "hello";
  }

  @Get("census")
  async census(): Promise<object> {
    const people = await this.#io.fetchSockets();
    return {
      names: people.map(({ data }) => data.name).sort(),
      connections: this.#io.engine.clientsCount,
      broadcasts: CountingAdapter.broadcasts,
    };
  }

  @Get("log")
  log(): readonly string[] {
    return this.gateway?.log ?? [];
  }

  say(text: string): void {
    this.#io.emit("said", text);
  }

  ask(question: string): Promise<string[]> {
    return this.#io.timeout(2000).emitWithAck("ask", question);
  }
}
// Applied as calls, since not every tool reads decorators of parameters.
const post = (name: "say" | "ask", path: string): void => {
  Body("text")(ChatController.prototype, name, 0);
  const descriptor = Object.getOwnPropertyDescriptor(ChatController.prototype, name);
  if (descriptor !== undefined) Post(path)(ChatController.prototype, name, descriptor);
};
post("say", "say");
post("ask", "ask");

@Module({ controllers: [ChatController], providers: [ChatGateway, AdminGateway, TableGateway] })
class ChatModule {}

const app = await NestFactory.create(ChatModule, { logger: ["fatal"] });
app.useWebSocketAdapter(new ChatAdapter(app));
await app.listen(0, "127.0.0.1");
run((app.getHttpServer().address() as AddressInfo).port, () => app.close());
