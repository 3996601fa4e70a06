import WebSocket, { type WebSocketServer } from "ws";
import { greet, server } from "./library.cjs";

const mine: WebSocketServer = server;
mine.on("connection", (ws: WebSocket) => greet(ws, mine.clients));
greet(new WebSocket("ws://localhost"), new Set<WebSocket>());
