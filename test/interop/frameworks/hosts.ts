/** The ways in which an application lets our server into its own. */
import { once } from "node:events";
import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { AttachOptions, Server } from "@towline/engine.io";
import express from "express";
import Fastify, { type FastifyInstance } from "fastify";
import Koa from "koa";
import { TLS_CERT, TLS_KEY } from "../../../packages/websocket/test/support/tls.ts";

const TLS = { key: TLS_KEY, cert: TLS_CERT };

export interface RunningHost {
  /** Of `http`, `https` or `http2`: all emit the same events. */
  readonly http: HttpServer;
  readonly url: string;
  close(): Promise<void>;
}

export interface Host {
  readonly name: string;
  /** Whether it speaks HTTP/2, with clients that ask for it. */
  readonly speaksHttp2?: boolean;
  /** Serves `/hello`, as the framework does, and `engine` below `/engine.io/`. */
  start(engine: Server, options?: AttachOptions): Promise<RunningHost>;
}

const HELLO = "hello";

const plainRoutes: RequestListener = (request, response) => {
  if (request.url === "/hello") response.end(HELLO);
  else response.writeHead(404).end("nothing here");
};

async function run(http: HttpServer, secure = false): Promise<RunningHost> {
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    http,
    url: `${secure ? "https" : "http"}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        // Servers of HTTP/2 have no such method.
        http.closeAllConnections?.();
      }),
  };
}

/** Upgrades where requests come by a route: they pass every framework by. */
function routeUpgrades(http: HttpServer, engine: Server): HttpServer {
  return http.on("upgrade", (request, socket, head) => {
    if (request.url?.startsWith("/engine.io/")) engine.handleUpgrade(request, socket, head);
  });
}

function expressApp(): express.Express {
  const app = express();
  app.use(express.json(), express.urlencoded({ extended: true }));
  app.get("/hello", (_request, response) => void response.send(HELLO));
  return app;
}

function koaApp(): Koa {
  const app = new Koa();
  app.use(async (context, next) => {
    if (context.path === "/hello") context.body = HELLO;
    else await next();
  });
  return app;
}

function fastifyApp(options: object = {}): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, ...options });
  app.get("/hello", async () => HELLO);
  return app;
}

async function runFastify(app: FastifyInstance, secure = false): Promise<RunningHost> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return {
    http: app.server,
    url: `${secure ? "https" : "http"}://127.0.0.1:${port}`,
    close: async () => {
      await app.close();
    },
  };
}

/** Over HTTP/2, and over HTTP/1.1 for those who do not ask for it. */
const secureHttp2 = (routes: RequestListener): HttpServer =>
  createSecureServer({ ...TLS, allowHTTP1: true }, routes as never) as unknown as HttpServer;

function attached(engine: Server, http: HttpServer, options?: AttachOptions): HttpServer {
  engine.attach(http, options);
  return http;
}

/** Our server takes its path before the framework sees the request. */
export const ATTACHED_HOSTS: readonly Host[] = [
  {
    name: "node:http",
    start: (engine, options) => run(attached(engine, createServer(plainRoutes), options)),
  },
  {
    name: "node:https",
    start: (engine, options) => run(attached(engine, createHttpsServer(TLS, plainRoutes), options), true),
  },
  {
    name: "node:http2",
    speaksHttp2: true,
    start: (engine, options) => run(attached(engine, secureHttp2(plainRoutes), options), true),
  },
  {
    name: "Express",
    start: (engine, options) => run(attached(engine, createServer(expressApp()), options)),
  },
  {
    name: "Fastify",
    start: (engine, options) => {
      const app = fastifyApp();
      attached(engine, app.server, options);
      return runFastify(app);
    },
  },
  {
    name: "Fastify over HTTP/2",
    speaksHttp2: true,
    start: (engine, options) => {
      const app = fastifyApp({ http2: true, https: { ...TLS, allowHTTP1: true } });
      attached(engine, app.server, options);
      return runFastify(app, true);
    },
  },
  {
    name: "Koa",
    start: (engine, options) => run(attached(engine, createServer(koaApp().callback()), options)),
  },
  {
    name: "Koa over HTTP/2",
    speaksHttp2: true,
    start: (engine, options) => run(attached(engine, secureHttp2(koaApp().callback()), options), true),
  },
];

/** Our server is called from a route of the framework. */
export const ROUTED_HOSTS: readonly Host[] = [
  {
    name: "a route of node:http",
    start: (engine) => {
      const http = createServer((request, response) => {
        if (request.url?.startsWith("/engine.io/")) engine.handleRequest(request, response);
        else plainRoutes(request, response);
      });
      return run(routeUpgrades(http, engine));
    },
  },
  {
    name: "a route of Express",
    start: (engine) => {
      const app = expressApp();
      // What is handed on has lost its path: "/?EIO=4…"
      app.use("/engine.io", (request, response) => engine.handleRequest(request, response));
      return run(routeUpgrades(createServer(app), engine));
    },
  },
  {
    name: "a route of Fastify",
    start: async (engine) => {
      const app = fastifyApp();
      await app.register(async (scope) => {
        // Bodies are left to our server.
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
        scope.all("/engine.io/", (request, reply) => {
          reply.hijack();
          engine.handleRequest(request.raw, reply.raw);
        });
      });
      routeUpgrades(app.server, engine);
      return runFastify(app);
    },
  },
  {
    name: "a middleware of Koa",
    start: (engine) => {
      const app = koaApp();
      app.use((context) => {
        if (!context.path.startsWith("/engine.io/")) return;
        context.respond = false;
        engine.handleRequest(context.req, context.res);
      });
      return run(routeUpgrades(createServer(app.callback()), engine));
    },
  },
];
