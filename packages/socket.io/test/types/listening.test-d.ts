/** Listeners know what they get, on a server, a namespace and a socket. */
import type { DisconnectReason, Event, Socket } from "@towline/socket.io";
import { expectTypeOf } from "expect-type";
import { type ChatNamespace, type ChatSocket, type ClientEvents, io, namespace, socket } from "./chat.ts";

io.on("connection", (joined) => expectTypeOf(joined).toEqualTypeOf<ChatSocket>());
io.once("connect", (joined) => expectTypeOf(joined).toEqualTypeOf<ChatSocket>());
io.on("new_namespace", (created) => expectTypeOf(created).toEqualTypeOf<ChatNamespace>());
io.on("connection", async (joined) => joined.join("room"));
namespace.on("connection", (joined) => expectTypeOf(joined).toEqualTypeOf<ChatSocket>());
namespace.once("connect", (joined) => expectTypeOf(joined).toEqualTypeOf<ChatSocket>());
expectTypeOf(io.on("connection", () => {})).toEqualTypeOf(io);
expectTypeOf(namespace.once("connect", () => {})).toEqualTypeOf(namespace);

// @ts-expect-error: no event of the cluster's is called that.
io.on("say", () => {});
// @ts-expect-error
namespace.on("say", () => {});
// @ts-expect-error: a server alone hears of new namespaces.
namespace.on("new_namespace", () => {});
// @ts-expect-error
io.on("connection", (text: string) => text);

socket.on("say", (text) => expectTypeOf(text).toBeString());
socket.once("say", async (text) => expectTypeOf(text).toBeString());
socket.on("leave", (...args) => expectTypeOf(args).toEqualTypeOf<[]>());
socket.on("rename", (name, reply) => {
  expectTypeOf(name).toBeString();
  expectTypeOf(reply).toEqualTypeOf<(accepted: boolean) => void>();
  // @ts-expect-error
  reply("yes");
  // @ts-expect-error
  reply();
});
socket.on("disconnect", (reason, description) => {
  expectTypeOf(reason).toEqualTypeOf<DisconnectReason>();
  expectTypeOf(description).toBeAny();
});
socket.once("disconnecting", (reason) => expectTypeOf(reason).toEqualTypeOf<DisconnectReason>());
socket.on("error", (error) => expectTypeOf(error).toEqualTypeOf<Error>());
expectTypeOf(socket.on("leave", () => {})).toEqualTypeOf(socket);

// @ts-expect-error: the client sends no such event.
socket.on("said", () => {});
// @ts-expect-error
socket.on("say", (text: number) => text);
// @ts-expect-error
socket.once("leave", (text: string) => text);
// @ts-expect-error
socket.on("disconnect", (reason: number) => reason);

expectTypeOf(socket.listeners("say")).toEqualTypeOf<ClientEvents["say"][]>();
expectTypeOf(socket.listeners("error")).toEqualTypeOf<((error: Error) => void)[]>();
expectTypeOf(io.listeners("refresh")).toEqualTypeOf<((room: string) => void)[]>();
// @ts-expect-error
socket.listeners("said");

// Names may come from an enum.
enum Name {
  connection = "connection",
  say = "say",
}
io.on(Name.connection, (joined: ChatSocket) => joined.id);
socket.on(Name.say, (text: string) => text);

// Of an event that no listener fits, every listener is taken.
declare const vague: Socket<{ later: never }>;
vague.on("later", (text: string) => console.log(text));
expectTypeOf(vague.listeners("later")).items.toBeFunction();

// What Node's emitter has beside `on` and `once` takes any name, and any listener.
socket
  .off("say", (text: string) => text)
  .off("of our own", () => {})
  .addListener("say", (text: string) => text)
  .prependListener("of our own", (text: string) => text)
  .removeAllListeners("say");
io.off("connection", (joined: ChatSocket) => joined.id).removeAllListeners();
expectTypeOf(socket.listenerCount("anything")).toBeNumber();

socket
  .onAny((event: string, ...args: unknown[]) => [event, args])
  .prependAny((event) => expectTypeOf(event).toBeAny())
  .offAny()
  .onAnyOutgoing((event: string, text: string) => [event, text])
  .prependAnyOutgoing(() => {})
  .offAnyOutgoing(() => {});
expectTypeOf(socket.listenersAny()).toEqualTypeOf(socket.listenersAnyOutgoing());
expectTypeOf<Event[0]>().toBeString();

expectTypeOf<DisconnectReason>().toEqualTypeOf<
  | "transport error"
  | "transport close"
  | "forced close"
  | "ping timeout"
  | "parse error"
  | "server shutting down"
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect"
>();
