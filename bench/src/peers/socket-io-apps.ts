import { createServer } from "node:http";
import { burstTexts } from "../burst-texts.ts";
import { listen } from "./listen.ts";
import type { Peer, Serve } from "./peer.ts";

const FEW_ROOMS = 10;
const MANY_ROOMS = 100_000;

/** What the apps below need of either server. */
interface SocketIoServer {
  on(event: "connection", listener: (socket: SocketIoSocket) => void): unknown;
  emit(event: string, text: string): unknown;
  to(room: string): { emit(event: string, text: string): unknown };
  of(name: string): { readonly adapter: { addAll(id: string, rooms: Set<string>): unknown } };
}

interface SocketIoSocket {
  on(event: string, listener: (text: string) => void): unknown;
  emit(event: string, text: string): unknown;
  join(room: string): unknown;
  leave(room: string): unknown;
}

type Import = () => Promise<{
  readonly Server: new (
    http: ReturnType<typeof createServer>,
    options: { transports: ["websocket"] },
  ) => SocketIoServer;
}>;

/**
 * The same applications on either server.
 *
 * @param load imports the package; called in the server's own process.
 */
export function socketIoApps(load: Import): Peer["apps"] {
  const serve =
    (
      onConnection: (io: SocketIoServer, socket: SocketIoSocket) => void,
      prepare?: (io: SocketIoServer) => void,
    ): Serve =>
    async () => {
      const { Server } = await load();
      const http = createServer();
      const io = new Server(http, { transports: ["websocket"] });
      prepare?.(io);
      io.on("connection", (socket) => onConnection(io, socket));
      return listen(http);
    };
  return {
    echo: serve((_io, socket) => {
      socket.on("echo", (data) => {
        socket.emit("echo", data);
      });
    }),
    broadcasts: serve((io, socket) => {
      socket.on("broadcast", (text) => {
        for (const broadcast of burstTexts(text, 1)) io.emit("broadcast", broadcast);
      });
      socket.on("burst", (text) => {
        for (const broadcast of burstTexts(text)) io.emit("burst", broadcast);
      });
    }),
    fewRooms: serve(emitToRoom, (io) => fillRooms(io, FEW_ROOMS)),
    manyRooms: serve(emitToRoom, (io) => fillRooms(io, MANY_ROOMS)),
  };
}

function emitToRoom(io: SocketIoServer, socket: SocketIoSocket): void {
  socket.join("the room");
  socket.on("room", (text) => {
    socket.leave("the room");
    socket.join("the room");
    for (const broadcast of burstTexts(text, 1)) io.to("the room").emit("room", broadcast);
  });
}

/** Members of these rooms have no connection: they are there to be in the way. */
function fillRooms(io: SocketIoServer, rooms: number): void {
  for (let room = 0; room < rooms; room++)
    io.of("/").adapter.addAll(`member ${room}`, new Set([`room ${room}`]));
}
