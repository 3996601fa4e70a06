/** Acknowledgements by callback and by promise, from one client and from many, with a timeout and without. */
import { expectTypeOf } from "expect-type";
import { broadcaster, io, namespace, remote, socket } from "./chat.ts";

// One client, no timeout.
socket.emit("ask", "how?", (answer) => expectTypeOf(answer).toBeString());
socket.emit("vote", { id: 1 }, (yes, weight) =>
  expectTypeOf([yes, weight]).toEqualTypeOf<(boolean | number)[]>(),
);
socket.emit("hint", "psst");
socket.emit("hint", "psst", (seen) => expectTypeOf(seen).toBeBoolean());
expectTypeOf(socket.emitWithAck("ask", "how?")).toEqualTypeOf<Promise<string>>();
expectTypeOf(socket.emitWithAck("vote", { id: 1 })).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(socket.emitWithAck("ready")).toEqualTypeOf<Promise<undefined>>();
expectTypeOf(socket.emitWithAck("check")).toEqualTypeOf<Promise<number>>();
// @ts-expect-error: an acknowledgement must be given.
socket.emit("ask", "how?");
// @ts-expect-error
socket.emit("ask", "how?", (answer: number) => answer);
// @ts-expect-error: nothing would ever answer.
socket.emitWithAck("tick");
// @ts-expect-error
socket.emitWithAck("said", "Ann", "hello");
// @ts-expect-error
socket.emitWithAck("ask");
// @ts-expect-error
socket.emitWithAck("ask", "how?", () => {});
// @ts-expect-error
socket.emitWithAck("ask", 1);

// One client, within a time.
const timed = socket.timeout(1000);
timed.emit("ask", "how?", (error, answer) => {
  expectTypeOf(error).toEqualTypeOf<Error>();
  expectTypeOf(answer).toBeString();
});
timed.emit("ready", (...args) => expectTypeOf(args).toEqualTypeOf<[err: Error]>());
timed.emit("check", (error, load) => {
  expectTypeOf(error).toEqualTypeOf<Error>();
  expectTypeOf(load).toBeNumber();
});
timed.emit("said", "Ann", "hello");
expectTypeOf(timed.emitWithAck("ask", "how?")).toEqualTypeOf<Promise<string>>();
expectTypeOf(timed.emitWithAck("vote", { id: 1 })).toEqualTypeOf<Promise<boolean>>();
expectTypeOf(timed.emitWithAck("ready")).toEqualTypeOf<Promise<undefined>>();
expectTypeOf(timed.volatile.compress(true).emitWithAck("check")).toEqualTypeOf<Promise<number>>();
expectTypeOf(timed.timeout(500)).toEqualTypeOf(timed);
// @ts-expect-error: the error comes first.
timed.emit("ask", "how?", (answer: string) => answer);
// @ts-expect-error
timed.emitWithAck("tick");

// Many clients, no timeout: their answers come as a list.
for (const sender of [io.to("room"), namespace.in("room"), socket.broadcast, io.local] as const) {
  sender.emit("ask", "how?", (answers) => expectTypeOf(answers).toEqualTypeOf<string[]>());
  sender.emit("vote", { id: 1 }, (...args) => expectTypeOf(args).toEqualTypeOf<[yes: boolean[]]>());
  sender.emit("ready", (...args) => expectTypeOf(args).toEqualTypeOf<[]>());
}
// @ts-expect-error: on a server or namespace itself there is no such flag to make the list.
io.emit("ask", "how?", () => {});
// @ts-expect-error
namespace.emit("ready", () => {});
// @ts-expect-error: a promise for answers that may never come needs a timeout.
broadcaster.emitWithAck("ask", "how?");
// @ts-expect-error
broadcaster.emit("ask", "how?", (answer: string) => answer);

// Many clients, within a time.
for (const sender of [io.timeout(1000), namespace.timeout(1000), socket.to("room").timeout(1000)] as const) {
  sender.emit("ask", "how?", (error, answers) => {
    expectTypeOf(error).toEqualTypeOf<Error>();
    expectTypeOf(answers).toEqualTypeOf<string[]>();
  });
  sender.emit("vote", { id: 1 }, (...args) =>
    expectTypeOf(args).toEqualTypeOf<[err: Error, yes: boolean[]]>(),
  );
  sender.emit("tick");
  sender.emit("ready", (...args) => expectTypeOf(args).toEqualTypeOf<[err: Error]>());
  // @ts-expect-error: an answer without a value is no list.
  sender.emit("ready", (_error: Error, answers: undefined[]) => answers);
  expectTypeOf(sender.emitWithAck("ask", "how?")).toEqualTypeOf<Promise<string[]>>();
  expectTypeOf(sender.emitWithAck("ready")).toEqualTypeOf<Promise<undefined>>();
  expectTypeOf(sender.emitWithAck("vote", { id: 1 })).toEqualTypeOf<Promise<boolean[]>>();
  expectTypeOf(sender.to("other").local.emitWithAck("check")).toEqualTypeOf<Promise<number[]>>();
}
// @ts-expect-error
io.timeout(1000).emitWithAck("tick");
// @ts-expect-error
io.timeout(1000).emitWithAck("ask", 1);
// @ts-expect-error
io.timeout(1000).emit("ask", "how?", (answers: string[]) => answers);

// A socket of another server is one client.
remote.emit("ask", "how?", (answer) => expectTypeOf(answer).toBeString());
remote
  .timeout(1000)
  .emit("ask", "how?", (error, answer) => expectTypeOf([error, answer]).toEqualTypeOf<(Error | string)[]>());
expectTypeOf(remote.timeout(1000).emitWithAck("ask", "how?")).toEqualTypeOf<Promise<string>>();
// @ts-expect-error
remote.timeout(1000).emitWithAck("tick");
