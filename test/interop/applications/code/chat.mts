/** The part of the applications that is the same in Express and in Fastify. */
import type { Server } from "socket.io";
import { CountingAdapter } from "./counting-adapter.mjs";

interface FromClient {
  echo(value: unknown, answer: (value: unknown) => void): void;
  join(room: string, answer: (rooms: string[]) => void): void;
  tell(room: string, text: string): void;
  leave(): void;
}

interface ToClient {
  welcome(greeting: { id: string; name: string }): void;
  told(text: string): void;
  said(text: string): void;
  ask(question: string, answer: (text: string) => void): void;
}

interface Person {
  name: string;
}

export type ChatServer = Server<FromClient, ToClient, Record<string, never>, Person>;

export function chat(io: ChatServer): void {
  io.adapter(CountingAdapter);

  io.use((socket, next) => {
    socket.data.name = String(socket.handshake.auth.name ?? "nobody");
    next();
  });

  io.on("connection", (socket) => {
    socket.emit("welcome", { id: socket.id, name: socket.data.name });
    socket.on("echo", (value, answer) => answer(value));
    socket.on("join", async (room, answer) => {
      await socket.join(room);
      answer([...socket.rooms].filter((name) => name !== socket.id));
    });
    socket.on("tell", (room, text) => {
      socket.to(room).emit("told", text);
    });
    socket.on("leave", () => socket.disconnect());
  });

  io.of("/admin").use((socket, next) => {
    if (socket.handshake.auth.token === "secret") next();
    else next(Object.assign(new Error("not allowed"), { data: { code: 7 } }));
  });

  io.of(/^\/table-\d+$/).on("connection", (socket) => {
    socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer([socket.nsp.name, value]));
  });
}

/** What the application's own routes are told of the chat. */
export async function census(io: ChatServer): Promise<object> {
  const people = await io.fetchSockets();
  return {
    names: people.map(({ data }) => data.name).sort(),
    connections: io.engine.clientsCount,
    broadcasts: CountingAdapter.broadcasts,
  };
}

/** Asks everybody, and gives their answers. */
export const askAll = (io: ChatServer, question: string): Promise<string[]> =>
  io.timeout(2000).emitWithAck("ask", question);
