import { expect } from "chai";
import { next, request, respond } from "../events.ts";
import type { Rig } from "../rig.ts";

export async function root(rig: Rig): Promise<void> {
  const { client, socket } = await rig.connect("/", { query: { token: "a b&c=é" } });
  expect(client.connected).to.equal(true);
  expect(client.id).to.be.a("string").and.equal(socket.id);
  expect(socket.handshake.query).to.include({ token: "a b&c=é" });
  expect(client.io.engine.transport.name).to.equal(rig.mode.settled);
  expect(socket.conn.transport.name).to.equal(rig.mode.settled);
  expect(client.io.engine.id).to.equal(socket.conn.id);
}

export async function auth(rig: Rig): Promise<void> {
  const { socket } = await rig.connect("/", { auth: { token: "s3cret", roles: ["a"] } });
  expect(socket.handshake.auth).to.deep.equal({ token: "s3cret", roles: ["a"] });
}

export async function customNamespace(rig: Rig): Promise<void> {
  const { client, socket } = await rig.connect("/chat");
  expect(client.id).to.be.a("string").and.equal(socket.id);
  // Revision 4 derives the id from the connection's, revision 5 gives each namespace its own.
  if (rig.speaksRevision4) expect(socket.id).to.equal(`/chat#${socket.conn.id}`);
  else expect(socket.id).to.not.contain(socket.conn.id);
  respond(socket, "where", () => ["in chat"]);
  expect(await request(client, "where")).to.deep.equal(["in chat"]);
}

export async function multiplexing(rig: Rig): Promise<void> {
  const chat = rig.open("/chat", { forceNew: false });
  const admin = rig.open("/admin", { forceNew: false });
  const [inChat, inAdmin] = [
    await rig.whenConnected(chat, "/chat"),
    await rig.whenConnected(admin, "/admin"),
  ];
  await rig.settle({ client: chat, socket: inChat });
  expect(chat.io).to.equal(admin.io);
  expect(inChat.conn).to.equal(inAdmin.conn);
  expect(rig.io.engine.clientsCount).to.equal(1);

  respond(inChat, "where", () => ["chat"]);
  respond(inAdmin, "where", () => ["admin"]);
  expect(await Promise.all([request(chat, "where"), request(admin, "where")])).to.deep.equal([
    ["chat"],
    ["admin"],
  ]);

  const left = next(inChat, "disconnect");
  chat.disconnect();
  await left;
  expect(await request(admin, "where"), "the other namespace stays").to.deep.equal(["admin"]);
}
