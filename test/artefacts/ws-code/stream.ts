import type { Duplex } from "node:stream";
import WebSocket, { createWebSocketStream } from "ws";

const ws = new WebSocket("ws://localhost");
const stream: Duplex = createWebSocketStream(ws, { encoding: "utf8", readableObjectMode: true });
stream.on("error", console.error);
process.stdin.pipe(stream).pipe(process.stdout);
createWebSocketStream(ws, { decodeStrings: false, allowHalfOpen: false }).end("last");
createWebSocketStream(ws);
