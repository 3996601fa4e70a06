import WebSocket, {
  createWebSocketStream,
  WebSocket as Named,
  type RawData,
  Server,
  type ServerOptions,
  WebSocketServer,
} from "ws";

const options: ServerOptions = { port: 0 };
const servers: Server[] = [new Server(options), new WebSocketServer(options)];
const ws: WebSocket = new Named("ws://localhost");
const data: RawData = Buffer.from("x");
console.log(servers, data, createWebSocketStream(ws));
