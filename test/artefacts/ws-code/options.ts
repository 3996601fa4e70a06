import type { IncomingMessage } from "node:http";
import { constants } from "node:zlib";
import WebSocket, { WebSocketServer } from "ws";

new WebSocketServer({
  port: 0,
  verifyClient: (info: { origin: string; secure: boolean; req: IncomingMessage }) =>
    info.secure || info.origin === "https://example.com" || info.req.url === "/",
});
new WebSocketServer({
  port: 0,
  verifyClient: ({ origin, secure, req }, callback) => {
    if (secure && origin !== "") callback(true);
    else callback(false, 401, `No entry to ${req.url}`, { "WWW-Authenticate": "Basic" });
  },
});

const sync: WebSocket.VerifyClientCallbackSync = (info) => info.secure;
const async: WebSocket.VerifyClientCallbackAsync = (info, callback) => callback(info.secure, 403);
const typed: WebSocket.VerifyClientCallbackSync<IncomingMessage> = ({ req }) => req.method === "GET";
for (const verifyClient of [sync, async, typed]) new WebSocketServer({ port: 0, verifyClient });

new WebSocketServer({
  port: 0,
  handleProtocols: (protocols, request) => {
    if (protocols.has("chat") && request.url === "/chat") return "chat";
    const [first] = [...protocols];
    return first ?? false;
  },
});
new WebSocketServer({ port: 0, handleProtocols: (protocols: Set<string>) => [...protocols][0] ?? false });

const deflate: WebSocket.PerMessageDeflateOptions = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 10,
  clientMaxWindowBits: 10,
  zlibDeflateOptions: { chunkSize: 1024, memLevel: 7, level: 3, strategy: constants.Z_DEFAULT_STRATEGY },
  zlibInflateOptions: { chunkSize: 10 * 1024 },
  concurrencyLimit: 10,
  threshold: 1024,
};
new WebSocketServer({ port: 0, perMessageDeflate: deflate });
new WebSocketServer({ port: 0, perMessageDeflate: true });
new WebSocket("ws://localhost", { perMessageDeflate: deflate });
new WebSocket("ws://localhost", { perMessageDeflate: false });

const everything: WebSocket.ServerOptions = {
  noServer: true,
  path: "/",
  host: undefined,
  clientTracking: true,
  maxPayload: 1024,
  maxFragments: 10,
  maxBufferedChunks: 10,
  skipUTF8Validation: true,
  allowSynchronousEvents: false,
  autoPong: false,
  perMessageDeflate: undefined,
  WebSocket,
};
new WebSocketServer(everything);
new WebSocketServer({ ...everything, noServer: false, port: 0 });
