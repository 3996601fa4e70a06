import { createServer } from "node:http";
import * as eio from "engine.io";

const server: eio.Server = eio.attach(createServer(), {});
server.on("connection", (socket: eio.Socket) => socket.send("hello"));
console.log(eio.protocol);
