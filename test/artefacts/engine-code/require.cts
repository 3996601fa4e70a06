import eio = require("engine.io");

import { createServer } from "node:http";

const server: eio.Server = eio.attach(createServer(), { path: "/realtime" });
server.on("connection", (socket: eio.Socket) => socket.send("hello"));
class MyServer extends eio.Server {}
const options: eio.ServerOptions & eio.AttachOptions = { path: "/realtime" };
const transport: eio.Transport | undefined = undefined;
console.log(
  new MyServer(options),
  eio.listen(0),
  eio.protocol,
  eio.transports,
  eio.parser.protocol,
  transport,
);
