import { Agent, type ClientRequestArgs } from "node:http";
import { createConnection } from "node:net";
import WebSocket from "ws";

new WebSocket("ws://localhost:8080");
new WebSocket(new URL("wss://localhost"));
new WebSocket("ws://localhost", "chat");
new WebSocket("ws://localhost", ["chat", "superchat"], { origin: "https://example.com" });
new WebSocket("ws://localhost", { headers: { Authorization: "Basic Og==" } });
new WebSocket("ws://localhost", undefined, { rejectUnauthorized: false });
new WebSocket(null).terminate();

const options: WebSocket.ClientOptions = {
  protocol: "chat",
  followRedirects: true,
  maxRedirects: 3,
  handshakeTimeout: 1000,
  generateMask: (mask) => void mask.fill(0),
  perMessageDeflate: true,
  localAddress: "127.0.0.1",
  protocolVersion: 8,
  headers: { "User-Agent": "mine" },
  origin: "https://example.com",
  agent: new Agent(),
  host: "localhost",
  family: 4,
  rejectUnauthorized: true,
  checkServerIdentity: (_name, _certificate) => true,
  ca: "pem",
  cert: ["pem"],
  key: Buffer.from("pem"),
  passphrase: "secret",
  allowSynchronousEvents: true,
  autoPong: true,
  maxPayload: 1024,
  maxFragments: 10,
  maxBufferedChunks: 10,
  skipUTF8Validation: false,
  createConnection,
  finishRequest: (request, webSocket) => {
    request.setHeader("X-Ready-State", webSocket.readyState);
    request.end();
  },
};
options.origin = undefined;
const args: ClientRequestArgs = { auth: "user:password", timeout: 1000, headers: { a: ["b", "c"] } };
new WebSocket("ws://localhost", args);
const finish: WebSocket.FinishRequestCallback = (request, ws) => void request.end(() => ws.close());

const ws: WebSocket = new WebSocket("ws://localhost", { ...options, finishRequest: finish });
const url: string = ws.url;
const states: number[] = [ws.CONNECTING, ws.OPEN, ws.CLOSING, ws.CLOSED];
const state: 0 | 1 | 2 | 3 = ws.readyState;
const open: 1 = WebSocket.OPEN;
console.log(url, states, state, open, ws.bufferedAmount, ws.extensions, ws.protocol, ws.isPaused);
switch (ws.readyState) {
  case WebSocket.CONNECTING:
  case WebSocket.CLOSED:
    break;
  default:
    ws.close(1000, Buffer.from("done"));
}
ws.binaryType = "arraybuffer";
ws.binaryType = "fragments";
ws.binaryType = "nodebuffer";
const binaryType: "nodebuffer" | "arraybuffer" | "fragments" = ws.binaryType;
console.log(binaryType);
ws.pause();
ws.resume();
ws.terminate();
