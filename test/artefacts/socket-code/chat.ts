import { createServer, type Server as HttpServer } from "node:http";
import { type DisconnectReason, Server, type Socket } from "socket.io";

interface Message {
  readonly from: string;
  readonly text: string;
}

interface ClientToServerEvents {
  say: (text: string) => void;
  join: (room: string, done: (people: number) => void) => void;
}

interface ServerToClientEvents {
  said: (message: Message) => void;
  joined: (name: string) => void;
  ask: (question: string, reply: (answer: string) => void) => void;
}

interface InterServerEvents {
  ping: () => void;
  load: (reply: (people: number) => void) => void;
}

interface SocketData {
  name: string;
}

export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;

export function startChat(httpServer: HttpServer = createServer()): ChatServer {
  const io: ChatServer = new Server<
    ClientToServerEvents,
    ServerToClientEvents,
    InterServerEvents,
    SocketData
  >(httpServer, { serveClient: false, cors: { origin: "https://example.com" } });

  io.use((socket, next) => {
    const { name } = socket.handshake.auth;
    if (typeof name !== "string") return next(new Error("who are you?"));
    socket.data.name = name;
    next();
  });
  io.on("connection", greet);
  io.on("load", (reply) => reply(io.engine.clientsCount));
  io.of("/admin").on("connection", (socket) => {
    socket.on("disconnect", (reason: DisconnectReason) => console.log(socket.data.name, reason));
  });
  return io;
}

function greet(socket: ChatSocket): void {
  socket.on("say", (text) => {
    socket.broadcast.emit("said", { from: socket.data.name, text });
    socket.emit("said", { from: "me", text });
  });
  socket.on("join", async (room, done) => {
    await socket.join(room);
    socket.to(room).emit("joined", socket.data.name);
    const others = await socket.in(room).fetchSockets();
    done(others.length);
  });
  socket.on("disconnecting", () => {
    for (const room of socket.rooms) if (room !== socket.id) socket.to(room).emit("joined", "nobody");
  });
}

export async function survey(io: ChatServer): Promise<number> {
  const answers = await io.timeout(1000).emitWithAck("ask", "how?");
  for (const socket of await io.in("room").fetchSockets()) {
    const answer = await socket.timeout(1000).emitWithAck("ask", "how?");
    console.log(socket.data.name.toUpperCase(), answer.length);
  }
  try {
    const loads = await io.serverSideEmitWithAck("load");
    return loads.reduce((sum, people) => sum + people, answers.length);
  } catch (error) {
    return (error as Error & { responses: number[] }).responses.length;
  }
}
