/** What servers tell one another, and what they know of each other's sockets. */
import { expectTypeOf } from "expect-type";
import { type ChatRemoteSocket, type ClusterEvents, io, namespace, type Person, remote } from "./chat.ts";

for (const server of [io, namespace] as const) {
  expectTypeOf(server.serverSideEmit("refresh", "room")).toBeBoolean();
  server.serverSideEmit("count", "room", (error, people) => {
    expectTypeOf(error).toEqualTypeOf<Error>();
    expectTypeOf(people).toEqualTypeOf<number[]>();
  });
  expectTypeOf(server.serverSideEmitWithAck("count", "room")).toEqualTypeOf<Promise<number[]>>();
}
io.on("refresh", (room) => expectTypeOf(room).toBeString());
io.once("count", (...args) => expectTypeOf(args).toEqualTypeOf<Parameters<ClusterEvents["count"]>>());
namespace.once("refresh", (room) => expectTypeOf(room).toBeString());
namespace.on("count", (room, reply) => {
  expectTypeOf(room).toBeString();
  expectTypeOf(reply).toEqualTypeOf<(people: number) => void>();
});
expectTypeOf(namespace.listeners("count")).toEqualTypeOf<ClusterEvents["count"][]>();

// @ts-expect-error
io.serverSideEmit("said", "Ann", "hello");
// @ts-expect-error
namespace.serverSideEmit("refresh", 1);
// @ts-expect-error
io.serverSideEmit("refresh");
// @ts-expect-error: other servers are always waited for a limited time.
io.serverSideEmit("count", "room", (people: number[]) => people);
// @ts-expect-error
io.serverSideEmitWithAck("refresh", "room");
// @ts-expect-error
namespace.serverSideEmitWithAck("count");

expectTypeOf(io.fetchSockets()).toEqualTypeOf<Promise<ChatRemoteSocket[]>>();
expectTypeOf(namespace.fetchSockets()).toEqualTypeOf<Promise<ChatRemoteSocket[]>>();
expectTypeOf(remote.id).toBeString();
expectTypeOf(remote.rooms).toEqualTypeOf<Set<string>>();
expectTypeOf(remote.data).toEqualTypeOf<Person>();
expectTypeOf(remote.handshake.query.token).toEqualTypeOf<string | string[] | undefined>();
expectTypeOf(remote.disconnect(true)).toEqualTypeOf(remote);
expectTypeOf(remote.join(["one", "two"])).toEqualTypeOf<void>();
expectTypeOf(remote.leave("one")).toEqualTypeOf<void>();
io.in("room").socketsJoin(["one", "two"]);
io.socketsLeave("one");
namespace.except("room").disconnectSockets(true);
expectTypeOf(io.to("room").fetchSockets()).resolves.items.toHaveProperty("data").toEqualTypeOf<Person>();
