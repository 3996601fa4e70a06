import type { ClientRequest, IncomingMessage } from "node:http";
import WebSocket, { type RawData } from "ws";

const ws = new WebSocket("ws://localhost");

ws.on("open", function () {
  this.send("hello");
});
ws.on("message", function (data, isBinary) {
  this.send(data, { binary: isBinary });
  if (Buffer.isBuffer(data)) console.log(data.toString("utf8"));
  else if (Array.isArray(data)) console.log(Buffer.concat(data).length);
  else console.log(new Uint8Array(data).length);
});
ws.on("message", (data: RawData) => console.log(JSON.parse(data.toString())));
ws.on("message", (data: Buffer) => console.log(data.length));
ws.on("message", async (message: WebSocket.RawData, isBinary: boolean) => console.log(message, isBinary));
ws.once("message", (data: string) => console.log(data.toUpperCase()));
ws.on("close", (code, reason) => console.log(code.toFixed(), reason.toString("utf8")));
ws.on("error", (error) => console.error(error.message));
ws.on("error", (error: NodeJS.ErrnoException) => console.error(error.code));
ws.on("ping", (data) => ws.pong(data)).on("pong", (data: Buffer) => console.log(data.length));
ws.on("upgrade", (response: IncomingMessage) => console.log(response.headers));
ws.on("redirect", (url, request) => console.log(url, request.getHeader("authorization")));
ws.on("unexpected-response", (request: ClientRequest, response: IncomingMessage) => {
  console.log(response.statusCode);
  request.destroy();
});
ws.on("of our own", (first: string, second: number) => console.log(first, second));
ws.on(Symbol("of our own"), () => {});
ws.emit("of our own", "a", 1);
ws.once("open", () => {}).off("open", () => {});
ws.addListener("message", (data, isBinary) => console.log(data, isBinary)).removeListener("close", () => {});
ws.removeAllListeners("message").setMaxListeners(20);
console.log(ws.listenerCount("message"), ws.listeners("of our own"), ws.eventNames());
for (const event of ["ping", "pong"] as const) ws.on(event, (data) => console.log(data.length));

function heartbeat(this: WebSocket): void {
  this.ping();
}
ws.on("open", heartbeat);
ws.on("ping", heartbeat);

ws.onopen = (event) => event.target.send("hello");
ws.onmessage = ({ data, type, target }) => {
  if (typeof data === "string") target.send(`${type} ${data}`);
  else if (data instanceof ArrayBuffer) target.send(new DataView(data));
  else if (Array.isArray(data)) target.send(Buffer.concat(data));
  else target.send(data.subarray(1));
};
ws.onclose = (event: WebSocket.CloseEvent) => console.log(event.code, event.reason, event.wasClean);
ws.onerror = (event: WebSocket.ErrorEvent) => console.log(event.error.code, event.message, event.type);
ws.onmessage = null;
const onMessage: ((event: WebSocket.MessageEvent) => void) | null = ws.onmessage;
console.log(onMessage);

const listener = (event: WebSocket.MessageEvent): void => console.log(event.data);
ws.addEventListener("message", listener, { once: true });
ws.removeEventListener("message", listener);
ws.addEventListener("open", ({ target }) => target.close());
ws.addEventListener("close", (event) => console.log(event.code, event.reason, event.wasClean));
ws.addEventListener("error", (event) => console.log(event.message, event.error));
ws.addEventListener("open", { handleEvent: (event) => console.log(event.type) });
const once: WebSocket.EventListenerOptions = { once: true };
function listen<K extends keyof WebSocket.WebSocketEventMap>(
  type: K,
  handler: (event: WebSocket.WebSocketEventMap[K]) => void,
): void {
  ws.addEventListener(type, handler, once);
}
listen("close", (event) => console.log(event.wasClean));
const made: WebSocket.MessageEvent = { data: "x", type: "message", target: ws };
const plain: WebSocket.Event = made;
const data: WebSocket.Data = made.data;
console.log(plain, data);
