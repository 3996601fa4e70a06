/** Namespaces, middlewares and what a socket carries. */
import type { IncomingHttpHeaders } from "node:http";
import type { ParsedUrlQuery } from "node:querystring";
import type { ExtendedError } from "@towline/socket.io";
import { expectTypeOf } from "expect-type";
import {
  type ChatNamespace,
  type ChatServer,
  type ChatSocket,
  io,
  namespace,
  type Person,
  socket,
} from "./chat.ts";

expectTypeOf(io.of("/admin")).toEqualTypeOf<ChatNamespace>();
expectTypeOf(io.of(/^\/room-\d+$/)).toEqualTypeOf<ChatNamespace>();
expectTypeOf(io.sockets).toEqualTypeOf<ChatNamespace>();
expectTypeOf(
  io.of("/admin", (joined) => expectTypeOf(joined).toEqualTypeOf<ChatSocket>()),
).toEqualTypeOf<ChatNamespace>();
io.of((name, auth, next) => {
  expectTypeOf(name).toBeString();
  expectTypeOf(auth.token).toBeAny();
  expectTypeOf(next).toEqualTypeOf<(error: Error | null, success: boolean) => void>();
  next(null, auth.token === "abc");
});
// @ts-expect-error
io.of(1);

expectTypeOf(namespace.name).toBeString();
expectTypeOf(namespace.server).toEqualTypeOf<ChatServer>();
expectTypeOf(namespace.sockets).toEqualTypeOf<Map<string, ChatSocket>>();
expectTypeOf(namespace.adapter.rooms).toEqualTypeOf<Map<string, Set<string>>>();

for (const guarded of [io, namespace] as const)
  guarded.use((joining, next) => {
    expectTypeOf(joining).toEqualTypeOf<ChatSocket>();
    joining.data.name = String(joining.handshake.auth.name);
    // @ts-expect-error
    joining.data.age = "unknown";
    const refusal: ExtendedError = new Error("no");
    refusal.data = { because: 1 };
    next(refusal);
    next(new TypeError("no"));
    next();
    // @ts-expect-error
    next("no");
  });
expectTypeOf(io.use(async (_, next) => next())).toEqualTypeOf(io);

socket.use(([event, ...args], next) => {
  expectTypeOf(event).toBeString();
  // biome-ignore lint/suspicious/noExplicitAny: what the reference gives.
  expectTypeOf(args).toEqualTypeOf<any[]>();
  next(args.length > 1 ? new Error("no") : undefined);
  next();
});
expectTypeOf(socket.data).toEqualTypeOf<Person>();
expectTypeOf(socket.id).toBeString();
expectTypeOf(socket.rooms).toEqualTypeOf<Set<string>>();
expectTypeOf(socket.connected).toBeBoolean();
expectTypeOf(socket.disconnected).toBeBoolean();
expectTypeOf(socket.recovered).toBeBoolean();
expectTypeOf(socket.nsp.name).toBeString();
expectTypeOf(socket.handshake).toEqualTypeOf<{
  headers: IncomingHttpHeaders;
  time: string;
  address: string;
  xdomain: boolean;
  secure: boolean;
  issued: number;
  url: string;
  query: ParsedUrlQuery;
  // biome-ignore lint/suspicious/noExplicitAny: what the reference gives.
  auth: { [key: string]: any };
}>();
expectTypeOf(socket.request.url).toEqualTypeOf<string | undefined>();
expectTypeOf(socket.conn.transport.name).toBeString();
expectTypeOf(socket.disconnect()).toEqualTypeOf(socket);
expectTypeOf(socket.join(["one", "two"])).toEqualTypeOf<Promise<void> | void>();
expectTypeOf(socket.leave("one")).toEqualTypeOf<Promise<void> | void>();
// @ts-expect-error: the server alone names it.
socket.id = "mine";
