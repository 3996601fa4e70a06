import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Socket } from "./peers.ts";
import type { Rig } from "./rig.ts";

const options = { allowEIO3: true };

async function connect(rig: Rig, namespace = "/", given = {}) {
  const connected = next(rig.io.of(namespace), "connection");
  const client = rig.client(given, namespace, 2);
  const [[socket]] = (await Promise.all([connected, next(client, "connect")])) as unknown as [[Socket]];
  return { client, socket };
}

/** Clients of Socket.IO 2, which speak revision 3 of Engine.IO. */
export const OLD_CLIENTS: readonly Behaviour[] = [
  {
    title: "exchanges events, bytes and acknowledgements with an old client",
    options,
    async run(rig) {
      const { client, socket } = await connect(rig);
      socket.on("x", (data: Buffer, answer: (data: Buffer) => void) => answer(Buffer.concat([data, data])));
      const answered = new Promise((resolve) => client.emit("x", Buffer.of(1), resolve));
      expect(await answered).to.deep.equal(Buffer.of(1, 1));
      client.on("y", (value, answer) => (answer as (value: unknown) => void)(value));
      expect(await socket.timeout(1000).emitWithAck("y", "z")).to.equal("z");
    },
  },
  {
    title: "gives an old client's query in the handshake, and no auth",
    options,
    async run(rig) {
      const { socket } = await connect(rig, "/", { query: { token: "x" } });
      expect(socket.handshake.query).to.include({ token: "x", EIO: "3" });
      expect(socket.handshake.auth).to.deep.equal({});
    },
  },
  {
    title: "puts an old client into the main namespace before the one that it asks for",
    options,
    async run(rig) {
      const inMain = next(rig.io, "connection");
      const { client, socket } = await connect(rig, "/chat");
      const [main] = (await inMain) as [Socket];
      expect(main.client).to.equal(socket.client);
      expect(client.id).to.equal(`/chat#${socket.conn.id}`);
    },
  },
  {
    title: "gives the query of a namespace as auth, and the session's as query",
    options,
    async run(rig) {
      const connected = next(rig.io.of("/chat"), "connection");
      const wire = await rig.open({ EIO: "3", token: "x" });
      wire.send("0/chat?a=1&b=2,");
      expect(await wire.take(2)).to.deep.equal(["0", "0/chat,"]);
      const [{ handshake }] = (await connected) as [Socket];
      expect({ ...handshake.auth }).to.deep.equal({ a: "1", b: "2" });
      expect(handshake.query).to.include({ EIO: "3", token: "x" });
    },
  },
  {
    title: "makes a dynamic namespace for an old client",
    options,
    async run(rig) {
      rig.io.of(/^\/dynamic-\d+$/);
      const wire = await rig.open({ EIO: "3" });
      wire.send("0/dynamic-1,");
      expect(await wire.take(2)).to.deep.equal(["0", "0/dynamic-1,"]);
      expect(rig.io.of("/dynamic-1").sockets.size).to.equal(1);
    },
  },
  {
    title: "broadcasts to old and new clients at a time, with answers",
    options,
    async run(rig) {
      const { client: old } = await connect(rig);
      const { client } = await rig.connect();
      const heard = [next(old, "x"), next(client, "x")];
      rig.io.emit("x", Buffer.of(1), "text");
      for (const args of await Promise.all(heard)) expect(args).to.deep.equal([Buffer.of(1), "text"]);
      old.on("y", (answer) => (answer as (value: string) => void)("old"));
      client.on("y", (answer) => (answer as (value: string) => void)("new"));
      expect(await rig.io.timeout(1000).emitWithAck("y")).to.have.members(["old", "new"]);
    },
  },
  {
    title: "refuses an old client by an error, with its data or else its message",
    options,
    async run(rig) {
      rig.io.of("/a").use((_socket, go) => go(new Error("no entry")));
      rig.io.of("/b").use((_socket, go) => go(Object.assign(new Error("no"), { data: { code: 7 } })));
      expect(await next(rig.client({}, "/a", 2), "error")).to.deep.equal(["no entry"]);
      expect(await next(rig.client({}, "/b", 2), "error")).to.deep.equal([{ code: 7 }]);
    },
  },
  {
    title: "offers no recovery to an old client, and adds no offset for it to see",
    options: { ...options, connectionStateRecovery: {} },
    async run(rig) {
      const { client, socket } = await connect(rig);
      expect(socket.recovered).to.equal(false);
      const heard = next(client, "x");
      socket.emit("x", 1);
      expect((await heard)[0]).to.equal(1);
    },
  },
  ...(
    [
      ["client namespace disconnect", (client) => client.disconnect(), "io client disconnect", "/chat"],
      ["server namespace disconnect", (_client, socket) => socket.disconnect(), "io server disconnect", "/"],
      ["forced close", (_client, socket) => socket.conn.close(), "transport close", "/"],
      ["server shutting down", (_client, _socket, rig) => rig.io.close(), "transport close", "/"],
    ] as readonly (readonly [
      string,
      (client: { disconnect(): unknown }, socket: Socket, rig: Rig) => unknown,
      string,
      string,
    ])[]
  ).map(([reason, act, told, namespace]) => ({
    title: `ends an old client for ${reason}, which it hears as ${told}`,
    options,
    async run(rig: Rig) {
      const { client, socket } = await connect(rig, namespace);
      const ends = Promise.all([next(socket, "disconnect"), next(client, "disconnect")]);
      await act(client, socket, rig);
      expect((await ends).map(([why]) => why)).to.deep.equal([reason, told]);
    },
  })),
];
