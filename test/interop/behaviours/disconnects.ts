import { expect } from "chai";
import { next, request, respond } from "../events.ts";
import type { Pair, Rig } from "../rig.ts";

/** Why each side says that it was disconnected. */
async function reasons(
  { client, socket }: Pair,
  cause: () => unknown,
): Promise<Record<"client" | "server", unknown>> {
  const ends = Promise.all([next(client, "disconnect"), next(socket, "disconnect")]);
  await cause();
  const [[atClient], [atServer]] = await ends;
  expect(client.connected).to.equal(false);
  return { client: atClient, server: atServer };
}

export async function byServer(rig: Rig): Promise<void> {
  const pair = await rig.connect();
  expect(await reasons(pair, () => pair.socket.disconnect())).to.deep.equal({
    client: "io server disconnect",
    server: "server namespace disconnect",
  });
}

export async function byServerWithConnection(rig: Rig): Promise<void> {
  const pair = await rig.connect();
  const { engine } = pair.client.io;
  const closed = next(engine, "close");
  expect(await reasons(pair, () => pair.socket.disconnect(true))).to.deep.equal({
    client: "io server disconnect",
    server: "server namespace disconnect",
  });
  await closed;
}

export async function byClient(rig: Rig): Promise<void> {
  const pair = await rig.connect();
  const ended = next(pair.socket.conn, "close");
  expect(await reasons(pair, () => pair.client.disconnect())).to.deep.equal({
    client: "io client disconnect",
    server: "client namespace disconnect",
  });

  // Older clients mix up the old session and the new one when they connect again before the old one has ended.
  if (rig.client.generation < 4) await ended;
  pair.client.connect();
  const socket = await rig.whenConnected(pair.client);
  expect(socket.id).to.not.equal(pair.socket.id);
  respond(socket, "again", () => ["welcome"]);
  expect(await request(pair.client, "again")).to.deep.equal(["welcome"]);
}

export async function byShutdown(rig: Rig): Promise<void> {
  const pair = await rig.connect();
  await rig.whenReachable();
  expect(await reasons(pair, () => rig.io.close(() => {}))).to.deep.equal({
    client: "transport close",
    // A server of generation 2 gives no reason.
    server: rig.server.generation === 2 ? undefined : "server shutting down",
  });
}

export async function cut(rig: Rig): Promise<void> {
  await rig.insertLink();
  const { client, socket } = await rig.connect("/chat");
  const server = rig.mode.settled === "polling" ? "transport error" : "transport close";
  const told = await reasons({ client, socket }, () => rig.cut());
  expect(told.server).to.equal(server);
  // The WebSocket library of official clients of generation 2 reports a reset as an error from Node 24 on.
  expect(told.client).to.be.oneOf(rig.client.generation === 2 ? [server, "transport error"] : [server]);
  const back = await rig.whenConnected(client, "/chat");
  expect(back.id).to.not.equal(socket.id);
  expect(client.id).to.equal(back.id);
  await rig.settle({ client, socket: back });
  respond(back, "echo", (text) => [text]);
  respond(client, "echo", (text) => [text]);
  expect(await request(client, "echo", "up")).to.deep.equal(["up"]);
  expect(await request(back, "echo", "down")).to.deep.equal(["down"]);
}
