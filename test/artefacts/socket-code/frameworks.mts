// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import { createServer } from "node:http";
import express, { type NextFunction, type Request, type RequestHandler, type Response } from "express";
import fastify, { type FastifyInstance } from "fastify";
import { Server, type Socket } from "socket.io";

declare module "node:http" {
  interface IncomingMessage {
    user?: { readonly name: string };
  }
}
declare module "express-serve-static-core" {
  interface Locals {
    io: Server;
  }
}
declare module "fastify" {
  interface FastifyInstance {
    io: Server<{ hello: (name: string) => void }>;
  }
}

const app = express();
const httpServer = createServer(app);
const io = new Server(httpServer);
const session: RequestHandler = (request, _response, next) => {
  request.headers["x-session"] = "1";
  next();
};
app.use(session);
app.locals.io = io;
app.get("/", (_request, response) => {
  response.json({ clients: io.engine.clientsCount });
});
io.engine.use(session);
io.engine.use((request: any, response: any, next: any) => session(request, response, next));
io.engine.use((request: Request, _response: Response, next: NextFunction) =>
  request.headers.cookie === undefined ? next(new Error("no")) : next(),
);
const wrap = (middleware: RequestHandler) => (socket: Socket, next: (error?: Error) => void) =>
  middleware(socket.request as Request, {} as Response, next as NextFunction);
io.use(wrap(session));
io.on("connection", (socket) => {
  socket.request.user = { name: "Ann" };
  const handshake: Request = socket.request as Request;
  console.log(handshake.headers["x-session"], socket.request.user.name);
});
httpServer.listen(3000);

const api: FastifyInstance = fastify();
api.decorate("io", new Server(api.server));
api.addHook("preClose", (done) => {
  api.io.local.disconnectSockets(true);
  done();
});
api.addHook("onClose", (instance, done) => {
  instance.io.close();
  done();
});
api.ready(
  () => void api.io.on("connection", (socket) => socket.on("hello", (name) => socket.emit("hello", name))),
);
