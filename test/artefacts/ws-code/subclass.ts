import { createServer, IncomingMessage } from "node:http";
import WebSocket, { WebSocketServer } from "ws";

class MyRequest extends IncomingMessage {
  user = "nobody";
}

class MyWebSocket extends WebSocket {
  isAlive = true;
  greet(): void {
    this.send("hello", (error) => console.log(error));
  }
}

const server = new WebSocketServer<typeof MyWebSocket, typeof MyRequest>({
  WebSocket: MyWebSocket,
  server: createServer({ IncomingMessage: MyRequest }),
  verifyClient: ({ req }, callback) => callback(req.user !== ""),
  handleProtocols: (_protocols, request) => request.user,
});
server.on("connection", (ws, request) => {
  ws.greet();
  ws.isAlive = request.user === "alice";
});
server.on("headers", (headers, request) => headers.push(request.user));
for (const client of server.clients) client.greet();
const clients: Set<MyWebSocket> = server.clients;
console.log(clients.size);

function upgrade(request: MyRequest, ...rest: [import("node:stream").Duplex, Buffer]): void {
  server.handleUpgrade(request, ...rest, (ws, upgraded) => console.log(ws.isAlive, upgraded.user));
}
createServer({ IncomingMessage: MyRequest }).on("upgrade", upgrade);

class MyServer extends WebSocketServer {
  readonly startedAt = Date.now();
  override shouldHandle(request: IncomingMessage): boolean {
    return request.url === "/";
  }
}
const mine = new MyServer({ noServer: true });
mine.on("connection", (ws: WebSocket) => ws.send(mine.startedAt));

class OnlySocket extends WebSocketServer<typeof MyWebSocket> {}
new OnlySocket({ noServer: true, WebSocket: MyWebSocket }).on("connection", (ws) => ws.greet());

const connect = (Class: typeof WebSocket, url: string): WebSocket => new Class(url);
console.log(connect(MyWebSocket, "ws://localhost"), connect(WebSocket, "ws://localhost"));
const options: WebSocket.ServerOptions<typeof MyWebSocket> = { WebSocket: MyWebSocket };
console.log(options);
