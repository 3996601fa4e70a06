import { Server, type Socket } from "engine.io";

export const server: Server = new Server();
export const greet = (socket: Socket): Socket => socket.send("hello");
