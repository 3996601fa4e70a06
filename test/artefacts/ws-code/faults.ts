import WebSocket, { createWebSocketStream, WebSocketServer } from "ws";

const ws = new WebSocket("ws://localhost");
// @ts-expect-error There is no such option.
new WebSocket("ws://localhost", { handshakeTimeOut: 10 });
// @ts-expect-error An address is a string or an URL.
new WebSocket(80);
// @ts-expect-error It has no such type.
ws.binaryType = "text";
// @ts-expect-error It is for reading.
ws.readyState = 1;
// @ts-expect-error Nothing to send.
ws.send();
// @ts-expect-error No message.
ws.send(undefined);
// @ts-expect-error A code is a number.
ws.close("1000");
// @ts-expect-error There is no such event.
ws.addEventListener("ping", () => {});
// @ts-expect-error A close event carries no data.
ws.onclose = (event) => console.log(event.data);
// @ts-expect-error A reason is bytes, not a string, and has no such method.
ws.on("close", (_code, reason) => reason.toUpperCase());
// @ts-expect-error A message may be in fragments.
ws.on("message", (data) => data.subarray(1));
// @ts-expect-error A port is a number.
new WebSocketServer({ port: "80" });
// @ts-expect-error There is no such option.
new WebSocketServer({ ports: 80 });
// @ts-expect-error A subprotocol is a string.
new WebSocketServer({ port: 80, handleProtocols: () => 1 });
// @ts-expect-error A stream is made of a WebSocket.
createWebSocketStream("ws://localhost");
// @ts-expect-error There is no such type.
export type Unknown = WebSocket.Nothing;
