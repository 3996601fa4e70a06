// biome-ignore-all lint/suspicious/noExplicitAny: as users write it.
import { createServer } from "node:http";
import { Server, type Socket } from "socket.io";

const http = createServer();
const io = new Server(http, { path: "/realtime", pingInterval: 1000 });
const users: { [id: string]: { name: string; socket: Socket } } = {};

io.use((socket, next) => {
  if (socket.handshake.auth.token !== "abc") return next(new Error("unauthorized"));
  (socket as any).user = { name: socket.handshake.query.name };
  next();
});

io.on("connection", (socket) => {
  const name = (socket as any).user.name;
  users[socket.id] = { name, socket };
  socket.data.seen = Date.now();
  socket.join("lobby");

  socket.on("message", (text, callback) => {
    io.emit("message", name, text, { at: new Date(), bytes: Buffer.from(text) });
    if (typeof callback === "function") callback({ ok: true });
  });
  socket.on("room", async (room: string) => {
    await socket.leave("lobby");
    socket.join([room, "all"]);
    socket.to(room).to("all").except(socket.id).emit("joined", name);
  });
  socket.on("private", (to: string, ...words: string[]) => {
    io.to(to).emit("private", ...words);
    socket.broadcast.to(to).emit("told");
    users[to]?.socket.emit("private", words, (answer: any) => console.log(answer.ok));
  });
  socket.onAny((event, ...args) => console.log(event, args.length));
  socket.on("disconnect", () => delete users[socket.id]);
  socket.on("error", (error) => console.error(error.message));
  socket.conn.on("upgrade", (transport) => console.log(transport.name));
  socket.conn.once("close", (reason) => console.log(reason));
  socket.timeout(1000).emit("late", (error: Error, answer: unknown) => console.log(error, answer));
  if (socket.recovered || !socket.connected) socket.disconnect(true);
});

io.of("/news")
  .use((_, next) => void setImmediate(next))
  .on("connection", (socket: Socket) => {
    socket.emit("news", { title: "hello" });
    socket.nsp.emit("count", socket.nsp.sockets.size);
  });
io.of(/^\/dynamic-\d+$/).on("connect", (socket) => socket.nsp.to("room").emit("hi"));
io.of((name, auth, next) => next(null, name === auth.name));

io.sockets.emit("hello");
io.sockets.in("room").socketsLeave("room");
for (const [id, socket] of io.of("/").sockets) console.log(id, socket.rooms.has("lobby"));
for (const [room, ids] of io.of("/").adapter.rooms) console.log(room.length, ids.size);
for (const room of io.sockets.adapter.sids.get("id") ?? []) console.log(room.length);
io.of("/").adapter.on("create-room", (room: string) => console.log(room));
io.of("/").adapter.on("join-room", (room, id) => console.log(room, id));
io.engine.on("connection_error", (error: any) => console.log(error.code, error.message, error.context));
io.engine.on("initial_headers", (headers: any, request: any) => (headers["x-url"] = request.url));
io.engine.generateId = () => "abc";
io.removeAllListeners("connection");
io.allSockets().then((ids) => console.log(ids.size));
io.serverSideEmit("hello", "world");
io.close(() => console.log("closed"));
io.close().then(() => http.listen(3000));
io.listen(3000);
io.attach(http, { cors: { origin: true } });
