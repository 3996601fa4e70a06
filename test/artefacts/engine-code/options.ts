import type { IncomingMessage } from "node:http";
import { constants } from "node:zlib";
import { type AttachOptions, Server, type ServerOptions } from "engine.io";
import { WebSocketServer } from "ws";

const options: ServerOptions = {
  pingTimeout: 20_000,
  pingInterval: 25_000,
  upgradeTimeout: 10_000,
  maxHttpBufferSize: 1e6,
  allowRequest: (request, callback) => callback(null, request.headers.origin === undefined),
  transports: ["polling", "websocket", "webtransport"],
  allowUpgrades: true,
  perMessageDeflate: {
    threshold: 1024,
    zlibDeflateOptions: {
      chunkSize: 8 * 1024,
      level: 6,
      memLevel: 7,
      strategy: constants.Z_DEFAULT_STRATEGY,
    },
    zlibInflateOptions: { chunkSize: 8 * 1024 },
    clientNoContextTakeover: true,
    serverNoContextTakeover: true,
    serverMaxWindowBits: 10,
    clientMaxWindowBits: 10,
    concurrencyLimit: 10,
  },
  httpCompression: { threshold: 1024, chunkSize: 8 * 1024, windowBits: 14, memLevel: 7 },
  wsEngine: WebSocketServer,
  initialPacket: "hello",
  cookie: {
    name: "io",
    path: "/",
    domain: "example.com",
    httpOnly: true,
    maxAge: 10,
    expires: new Date(),
    priority: "high",
    sameSite: "lax",
    secure: true,
    encode: (value: string) => value,
  },
  cors: {
    origin: ["https://example.com", /\.example\.com$/],
    methods: ["GET", "POST"],
    allowedHeaders: ["x-own"],
    exposedHeaders: "x-own",
    credentials: true,
    maxAge: 10,
    optionsSuccessStatus: 204,
    preflightContinue: false,
  },
  allowEIO3: true,
};
new Server(options);
new Server({ ...options, cookie: true, perMessageDeflate: true, httpCompression: false });
new Server({ cookie: false, perMessageDeflate: false, httpCompression: true });
new Server({ cookie: { name: "io", sameSite: "strict" } });
new Server({ initialPacket: Buffer.from("hello") });
new Server({ wsEngine: class Mine extends WebSocketServer {} });
new Server({ cors: { origin: "*" } });
new Server({ cors: { origin: true } });
new Server({ cors: { origin: (origin, callback) => callback(null, origin === "https://example.com") } });
new Server({ cors: (request, callback) => callback(null, { origin: request.headers.origin ?? false }) });
new Server({ allowRequest: (_request: IncomingMessage, callback) => callback("no entry", false) });
new Server({
  allowRequest: async (request: IncomingMessage, callback) => {
    callback(undefined, await Promise.resolve(request.method === "GET"));
  },
});

const transports: ServerOptions["transports"] = ["websocket"];
options.transports = transports;
const merged: ServerOptions & AttachOptions = { ...options, path: "/realtime", addTrailingSlash: true };
merged.destroyUpgrade = false;
merged.destroyUpgradeTimeout = 100;
new Server(merged);
const path: AttachOptions["path"] = merged.path;
const wanted: Required<AttachOptions> = {
  path: path ?? "/",
  addTrailingSlash: true,
  destroyUpgrade: true,
  destroyUpgradeTimeout: 1000,
};
console.log(wanted);
