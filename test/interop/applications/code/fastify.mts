import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { Server } from "socket.io";
import { askAll, type ChatServer, census, chat } from "./chat.mjs";
import { run } from "./run.mjs";

const app = Fastify();
const io: ChatServer = new Server(app.server, { cors: { origin: "https://example.com" } });
chat(io);

app.get("/hello", async () => "hello");
app.get("/census", () => census(io));
app.post<{ Body: { text: string } }>("/say", async (request, reply) => {
  io.emit("said", request.body.text);
  return reply.status(204).send();
});
app.post<{ Body: { text: string } }>("/ask", (request) => askAll(io, request.body.text));
// Before the server waits for its connections to end, those of the chat have to.
app.addHook("preClose", (done) => {
  io.local.disconnectSockets(true);
  done();
});
app.addHook("onClose", async () => {
  await io.close();
});

await app.listen({ port: 0, host: "127.0.0.1" });
run((app.server.address() as AddressInfo).port, () => app.close());
