import { Server, type Socket } from "engine.io";
import { greet, server } from "./library.cjs";

const mine: Server = server;
mine.on("connection", (socket: Socket) => greet(socket).close());
greet({} as Socket);
console.log(mine instanceof Server);
