import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { Server } from "socket.io";
import { askAll, type ChatServer, census, chat } from "./chat.mjs";
import { run } from "./run.mjs";

const app = express();
app.use(express.json());

const httpServer = createServer(app);
const io: ChatServer = new Server(httpServer, { cors: { origin: "https://example.com" } });
chat(io);

app.get("/hello", (_request, response) => void response.send("hello"));
app.get("/census", async (_request, response) => void response.json(await census(io)));
app.post("/say", (request, response) => {
  io.emit("said", request.body.text);
  response.status(204).end();
});
app.post("/ask", async (request, response) => void response.json(await askAll(io, request.body.text)));

httpServer.listen(0, "127.0.0.1");
await once(httpServer, "listening");
run((httpServer.address() as AddressInfo).port, async () => {
  await io.close();
});
