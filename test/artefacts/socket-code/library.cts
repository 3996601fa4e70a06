import { Server, type Socket } from "socket.io";

export const server: Server = new Server();
export const greet = (socket: Socket): boolean => socket.emit("hello");
