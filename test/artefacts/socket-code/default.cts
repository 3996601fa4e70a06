import socketio from "socket.io";

const server = new socketio.Server(3000);
server.on("connection", (socket: socketio.Socket) => socket.emit("hello"));
console.log(socketio.Namespace);
