import WebSocket = require("ws");

const server: WebSocket.Server = new WebSocket.Server({ port: 0 });
server.on("connection", (ws: WebSocket) => ws.send("hello"));
new WebSocket.WebSocketServer({ noServer: true }).close();
const ws: WebSocket.WebSocket = new WebSocket.WebSocket("ws://localhost");
const again: WebSocket = new WebSocket("ws://localhost");
WebSocket.createWebSocketStream(ws).pipe(WebSocket.createWebSocketStream(again));
new WebSocket.Server({ port: 1 }).on("connection", (each) => each.terminate());
class Mine extends WebSocket {}
class MyServer extends WebSocket.Server<typeof Mine> {}
const address: WebSocket.AddressInfo | string | null = new MyServer({ noServer: true }).address();
const certificate: WebSocket.CertMeta = "pem";
console.log(WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED, address, certificate);
