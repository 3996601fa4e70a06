import { createServer } from "node:http";
import * as socketio from "socket.io";

const server: socketio.Server = new socketio.Server(createServer());
server.on("connection", (socket: socketio.Socket) => socket.emit("hello"));
