import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Server } from "@towline/socket.io";
import { expect } from "chai";
import { io, type Socket } from "reference-socket.io-client";
import { serveChat } from "../src/chat.ts";
import type { ChatServer } from "../src/socket-types.ts";

/** The client 2.x comes without types: what of it is used here. */
const ioOf2: (url: string, options: object) => Pick<Socket, "emit" | "close"> = createRequire(
  import.meta.url,
)("reference-socket.io-client-2");

/** The chat as its clients see it, through the official client: that is whom it must serve as well as its own page. */
describe("chat", () => {
  const PNG = Buffer.from("89504e470d0a1a0a00010203", "hex");
  let url: string;
  let close: () => Promise<void>;
  let sockets: Socket[] = [];

  const connect = (auth: object = {}, transports = ["websocket"]): Socket => {
    const socket = io(url, { auth, transports, forceNew: true, reconnectionDelay: 10 });
    sockets.push(socket);
    return socket;
  };
  const join = async (name: string, room = "lobby") => {
    const socket = connect({ name });
    const reply = await socket.emitWithAck("join", { room });
    expect(reply).to.include({ ok: true, room });
    return { socket, reply };
  };
  const next = async (socket: Socket, event: string) => (await once(socket as never, event))[0];

  const serve = async (graceMs: number) => {
    const http = createServer().listen(0);
    await once(http, "listening");
    url = `http://localhost:${(http.address() as AddressInfo).port}`;
    const server: ChatServer = new Server(http);
    const chat = serveChat(server, { graceMs });
    close = async () => {
      await server.close();
      chat.close();
    };
  };

  // Longer than any test: what a test sees at once did not wait for it.
  beforeEach(() => serve(60_000));
  afterEach(async () => {
    for (const socket of sockets) socket.disconnect();
    sockets = [];
    await close();
  });

  it("greets with the public identity and the rooms, never with the token", async () => {
    const socket = connect({ name: "Ada", token: "abcdefghijklmnop" });
    const { user, rooms } = await next(socket, "welcome");
    expect(user).to.deep.equal({ id: "852sbLq6U14s", name: "Ada" });
    expect(rooms.map(({ name }: { name: string }) => name)).to.include("lobby");
  });

  it("takes clients of 2.x, which say who they are in the query", async () => {
    const { socket: ada } = await join("Ada", "old");
    const bob = ioOf2(url, { query: { name: "Bob" }, forceNew: true });
    bob.emit("join", { room: "old" }, () => bob.emit("message", { room: "old", text: "from afar" }));
    const { from, text } = await next(ada, "message");
    expect([from.name, text]).to.deep.equal(["Bob", "from afar"]);
    bob.close();
  });

  it("refuses a connection under a bad name, with the code and the sentence", async () => {
    const error = await next(connect({ name: "x".repeat(25) }), "connect_error");
    expect(error.message).to.equal("a name has 1 to 24 characters, none of them control characters");
    expect(error.data).to.deep.equal({ code: "BAD_NAME" });
  });

  it("brings a text to everybody else in the room, and its id back to the sender", async () => {
    const { socket: ada } = await join("Ada", "talk");
    const { socket: bob } = await join("Bob", "talk");
    const arrived = next(bob, "message");
    const accepted = await ada.emitWithAck("message", { room: "talk", text: " hello " });
    const entry = await arrived;
    expect(accepted).to.include({ ok: true, id: entry.id, sentAtMs: entry.sentAtMs });
    expect(entry).to.deep.include({ kind: "text", room: "talk", text: "hello" });
    expect(entry.from.name).to.equal("Ada");
  });

  for (const transport of ["polling", "websocket"])
    it(`brings a picture byte for byte by ${transport}, under the type its bytes have`, async () => {
      const { socket: bob } = await join("Bob", "pixels");
      const ada = connect({ name: "Ada" }, [transport]);
      await ada.emitWithAck("join", { room: "pixels" });
      const arrived = next(bob, "picture");
      const reply = await ada.emitWithAck("picture", { room: "pixels", bytes: PNG, type: "text/html" });
      expect(reply.ok).to.equal(true);
      const entry = await arrived;
      expect(entry).to.include({ kind: "picture", type: "image/png" });
      expect(Buffer.compare(entry.bytes, PNG)).to.equal(0);
    });

  it("gives the history, pictures included, to those who come later", async () => {
    const { socket: ada } = await join("Ada", "archive");
    await ada.emitWithAck("message", { room: "archive", text: "one" });
    await ada.emitWithAck("picture", { room: "archive", bytes: PNG });
    const { reply } = await join("Bob", "archive");
    expect(reply.resumed).to.equal(false);
    expect(reply.history.map(({ kind }: { kind: string }) => kind)).to.deep.equal(["text", "picture"]);
    expect(Buffer.compare(reply.history[1].bytes, PNG)).to.equal(0);
  });

  it("gives only what was missed to those who come back", async () => {
    const { socket: ada } = await join("Ada", "gap");
    const { id } = await ada.emitWithAck("message", { room: "gap", text: "seen" });
    await ada.emitWithAck("message", { room: "gap", text: "missed" });
    const again = await ada.emitWithAck("join", { room: "gap", after: id });
    expect(again.resumed).to.equal(true);
    expect(again.history.map(({ text }: { text: string }) => text)).to.deep.equal(["missed"]);
  });

  it("stores a message that is sent twice under one key once", async () => {
    const { socket: ada } = await join("Ada", "twice");
    const first = await ada.emitWithAck("message", { room: "twice", text: "once", key: "k1" });
    expect(await ada.emitWithAck("message", { room: "twice", text: "once", key: "k1" })).to.deep.equal(first);
    const { reply } = await join("Bob", "twice");
    expect(reply.history).to.have.lengthOf(1);
  });

  it("does not bring messages of a room to those who are not in it, nor take any from them", async () => {
    const { socket: ada } = await join("Ada", "inside");
    const { socket: bob } = await join("Bob", "outside");
    const heard: string[] = [];
    bob.on("message", ({ text }) => heard.push(text));
    await ada.emitWithAck("message", { room: "inside", text: "secret" });
    await join("Cyd", "outside").then(({ socket }) =>
      socket.emitWithAck("message", { room: "outside", text: "marker" }),
    );
    await bob.emitWithAck("typing", { room: "outside", typing: false });
    expect(heard).to.deep.equal(["marker"]);
    const reply = await bob.emitWithAck("message", { room: "inside", text: "knock" });
    expect(reply).to.deep.equal({
      ok: false,
      error: { code: "NOT_IN_ROOM", message: "join the room first" },
    });
  });

  it("tells the room who is typing", async () => {
    const { socket: ada } = await join("Ada", "talk");
    const { socket: bob } = await join("Bob", "talk");
    const pulse = next(bob, "typing");
    ada.emit("typing", { room: "talk", typing: true });
    expect(await pulse).to.deep.include({ room: "talk", typing: true });
  });

  it("tells the room who came, and who left on purpose at once", async () => {
    const { socket: ada } = await join("Ada", "door");
    const came = next(ada, "notice");
    const { socket: bob } = await join("Bob", "door");
    expect(await came).to.deep.include({ kind: "joined", room: "door" });
    const left = next(ada, "notice");
    bob.disconnect();
    expect(await left).to.deep.include({ kind: "left", room: "door" });
  });

  it("shows a broken connection as away, and as a leave only when it does not come back", async () => {
    await close();
    await serve(60);
    const { socket: ada } = await join("Ada", "storm");
    const { socket: bob } = await join("Bob", "storm");
    const notice = next(ada, "notice");
    const away = new Promise((resolve) => {
      ada.on("members", ({ members }) => {
        if (members.some((member: { name: string; away: boolean }) => member.name === "Bob" && member.away))
          resolve(true);
      });
    });
    bob.io.reconnection(false);
    bob.io.engine.close();
    expect(await away).to.equal(true);
    expect(await notice).to.deep.include({ kind: "left", room: "storm" });
  });

  it("keeps name and id over a reconnection, and nobody hears of it", async () => {
    const { socket: ada } = await join("Ada", "steady");
    const bob = connect({ name: "Bob", token: "bob-bob-bob-bob-bob" });
    const before = await next(bob, "welcome");
    await bob.emitWithAck("join", { room: "steady" });
    const heard: string[] = [];
    ada.on("notice", ({ kind }) => heard.push(kind));
    bob.io.engine.close();
    const again = await next(bob, "welcome");
    expect(again.user).to.deep.equal(before.user);
    await bob.emitWithAck("join", { room: "steady" });
    const marker = next(ada, "message");
    await bob.emitWithAck("message", { room: "steady", text: "back" });
    expect((await marker).text).to.equal("back");
    expect(heard).to.deep.equal([]);
  });

  it("lets people rename themselves, and tells their rooms", async () => {
    const { socket: ada } = await join("Ada", "names");
    const { socket: bob } = await join("Bob", "names");
    const notice = next(ada, "notice");
    const reply = await bob.emitWithAck("rename", { name: "Robert" });
    expect(reply.user.name).to.equal("Robert");
    expect(await notice).to.deep.include({ kind: "renamed", was: "Bob" });
  });

  it("answers too much at once with an error, and goes on afterwards", async () => {
    const { socket: ada } = await join("Ada", "flood");
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, n) => ada.emitWithAck("message", { room: "flood", text: `${n}` })),
    );
    const refused = replies.filter(({ ok }) => !ok);
    expect(refused.length).to.be.within(5, 15);
    expect(refused[0].error.code).to.equal("TOO_FAST");
    expect(ada.connected).to.equal(true);
  });

  it("lives through requests that are none", async () => {
    const { socket: ada } = await join("Ada", "odd");
    for (const request of [undefined, null, 7, "text", [], { room: {} }, { room: "odd", text: {} }]) {
      expect(await ada.emitWithAck("message", request)).to.include({ ok: false });
      ada.emit("message", request);
    }
    expect(await ada.emitWithAck("join", { room: "odd" })).to.include({ ok: true });
  });

  it("limits how many rooms one socket may be in", async () => {
    const { socket: ada } = await join("Ada", "r1");
    for (let n = 2; n <= 8; n++) await ada.emitWithAck("join", { room: `r${n}` });
    const reply = await ada.emitWithAck("join", { room: "r9" });
    expect(reply).to.deep.include({ ok: false }).and.nested.property("error.code", "TOO_MANY_JOINED");
    expect(await ada.emitWithAck("leave", { room: "r8" })).to.deep.equal({ ok: true });
    expect(await ada.emitWithAck("join", { room: "r9" })).to.include({ ok: true });
  });
});
