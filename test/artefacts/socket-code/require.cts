import io = require("socket.io");

import { createServer } from "node:http";

const options: Partial<io.ServerOptions> = { path: "/realtime" };
const server: io.Server = new io.Server(createServer(), options);
server.on("connection", (socket: io.Socket) => socket.emit("hello"));
class MyServer extends io.Server {}
const namespace: io.Namespace = new MyServer(options).of("/admin");
console.log(namespace.name, io.Namespace, io.Socket);
