/** Without generics every event is taken, with any arguments. */
import { type DefaultEventsMap, type Namespace, Server, type Socket } from "@towline/socket.io";
import { expectTypeOf } from "expect-type";

declare const io: Server;
declare const socket: Socket;

expectTypeOf(io).toEqualTypeOf<Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap>>();
expectTypeOf(new Server()).toEqualTypeOf(io);
expectTypeOf(new Server(3000, { serveClient: false })).toEqualTypeOf(io);
expectTypeOf(io.of("/")).toEqualTypeOf<Namespace>();
io.on("connection", (joined) => expectTypeOf(joined).toEqualTypeOf<Socket>());
io.emit("anything", 1, "two", [3]);
io.emit("anything", (answers: string[]) => answers);
io.to("room").emit("anything", (...args: unknown[]) => args);
io.timeout(10).emit("anything", (error: Error, answers: string[]) => [error, answers]);
expectTypeOf(io.timeout(10).emitWithAck("anything", 1, 2)).resolves.toBeAny();
io.serverSideEmit("anything", 1, (error: Error, answers: string[]) => [error, answers]);
expectTypeOf(io.serverSideEmitWithAck("anything", 1)).resolves.items.toBeAny();
io.send("anything", 1).write();

socket.on("anything", (first, ...rest) => {
  expectTypeOf(first).toBeAny();
  // biome-ignore lint/suspicious/noExplicitAny: what is not declared.
  expectTypeOf(rest).toEqualTypeOf<any[]>();
});
socket.on("anything", async (text: string, reply: (answer: number) => void) => reply(text.length));
socket.on("disconnect", (reason) => expectTypeOf(reason).not.toBeAny());
socket.emit("anything", 1, (answer: string) => answer);
socket.timeout(10).emit("anything", (error: Error, answer: string) => [error, answer]);
expectTypeOf(socket.emitWithAck("anything", 1)).resolves.toBeAny();
expectTypeOf(socket.timeout(10).emitWithAck("anything", 1)).resolves.toBeAny();
expectTypeOf(socket.data).toBeAny();
socket.data.user = { name: "Ann" };

// Of one map, the others are as the reference has them.
interface Events {
  say: (text: string) => void;
  ask: (question: string, reply: (answer: string) => void) => void;
}
declare const one: Server<Events>;
expectTypeOf(one).toEqualTypeOf<Server<Events, Events, DefaultEventsMap>>();
one.emit("say", "hello");
one.serverSideEmit("anything", 1);
one.on("connection", (joined) => {
  expectTypeOf(joined).toEqualTypeOf<Socket<Events, Events, DefaultEventsMap>>();
  expectTypeOf(joined.emitWithAck("ask", "how?")).toEqualTypeOf<Promise<string>>();
});
// @ts-expect-error
one.emit("anything");

// `any` in a map says nothing of acknowledgements, so both ways to emit are open.
interface Loose {
  // biome-ignore lint/suspicious/noExplicitAny: the case at hand.
  any: (value: any) => void;
  // biome-ignore lint/suspicious/noExplicitAny: the case at hand.
  untyped: any;
}
declare const loose: Server<Loose>;
loose.emit("any", 1);
loose.emit("untyped", 1, 2);
loose.on("connection", (joined) => {
  joined.emit("any", () => {});
  expectTypeOf(joined.emitWithAck("any")).resolves.toBeAny();
  joined.on("untyped", (first: string) => first);
});

// An error that the acknowledgement has of its own is not given twice.
interface Fallible {
  save: (text: string, reply: (error: Error | null, id: number) => void) => void;
  load: (reply: (error: TypeError, id: number) => void) => void;
}
declare const fallible: Socket<Fallible>;
fallible.timeout(10).emit("save", "text", (timeout, error, id) => {
  expectTypeOf(timeout).toEqualTypeOf<Error>();
  expectTypeOf(error).toEqualTypeOf<Error | null>();
  expectTypeOf(id).toBeNumber();
});
fallible
  .timeout(10)
  .emit("load", (...args) => expectTypeOf(args).toEqualTypeOf<[error: TypeError, id: number]>());
expectTypeOf(fallible.emitWithAck("load")).toEqualTypeOf<Promise<number>>();
