import WebSocket = require("ws");

export const server: WebSocket.Server = new WebSocket.Server({ noServer: true });

export function greet(ws: WebSocket, everybody: Set<WebSocket>): void {
  ws.send(`hello, with ${everybody.size} others`);
}
