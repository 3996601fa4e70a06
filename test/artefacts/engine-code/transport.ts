import { Server, type Socket, Transport, transports } from "engine.io";

const server = new Server({ transports: ["webtransport"] });
server.on("connection", ({ transport }: Socket) => console.log(transport.name, transport.writable));
server.onWebTransportSession({} as object).then(() => {});
const upgrades: string[][] = [Transport.upgradesTo, transports.polling.upgradesTo];
console.log(upgrades, transports.websocket, transports.webtransport);
