import { Server, type Socket } from "socket.io";
import { greet, server } from "./library.cjs";

const mine: Server = server;
mine.on("connection", (socket: Socket) => console.log(greet(socket)));
greet({} as Socket);
console.log(mine instanceof Server);
