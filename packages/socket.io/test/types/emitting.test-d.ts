/** Only declared events can be emitted, with their arguments, by whatever sends. */
import { expectTypeOf } from "expect-type";
import { broadcaster, io, namespace, remote, socket } from "./chat.ts";

expectTypeOf(io.emit("said", "Ann", "hello")).toBeBoolean();
expectTypeOf(namespace.emit("said", "Ann", "hello")).toBeBoolean();
expectTypeOf(socket.emit("said", "Ann", "hello")).toBeBoolean();
expectTypeOf(socket.broadcast.emit("said", "Ann", "hello")).toBeBoolean();
expectTypeOf(remote.emit("said", "Ann", "hello")).toBeBoolean();
io.emit("tick");
namespace.to("room").emit("tick");
remote.emit("tick");
socket.emit("message", "hello");
socket.emit("message", "hello", true);
socket.volatile.compress(false).emit("tick");
for (const sender of [io, namespace, socket] as const) {
  sender.send("hello");
  sender.write("hello", true);
}
expectTypeOf(io.send("hello")).toEqualTypeOf(io);
expectTypeOf(socket.write("hello").volatile.compress(true)).toEqualTypeOf(socket);

// @ts-expect-error: the server does not send what clients do.
io.emit("say", "hello");
// @ts-expect-error
namespace.emit("unheard of");
// @ts-expect-error
socket.emit("say", "hello");
// @ts-expect-error
socket.broadcast.emit("say", "hello");
// @ts-expect-error
remote.emit("say", "hello");
// @ts-expect-error
socket.emit("said", "Ann");
// @ts-expect-error
socket.emit("said", "Ann", 1);
// @ts-expect-error
io.emit("tick", "hello");
// @ts-expect-error
io.to("room").emit("said", 1, "hello");
// @ts-expect-error
remote.emit("said", "Ann");
// @ts-expect-error
socket.send(1);
// @ts-expect-error
io.send();
// @ts-expect-error: not even the reserved events.
socket.emit("disconnect", "transport close");

expectTypeOf(io.in("room")).toEqualTypeOf(broadcaster);
expectTypeOf(io.except(["one", "two"])).toEqualTypeOf(broadcaster);
expectTypeOf(io.local).toEqualTypeOf(broadcaster);
expectTypeOf(io.volatile).toEqualTypeOf(broadcaster);
expectTypeOf(io.compress(false)).toEqualTypeOf(broadcaster);
expectTypeOf(namespace.to(["one", "two"])).toEqualTypeOf(broadcaster);
expectTypeOf(namespace.in("room").except("other").volatile.local.compress(true)).toEqualTypeOf(broadcaster);
expectTypeOf(socket.to("room")).toEqualTypeOf(broadcaster);
expectTypeOf(socket.in("room").except("other")).toEqualTypeOf(broadcaster);
expectTypeOf(socket.except("room").to("other")).toEqualTypeOf(broadcaster);
expectTypeOf(socket.broadcast).toEqualTypeOf(broadcaster);
expectTypeOf(socket.local).toEqualTypeOf(broadcaster);
// @ts-expect-error
io.to(1);
// @ts-expect-error
socket.compress("yes");
