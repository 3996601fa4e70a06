import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "@towline/socket.io";
import { expect } from "chai";
import { io, type Socket } from "reference-socket.io-client";
import { type Chat, serveChat } from "../src/chat.ts";
import { type Neighbours, NO_NEIGHBOURS } from "../src/neighbours.ts";
import type { Member } from "../src/protocol.ts";
import type { ChatServer } from "../src/socket-types.ts";

describe("a chat with neighbours", () => {
  let elsewhere: Member[];
  let told: [what: string, ...rest: unknown[]][];
  let server: ChatServer;
  let chat: Chat;
  let ada: Socket;

  beforeEach(async () => {
    elsewhere = [];
    told = [];
    const neighbours: Neighbours = {
      ...NO_NEIGHBOURS,
      members: (room) => (room === "lobby" ? elsewhere : []),
      changed: (room, members) => told.push(["changed", room, members.map(({ name }) => name)]),
      wrote: ({ room, from, ...entry }) =>
        told.push(["wrote", room, from.name, entry.kind === "text" ? entry.text : entry.kind]),
    };
    const http = createServer().listen(0);
    await once(http, "listening");
    server = new Server(http);
    chat = serveChat(server, { graceMs: 60_000, neighbours });
    ada = io(`http://localhost:${(http.address() as AddressInfo).port}`, {
      auth: { name: "Ada" },
      transports: ["websocket"],
      forceNew: true,
    });
    await ada.emitWithAck("join", { room: "lobby" });
  });
  afterEach(async () => {
    ada.disconnect();
    await server.close();
    chat.close();
  });
  const next = async (event: string) => (await once(ada as never, event))[0];

  it("tells them who is here and what was written", async () => {
    await next("rooms");
    await ada.emitWithAck("message", { room: "lobby", text: "Hello" });
    expect(told).to.deep.equal([
      ["changed", "lobby", ["Ada"]],
      ["wrote", "lobby", "Ada", "Hello"],
    ]);
  });

  it("shows who is there, when it hears of it, and does not tell that again", async () => {
    await next("rooms");
    told.length = 0;
    elsewhere = [{ id: "b", name: "Bob", away: false }];
    chat.heard("lobby");
    const { members } = await next("members");
    expect(members.map(({ name }: Member) => name)).to.deep.equal(["Ada", "Bob"]);
    expect(told).to.deep.equal([]);
  });

  it("opens the rooms that it hears of", async () => {
    await next("rooms");
    chat.heard("attic");
    const rooms: { name: string }[] = await next("rooms");
    expect(rooms.map(({ name }) => name)).to.include("attic");
  });

  it("remembers what was written there, once", async () => {
    const from = { id: "b", name: "Bob" };
    const entry = { id: "1", room: "attic", from, sentAtMs: 0, key: "k", kind: "text", text: "Hi" } as const;
    chat.remember(entry);
    chat.remember(entry);
    const { history } = await ada.emitWithAck("join", { room: "attic" });
    expect(history).to.deep.equal([entry]);
  });
});
