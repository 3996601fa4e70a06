import type { Server } from "socket.io";
import type { SocketView, Step, Target } from "./messages.ts";

/** Takes the steps from the target on, and gives what the last one comes to. */
export async function runSteps(io: Server, target: Target, steps: readonly Step[]): Promise<unknown> {
  return view(await takeSteps(await find(io, target), steps));
}

export function takeSteps(start: unknown, steps: readonly Step[]): unknown {
  let value = start;
  for (const [name, ...args] of steps) {
    const member: unknown = (value as Record<string, unknown>)[name];
    value = typeof member === "function" ? member.apply(value, args) : member;
  }
  return value;
}

async function find(io: Server, target: Target): Promise<unknown> {
  switch (target.of) {
    case "server":
      return io;
    case "namespace":
      return io.of(target.name);
    case "socket":
      return io.sockets.sockets.get(target.id);
    case "remote socket":
      return (await io.in(target.room).fetchSockets())[0];
    case "adapter":
      return io.of("/").adapter;
  }
}

/** What can cross a process boundary: sockets become views, operators and emitters nothing. */
function view(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (isSocket(item) ? viewOf(item) : item));
  if (value instanceof Set) return [...value];
  return typeof value === "object" ? undefined : value;
}

interface SocketLike {
  readonly id: string;
  readonly rooms: ReadonlySet<string>;
  readonly data: unknown;
  readonly handshake: { readonly query: unknown };
}

const isSocket = (value: unknown): value is SocketLike =>
  typeof value === "object" && value !== null && "handshake" in value;

const viewOf = ({ id, rooms, data, handshake }: SocketLike): SocketView => ({
  id,
  rooms: [...rooms].sort(),
  data,
  query: handshake.query,
});
