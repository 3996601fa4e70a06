/** Code that is itself generic in its events, where the compiler cannot look into the maps. */
import type { DefaultEventsMap, Namespace, RemoteSocket, Server, Socket } from "@towline/socket.io";
import { expectTypeOf } from "expect-type";
import { type ChatServer, type ChatSocket, io, namespace, socket } from "./chat.ts";

// biome-ignore lint/suspicious/noExplicitAny: how users write a constraint that interfaces fulfil.
type Events = Record<string, any>;

export class Gateway<Listen extends Events, Emit extends Events, Side extends Events, Data> {
  readonly server: Server<Listen, Emit, Side, Data>;

  constructor(server: Server<Listen, Emit, Side, Data>) {
    this.server = server;
  }

  listen(): void {
    this.server.on("connection", (joined) => {
      joined.on("disconnect", () => {});
      joined.emit("anything", ...([] as unknown as Parameters<Emit["anything"]>));
    });
    this.server.of("/").use((_, next) => next());
  }

  find(id: string): Socket<Listen, Emit, Side, Data> | undefined {
    return this.server.of("/").sockets.get(id);
  }

  async everyone(): Promise<RemoteSocket<Emit, Data>[]> {
    return this.server.fetchSockets();
  }
}
const gateway = new Gateway(io);
expectTypeOf(gateway.server).toEqualTypeOf<ChatServer>();
expectTypeOf(gateway.find("id")).toEqualTypeOf<ChatSocket | undefined>();

const roomOf = <Listen extends Events, Emit extends Events, Side extends Events, Data>(
  joined: Socket<Listen, Emit, Side, Data>,
) => ({ data: joined.data, namespace: joined.nsp.name });
expectTypeOf(roomOf(socket).data).toEqualTypeOf<ChatSocket["data"]>();

function tell<Emit extends Events, Name extends keyof Emit & string>(
  sender: Socket<DefaultEventsMap, Emit>,
  event: Name,
  ...args: Parameters<Emit[Name]>
): void {
  sender.emit(event, ...args);
}
declare const teller: Socket<DefaultEventsMap, { said: (text: string) => void }>;
tell(teller, "said", "hello");
// @ts-expect-error
tell(teller, "said", 1);

// Code that does not care for events takes servers and sockets with any.
const nameOf = ({ name }: { readonly name: string }) => name;
nameOf(namespace);
// biome-ignore lint/suspicious/noExplicitAny: how users write it.
const count = (server: Server<any, any, any, any>) => server.engine.clientsCount;
expectTypeOf(count(io)).toBeNumber();
// biome-ignore lint/suspicious/noExplicitAny: how users write it.
const close = (of: Namespace<any, any, any, any>) => of.disconnectSockets(true);
close(namespace);
