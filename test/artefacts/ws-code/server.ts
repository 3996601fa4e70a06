import { createServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import WebSocket, { WebSocketServer } from "ws";

const server = new WebSocketServer({ port: 8080, host: "localhost", backlog: 100 }, () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(address.port);
});

server.on("connection", (ws, request) => {
  console.log(request.headers["x-forwarded-for"], request.socket.remoteAddress);
  ws.on("message", (data, isBinary) => {
    for (const client of server.clients)
      if (client !== ws && client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    server.clients.forEach((client) => {
      client.send(data, { binary: isBinary, compress: false, fin: true, mask: false }, (error) =>
        console.log(error?.message),
      );
    });
  });
});
server.on("headers", (headers, request) => headers.push(`X-Path: ${request.url}`));
server.on("listening", () => console.log("listening"));
server.once("close", () => console.log("closed"));
server.on("error", (error) => console.error(error.message));
server.on("wsClientError", (error, socket, request) => {
  console.log(error.message, request.url);
  socket.destroy();
});
server.on("connection", function (ws) {
  ws.ping();
  this.close();
});
server.off("listening", () => {}).removeListener("close", () => {});
server.addListener("connection", (ws: WebSocket, request: IncomingMessage) => ws.close(1000, request.url));
server.on("something of ours", (...args) => console.log(args.length));
server.emit("something of ours", 1);
server.close((error) => console.log(error));
server.close();
console.log(server.options.path, server.path);

const http = createServer();
const shared = [new WebSocketServer({ noServer: true }), new WebSocketServer({ noServer: true, path: "/b" })];
http.on("upgrade", (request, socket, head) => {
  const [first] = shared;
  if (first === undefined || !first.shouldHandle(request)) {
    socket.destroy();
    return;
  }
  first.handleUpgrade(request, socket, head, (ws, upgraded) => first.emit("connection", ws, upgraded));
});

new WebSocketServer({ server: http });
new WebSocketServer({ server: createSecureServer({}), clientTracking: false });

const options: WebSocket.ServerOptions = { port: 0 };
options.maxPayload = 1024;
const servers: WebSocketServer[] = [new WebSocketServer(options)];
servers.push(server);

function use(each: WebSocketServer): void {
  each.clients.forEach((ws) => void ws.terminate());
}
use(server);
