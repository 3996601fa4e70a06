import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Duplex } from "node:stream";
import {
  type AttachOptions,
  attach,
  type BaseServer,
  type ErrorCallback,
  listen,
  parser,
  protocol,
  Server,
  type ServerOptions,
  type Socket,
  Transport,
  transports,
} from "engine.io";

const server = new Server();
const byPort: Server = listen(3000);
listen(3000, { pingInterval: 1000, path: "/realtime" });
listen(3000, {}, () => console.log("listening"));
const attached: Server = attach(createServer(), {});
attach(createServer(), { path: "/realtime", addTrailingSlash: false, pingTimeout: 1000 });
server.attach(createServer());
server.attach(createSecureServer({}), {
  path: "/realtime",
  destroyUpgrade: true,
  destroyUpgradeTimeout: 500,
});
const base: BaseServer = server;
for (const each of [byPort, attached, base]) each.close();

function everyone(options: ServerOptions, more: AttachOptions & ServerOptions): number {
  return new Server(options).clientsCount + attach(createServer(), more).clientsCount;
}
everyone({}, { path: "/" });

server.httpServer = createServer();
server.httpServer?.close();
server.close().removeAllListeners();

server.opts.pingInterval = 1000;
server.opts.maxHttpBufferSize = 10;
server.opts.cors = { origin: "*" };
server.opts = { pingTimeout: 1 };
const pingTimeout: number | undefined = server.opts.pingTimeout;
const upgrades: string[] = server.upgrades("polling");
console.log(pingTimeout, upgrades);

server.on("connection", (socket: Socket) => socket.send("hello"));
server.on("connection", (socket) => socket.send("hello"));
server.once("connection", async (socket: Socket) => socket.close());
server.on("initial_headers", (headers: Record<string, string>, request: IncomingMessage) => {
  headers["x-path"] = request.url ?? "";
});
server.on("headers", (headers, request) => {
  headers["set-cookie"] = request.headers.cookie;
});
server.on(
  "connection_error",
  (error: { req: IncomingMessage; code: number; message: string; context: Record<string, unknown> }) =>
    console.log(error.req.url, error.code, error.message, error.context.name),
);
server.on("connection_error", ({ req, code, message, context }) => console.log(req, code, message, context));
server.on("flush", (socket: Socket, packets: unknown[]) => console.log(socket.protocol, packets.length));
server.on("drain", (socket: Socket) => socket.send("more"));
server.off("drain", () => {}).on("of our own", (word: string) => console.log(word));
server.emit("of our own", "word");

const http = createServer((request: IncomingMessage, response: ServerResponse) =>
  server.handleRequest(request, response),
);
http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
  server.handleUpgrade(request, socket, head),
);
http.on("request", server.handleRequest.bind(server));

server.use((request: IncomingMessage, response: ServerResponse, next: (error?: Error) => void) => {
  response.setHeader("x-method", request.method ?? "");
  next();
});
server.generateId = (request) => request.headers["x-id"]?.toString() ?? "";
server.generateId = async () => "later";
const id: string | PromiseLike<string> = server.generateId({} as IncomingMessage);

const codes: number[] = [
  Server.errors.UNKNOWN_TRANSPORT,
  Server.errors.UNKNOWN_SID,
  Server.errors.BAD_HANDSHAKE_METHOD,
  Server.errors.BAD_REQUEST,
  Server.errors.FORBIDDEN,
  Server.errors.UNSUPPORTED_PROTOCOL_VERSION,
];
const unknownSid: 1 = Server.errors.UNKNOWN_SID;
const message: string = Server.errorMessages[unknownSid];
const refuse: ErrorCallback = (code, context) => console.log(code === 4, context?.name, context?.message);
refuse(Server.errors.FORBIDDEN, { message: "no", because: 1 });
refuse();
console.log(id, codes, message);

const four: 4 = protocol;
const five: number = parser.protocol;
parser.encodePacket({ type: "message", data: "hello" }, true, (encoded: unknown) => console.log(encoded));
parser.decodePayload("4a\x1e4b").map(({ type, data }) => console.log(type, data));
console.log(four, five, Object.keys(transports));
const isTransport = (value: unknown): value is Transport => value instanceof Transport;
console.log(isTransport(1));
