import type { IncomingMessage } from "node:http";
import { Server, Socket, type Transport } from "engine.io";

const server = new Server();
server.on("connection", (socket: Socket) => {
  socket.on("message", (data) => socket.send(data));
  socket.on("message", (data: string | Buffer) => socket.write(data));
  socket.on("message", (data: string) => console.log(data.toUpperCase()));
  socket.on("data", (data: Buffer) => console.log(data.length));
  socket.on("close", (reason: string, description?: Error) => console.log(reason, description?.message));
  socket.on("close", (reason) => console.log(reason));
  socket.once("close", () => {});
  socket.on("error", (error: Error) => console.log(error.message));
  socket.on("packet", (packet: { type: string; data?: unknown }) => console.log(packet.type, packet.data));
  socket.on("packetCreate", ({ type, data, options }) => console.log(type, data, options.compress));
  socket.on("packetCreate", (packet) => {
    packet.options.compress = false;
  });
  socket.on("flush", (packets: unknown[]) => console.log(packets.length));
  socket.on("drain", () => socket.send("more"));
  socket.on("heartbeat", () => {});
  socket.on("upgrading", (transport: Transport) => console.log(transport.name));
  socket.on("upgrade", (transport: Transport) => console.log(transport.name, transport.writable));
  socket.off("drain", () => {}).on("of our own", (word: string) => console.log(word));

  const same: Socket = socket
    .send("text")
    .send(Buffer.from("bytes"), { compress: true }, () => {})
    .send(new Uint8Array(1), { compress: false }, (transport: Transport) => console.log(transport.name))
    .send(new ArrayBuffer(1), undefined, (transport) => console.log(transport.writable))
    .write("text", {});
  same.send(new Float32Array(1));
  same.close();
  same.close(true);

  const revision: number = socket.protocol;
  const request: IncomingMessage = socket.request;
  const address: string = socket.remoteAddress;
  const name: string = socket.transport.name;
  const state: "opening" | "open" | "closing" | "closed" = socket.readyState;
  const flags: boolean[] = [socket.upgrading, socket.upgraded, socket.transport.writable];
  console.log(revision, request.headers.cookie, address, name, state, flags);
  // The reference calls it private, and every user of it reads it all the same.
  console.log(
    (socket as unknown as { readonly id: string }).id,
    (socket as unknown as { server: Server }).server,
  );
  // @ts-expect-error: not a revision
  socket.protocol = 5;

  const query = (request as IncomingMessage & { _query: Record<string, string> })._query;
  console.log(query.EIO, query.transport);
});

class Users {
  readonly #byUser = new Map<string, Set<Socket>>();
  readonly #users = new WeakMap<Socket, string>();
  add(user: string, socket: Socket): void {
    this.#users.set(socket, user);
    this.#byUser.set(user, (this.#byUser.get(user) ?? new Set()).add(socket));
  }
}
const users = new Users();
server.on("connection", (socket: Socket) => users.add("alice", socket));
console.log((value: unknown) => value instanceof Socket);
