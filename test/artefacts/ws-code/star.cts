import * as WebSocket from "ws";

const ws: WebSocket = new WebSocket("ws://localhost");
const server: WebSocket.Server = new WebSocket.Server({ port: 0 });
server.on("connection", (each: WebSocket, request) => each.send(request.url ?? ""));
class Mine extends WebSocket {}
const data: WebSocket.Data = "text";
const event: WebSocket.MessageEvent = { data, type: "message", target: ws };
console.log(new Mine("ws://localhost"), event, WebSocket.OPEN);
