import { once } from "node:events";
import type { Socket } from "@towline/socket.io";
import { expect } from "chai";
import { cleanUp, startServer } from "./raw-client.ts";
import { drop, ID, offsetOf, startRecovery, tick, withoutOffsets } from "./recovery-client.ts";

afterEach(cleanUp);

describe("connection state recovery", () => {
  it("tells a client its private id, and none where nothing is kept", async () => {
    const { ask } = await startRecovery();
    const welcome = String(await (await ask()).next());
    expect(welcome).to.match(new RegExp(`^40\\{"sid":"${ID}","pid":"${ID}"\\}$`));
    const { sid, pid } = JSON.parse(welcome.slice(2));
    expect(pid).not.to.equal(sid);
    const client = (await startServer()).connect();
    await client.next();
    client.send("40");
    expect(await client.next()).to.match(new RegExp(`^40\\{"sid":"${ID}"\\}$`));
  });

  it("gives a client that has received nothing its id, rooms, data, and all since its welcome", async () => {
    const { io, join, ask } = await startRecovery();
    const before = await join();
    before.socket.data.name = "Ada";
    await before.socket.join(["r", "s"]);
    await drop(before);
    io.emit("one", 1);
    io.to("s").emit("two", { deep: ["x"] });
    const connection = once(io, "connection");
    const client = await ask({ pid: before.pid });
    expect(await client.next()).to.equal(`40{"sid":"${before.sid}","pid":"${before.pid}"}`);
    expect(await client.next()).to.match(/^42\["one",1,"[\w-]{8}\.1"\]$/);
    expect(await client.next()).to.match(/^42\["two",\{"deep":\["x"\]\},"[\w-]{8}\.2"\]$/);
    const [socket]: Socket[] = await connection;
    expect(socket).to.include({ id: before.sid, recovered: true, connected: true });
    expect(socket).not.to.equal(before.socket);
    expect(socket?.data).to.deep.equal({ name: "Ada" });
    expect([...(socket?.rooms ?? [])]).to.have.members([before.sid, "r", "s"]);
  });

  it("tells a first connection that nothing was recovered", async () => {
    const { join } = await startRecovery();
    expect((await join()).socket.recovered).to.equal(false);
  });

  it("sends only what came after the last event that the client has", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    io.emit("a");
    io.emit("b");
    io.emit("c");
    await drop(before);
    io.emit("d");
    const [first] = [await before.client.next(), await before.client.next(), await before.client.next()];
    const after = await join({ pid: before.pid, offset: offsetOf(first) });
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["b"]', '42["c"]', '42["d"]']);
  });

  it("sends what went to the client alone, to its rooms and to all, in order; nothing else", async () => {
    const { io, join, received } = await startRecovery();
    const [before, other] = [await join(), await join()];
    await before.socket.join("r");
    await other.socket.join(["r", "s"]);
    await drop(before);
    before.socket.emit("alone", 1);
    io.to("r").emit("r", 2);
    io.to("s").emit("s");
    other.socket.emit("other");
    io.to(["s", "r"]).emit("s or r", 3);
    io.except("r").emit("not r");
    io.except("s").emit("not s", 4);
    io.except(before.sid).emit("not it");
    other.socket.broadcast.emit("but other", 5);
    other.socket.to(before.sid).emit("from other", 6);
    io.to(before.sid).emit("by id", 7);
    io.local.emit("local", 8);
    io.compress(false).emit("plain", 9);
    const after = await join({ pid: before.pid });
    expect(withoutOffsets(await received(after))).to.deep.equal([
      '42["alone",1]',
      '42["r",2]',
      '42["s or r",3]',
      '42["not s",4]',
      '42["but other",5]',
      '42["from other",6]',
      '42["by id",7]',
      '42["local",8]',
      '42["plain",9]',
    ]);
  });

  it("does not send a socket its own broadcasts", async () => {
    const { join, received } = await startRecovery();
    const [before, other] = [await join(), await join()];
    before.socket.broadcast.emit("to others");
    await drop(before);
    expect(withoutOffsets(await received(other))).to.deep.equal(['42["to others"]']);
    expect(await received(await join({ pid: before.pid }))).to.deep.equal([]);
  });

  it("sends bytes that were missed", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    await drop(before);
    io.emit("bytes", Buffer.of(1, 2));
    const [text, bytes] = await received(await join({ pid: before.pid }));
    expect(text).to.match(/^451-\["bytes",\{"_placeholder":true,"num":0\},"[\w-]{8}\.1"\]$/);
    expect(bytes).to.deep.equal(Buffer.of(1, 2));
  });

  it("sends neither volatile events nor ones that ask for an answer, and puts no offset to them", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    before.socket.volatile.emit("may be lost", 1);
    before.socket.emit("ask", () => {});
    io.volatile.emit("all may be lost", 2);
    io.timeout(1000).emit("ask all", () => {});
    const live = await received(before);
    expect(live).to.deep.equal([
      '42["may be lost",1]',
      '420["ask"]',
      '42["all may be lost",2]',
      '421["ask all"]',
    ]);
    before.client.send("431[]");
    await drop(before);
    io.volatile.emit("v");
    before.socket.volatile.emit("v");
    before.socket.emit("w", () => {});
    io.emit("kept");
    expect(withoutOffsets(await received(await join({ pid: before.pid })))).to.deep.equal(['42["kept"]']);
  });

  it("sends what the listeners for the leave emit", async () => {
    const { join, received } = await startRecovery();
    const before = await join();
    before.socket.on("disconnecting", () => {
      void before.socket.join("late");
      before.socket.emit("leaving");
    });
    before.socket.on("disconnect", () => before.socket.emit("left"));
    await drop(before);
    const after = await join({ pid: before.pid });
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["leaving"]', '42["left"]']);
    expect(after.socket.rooms.has("late")).to.equal(true);
  });

  it("sends what was emitted, whatever has become of the object since", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    await drop(before);
    const state = { n: 1 };
    io.emit("state", state);
    state.n = 2;
    io.emit("state", state);
    const after = await join({ pid: before.pid });
    expect(withoutOffsets(await received(after))).to.deep.equal([
      '42["state",{"n":1}]',
      '42["state",{"n":2}]',
    ]);
  });

  it("goes by the rooms at the time of a broadcast: neither what came before a join nor what came before a leave", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    const { socket } = before;
    io.emit("seen");
    const offset = offsetOf(await before.client.next());
    io.to("later").emit("before it joined");
    await socket.join("later");
    await socket.join("left");
    io.to("left").emit("before it left");
    await socket.leave("left");
    io.to("left").emit("after it left");
    io.to("later").emit("after it joined");
    await socket.join("muted");
    io.except("muted").emit("while muted");
    await socket.leave("muted");
    io.except("muted").emit("no longer muted");
    await drop(before);
    const after = await join({ pid: before.pid, offset });
    expect(withoutOffsets(await received(after))).to.deep.equal([
      '42["before it left"]',
      '42["after it joined"]',
      '42["no longer muted"]',
    ]);
    expect([...after.socket.rooms]).to.have.members([before.sid, "later"]);
  });

  it("sends again what was on its way when the recovered connection is cut as well", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    await drop(before);
    io.emit("one");
    const between = await join({ pid: before.pid });
    await drop(between);
    io.emit("two");
    const after = await join({ pid: before.pid });
    expect(after.sid).to.equal(before.sid);
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["one"]', '42["two"]']);
  });

  it("goes on numbering: a recovered client comes back a second time from where it is", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    await drop(before);
    io.emit("one");
    const between = await join({ pid: before.pid });
    const [one] = await received(between);
    io.emit("two");
    await drop(between);
    io.emit("three");
    const after = await join({ pid: before.pid, offset: offsetOf(one) });
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["two"]', '42["three"]']);
  });

  it("does not double what an adapter's listener emits into the room just joined", async () => {
    const { io, join, received } = await startRecovery();
    const before = await join();
    await before.socket.join("r");
    await drop(before);
    io.to("r").emit("missed");
    io.sockets.adapter.on("join-room", (room, id) => {
      if (room === "r") io.to(room).emit("joined", id === before.sid);
    });
    const after = await join({ pid: before.pid });
    expect(withoutOffsets(await received(after))).to.deep.equal(['42["missed"]', '42["joined",true]']);
  });

  it("keeps namespaces of one connection apart, and takes each up by its own id", async () => {
    const { io, connect, welcome, received } = await startRecovery();
    io.of("/a");
    io.of("/b");
    const client = connect();
    await client.next();
    client.send("40/a,", "40/b,");
    const [a, b] = [await welcome(client, "/a"), await welcome(client, "/b")];
    expect(a.pid).not.to.equal(b.pid);
    const bothLeft = [once(a.socket, "disconnect"), once(b.socket, "disconnect")];
    client.close();
    await Promise.all(bothLeft);
    io.of("/a").emit("to a");
    io.of("/b").emit("to b");
    const again = connect();
    await again.next();
    again.send(`40/b,{"pid":"${b.pid}"}`, `40/a,{"pid":"${a.pid}"}`);
    // Whatever there is between, of either namespace, comes once.
    const [afterB, afterA] = [await welcome(again, "/b"), await welcome(again, "/a")];
    expect(afterB).to.include({ sid: b.sid, pid: b.pid });
    expect(afterA).to.include({ sid: a.sid, pid: a.pid });
    const all = [...afterB.early, ...(await received(afterA))];
    expect(withoutOffsets(all)).to.deep.equal(['42/b,["to b"]', '42/a,["to a"]']);
  });

  it("works in namespaces made for a pattern, with what their parent emits", async () => {
    const { io, join, received } = await startRecovery();
    const parent = io.of(/^\/room-\d$/);
    const [before, other] = [await join(undefined, "/room-1"), await join(undefined, "/room-2")];
    await before.socket.join("r");
    await other.socket.join("r");
    await drop(before);
    parent.to("r").emit("to rooms", 1);
    parent.emit("to all", 2);
    const after = await join({ pid: before.pid }, "/room-1");
    expect(after.sid).to.equal(before.sid);
    expect(withoutOffsets(await received(after))).to.deep.equal([
      '42/room-1,["to rooms",1]',
      '42/room-1,["to all",2]',
    ]);
    expect(withoutOffsets(await received(other))).to.deep.equal([
      '42/room-2,["to rooms",1]',
      '42/room-2,["to all",2]',
    ]);
  });

  it("gives clients of revision 4 no private id, keeps nothing of them and lets them claim nothing", async () => {
    const { io, connect, join } = await startRecovery();
    io.of("/admin");
    const before = await join(undefined, "/admin");
    await drop(before);
    const old = connect(3);
    const engineId = JSON.parse(String(await old.next()).slice(1)).sid;
    expect(await old.next()).to.equal("40");
    const connection = once(io.of("/admin"), "connection");
    old.send(`40/admin?pid=${before.pid},`);
    expect(await old.next()).to.equal("40/admin,");
    const [socket]: Socket[] = await connection;
    expect(socket).to.include({ id: `/admin#${engineId}`, recovered: false });
    let isPersisted = false;
    io.sockets.adapter.persistSession = () => {
      isPersisted = true;
    };
    old.close();
    while (io.engine.clientsCount > 0) await tick();
    expect(isPersisted).to.equal(false);
    expect((await join({ pid: before.pid }, "/admin")).sid).to.equal(before.sid);
  });

  it("keeps nothing once the server is closed", async () => {
    const { io, join } = await startRecovery();
    const [gone, there] = [await join(), await join()];
    await drop(gone);
    const left = once(there.socket, "disconnect");
    await io.close();
    expect((await left)[0]).to.equal("server shutting down");
    for (const { pid } of [gone, there])
      expect(await io.sockets.adapter.restoreSession(pid, undefined as never)).to.equal(null);
  });
});
