// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import { createServer } from "node:http";
import { createServer as createHttp2Server, createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type Namespace, Server, type ServerOptions } from "socket.io";
import { Adapter } from "socket.io-adapter";
import * as parser from "socket.io-parser";

const options: Partial<ServerOptions> = {
  path: "/realtime",
  serveClient: false,
  adapter: Adapter,
  parser,
  connectTimeout: 1000,
  connectionStateRecovery: { maxDisconnectionDuration: 1000, skipMiddlewares: false },
  cleanupEmptyChildNamespaces: true,
  pingInterval: 1000,
  pingTimeout: 500,
  upgradeTimeout: 500,
  maxHttpBufferSize: 1e6,
  transports: ["polling", "websocket"],
  allowUpgrades: true,
  allowEIO3: true,
  allowRequest: (request, callback) => callback(null, request.headers.origin !== undefined),
  cookie: { name: "io", path: "/", sameSite: "strict" },
  cors: { origin: ["https://example.com", /\.example\.com$/], credentials: true },
  perMessageDeflate: { threshold: 1024 },
  httpCompression: false,
  destroyUpgrade: false,
  destroyUpgradeTimeout: 100,
  addTrailingSlash: false,
};

class OurAdapter extends Adapter {}
const servers: Server[] = [
  new Server(),
  new Server(options),
  new Server(3000),
  new Server(3000, options),
  new Server(createServer(), options),
  new Server(createHttpsServer({}), { ...options, connectionStateRecovery: {} }),
  new Server(createHttp2Server()),
  new Server(createSecureServer({})),
  new Server({ adapter: (namespace: Namespace) => new OurAdapter(namespace) }),
  new Server({ adapter: OurAdapter, cookie: true, cors: { origin: "*" } }),
  new Server(undefined, {}),
];

const io = new Server(options);
const path: string = io.path();
const serves: boolean = io.serveClient();
const timeoutMs: number = io.connectTimeout();
io.path("/other").serveClient(true).connectTimeout(500).adapter(OurAdapter).path();
io.adapter((namespace: Namespace) => new Adapter(namespace));
console.log(servers, path, serves, timeoutMs, io.adapter(), io.engine.opts.pingInterval);
io.attachApp({} as any, { path: "/realtime" });
io.bind(io.engine).listen(createServer(), options).attach(3000);
io.httpServer.close();
