/** The official parser that writes MessagePack in the place of Socket.IO's own, at either end and at both. */
import { createServer, type Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import { io as towlineIo } from "@towline/socket.io-client";
import { expect } from "chai";
import type { Server } from "reference-socket.io";
import { type ManagerOptions, io as officialIo, type Socket } from "reference-socket.io-client";
import { next } from "./events.ts";
import { listen } from "./listen.ts";

const require = createRequire(import.meta.url);
const parser = require("socket.io-msgpack-parser") as NonNullable<ManagerOptions["parser"]>;

type ServerClass = typeof Server;

const SERVERS: readonly { readonly name: string; load(): Promise<ServerClass> }[] = [
  {
    name: "official server",
    load: async () => (require("reference-socket.io") as { Server: ServerClass }).Server,
  },
  {
    name: "our server",
    load: async () => (await import("@towline/socket.io")).Server as unknown as ServerClass,
  },
];

const CLIENTS: readonly { readonly name: string; readonly io: typeof officialIo }[] = [
  { name: "official client", io: officialIo },
  { name: "our client", io: towlineIo as unknown as typeof officialIo },
];

for (const server of SERVERS)
  for (const client of CLIENTS)
    for (const transport of ["polling", "websocket"])
      describe(`msgpack: ${client.name}, ${server.name}, ${transport}`, () => {
        let http: HttpServer;
        let io: Server;
        let url: string;
        const sockets: Socket[] = [];

        before(async () => {
          http = createServer();
          io = new (await server.load())(http, { parser });
          io.on("connection", (socket) =>
            socket.on("echo", (...args: unknown[]) =>
              (args.pop() as (...answer: unknown[]) => void)(...args),
            ),
          );
          io.of("/closed").use((_socket, pass) =>
            pass(Object.assign(new Error("no entry"), { data: { until: 8 } })),
          );
          url = `http://localhost:${await listen(http)}`;
        });
        afterEach(() => {
          for (const socket of sockets.splice(0)) socket.disconnect();
        });
        after(async () => {
          const closed = next(http, "close");
          io.close();
          http.closeAllConnections();
          await closed;
        });

        function connect(nsp = "/", options: Partial<ManagerOptions & { auth: object }> = {}): Socket {
          const socket = client.io(url + nsp, {
            parser,
            transports: [transport],
            forceNew: true,
            ...options,
          });
          sockets.push(socket);
          return socket;
        }

        it("writes events as MessagePack, binary within", async () => {
          const written = new Promise<Buffer>((resolve) =>
            io.engine.once("connection", (conn: NodeJS.EventEmitter) =>
              conn.on("packet", ({ data }: { data?: unknown }) => {
                if (Buffer.isBuffer(data) && data.includes("hello")) resolve(data);
              }),
            ),
          );
          connect().emit("hello", 1, Buffer.of(7, 8));
          const data = (await written).toString("hex");
          // "data": ["hello", 1, <07 08>], and "type": 2 before or after it.
          expect(data).to.contain("a46461746193a568656c6c6f01c4020708");
          expect(data).to.contain("a47479706502");
        });

        it("carries what JSON cannot", async () => {
          const socket = connect();
          const sent = [{ list: [1.5, null, "é"] }, Buffer.of(0, 255), new Date(1_000_000), -(2 ** 40)];
          const answer = await socket.timeout(2000).emitWithAck("echo", sent);
          expect(answer).to.deep.equal(sent);
        });

        it("joins namespaces with what the client says of itself, and is refused with a reason", async () => {
          const joined = next(io.of("/named"), "connection");
          connect("/named", { auth: { token: "t" } });
          const [{ handshake }] = (await joined) as [{ handshake: { auth: unknown } }];
          expect(handshake.auth).to.deep.equal({ token: "t" });
          const [error] = (await next(connect("/closed"), "connect_error")) as [Error & { data: unknown }];
          expect([error.message, error.data]).to.deep.equal(["no entry", { until: 8 }]);
        });

        it("is broadcast to, and answers", async () => {
          const first = connect();
          const second = connect();
          await Promise.all([next(first, "connect"), next(second, "connect")]);
          for (const socket of [first, second])
            socket.on("ask", (bytes: Buffer, answer: (sum: number) => void) => answer(bytes.length));
          const answers = await io.timeout(2000).emitWithAck("ask", Buffer.alloc(3));
          expect(answers).to.deep.equal([3, 3]);
        });

        it("tells either end of the other's leaving", async () => {
          const there = next(io.sockets, "connection");
          const socket = connect();
          await next(socket, "connect");
          const [remote] = (await there) as [{ disconnect(): void }];
          const left = next(socket, "disconnect");
          remote.disconnect();
          expect((await left)[0]).to.equal("io server disconnect");
          const again = next(io.sockets, "connection");
          socket.connect();
          const [back] = (await again) as [{ once(event: string, listener: () => void): void }];
          await next(socket, "connect");
          const gone = next(back, "disconnect");
          socket.disconnect();
          expect((await gone)[0]).to.equal("client namespace disconnect");
        });

        it("closes the connection on bytes that are no packet", async () => {
          const socket = connect("/", { reconnection: false });
          const [conn] = (await next(io.engine, "connection")) as [{ write(data: Buffer): void }];
          await next(socket, "connect");
          const left = next(socket, "disconnect");
          conn.write(Buffer.of(0xc1));
          expect((await left)[0]).to.equal("parse error");
        });
      });
