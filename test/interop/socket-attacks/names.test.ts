/** Attacks by names of events and rooms that mean something to JavaScript or to the library. */
import { once } from "node:events";
import { expect } from "chai";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

describe("Socket.IO attacks: names", function () {
  this.timeout(10_000);
  let victim: Victim;
  const start = async (options = {}) => {
    victim = await Victim.start(options);
  };
  afterEach(() => victim.close());

  const joined = async () => {
    const connected = once(victim.io.sockets, "connection");
    const attacker = await victim.join();
    const [socket] = await connected;
    return { attacker, socket };
  };

  it("an event name of ten megabytes is an event that nobody listens to", async () => {
    await start({ maxHttpBufferSize: 20 * MIB });
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 3_000, heldBytes: 4 * MIB }, async () => {
      attacker.send(`42["${"n".repeat(10 * MIB)}"]`);
      await attacker.outlives();
    });
  });

  it("thousands of event names leave nothing", async () => {
    await start();
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 3_000, heldBytes: 2 * MIB }, async () => {
      for (let index = 0; index < 30_000; index++) attacker.send(`42["name ${index}"]`);
      await attacker.outlives();
    });
  });

  for (const name of [
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "emit",
    "on",
    "nsp",
  ])
    it(`an event named "${name}" calls nothing`, async () => {
      await start();
      const { attacker, socket } = await joined();
      const heard: unknown[] = [];
      socket.onAny((...event: unknown[]) => heard.push(event));
      attacker.send(`42["${name}",{"${name}":{"polluted":true}}]`);
      await attacker.outlives();
      expect(heard[0]).to.have.length(2);
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
    });

  for (const name of [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
  ])
    it(`the reserved name "${name}" ends the connection, and is heard by nobody`, async () => {
      await start();
      const { attacker, socket } = await joined();
      const heard: unknown[] = [];
      socket.onAny((...event: unknown[]) => heard.push(event));
      for (const own of ["connect", "connect_error"])
        socket.on(own, (...args: unknown[]) => heard.push([own, ...args]));
      heard.splice(0);
      const ended = once(socket, "disconnect");
      attacker.send(`42["${name}","forged"]`);
      await attacker.closed;
      expect((await ended)[0]).not.to.equal("forged");
      expect(heard).to.deep.equal([]);
    });

  for (const name of [
    "error",
    "handler_error",
    "connection",
    "new_namespace",
    "message",
    "close",
    "end",
    "uncaughtException",
    "nodejs.rejection",
    "",
    "\\u0000",
  ])
    it(`an event named "${name}" without a listener does nothing`, async () => {
      await start();
      const heard: unknown[] = [];
      const { attacker } = await joined();
      victim.io.on("connection", () => heard.push("connection"));
      victim.io.on("new_namespace", () => heard.push("new_namespace"));
      attacker.send(`42["${name}",{"message":"forged"}]`, `428["${name}",{"message":"forged"}]`);
      await attacker.outlives();
      expect(heard).to.deep.equal([]);
    });

  it('an event named "error" reaches a listener of that name as what it is', async () => {
    await start();
    const { attacker, socket } = await joined();
    const heard: unknown[] = [];
    socket.on("error", (...args: unknown[]) => heard.push(args));
    attacker.send('42["error",{"message":"forged"}]');
    await attacker.outlives();
    expect(heard).to.deep.equal([[{ message: "forged" }]]);
  });

  for (const name of ["0", "1", "-1", "1.5", "1e21", "1e400", "9007199254740993"])
    it(`the number ${name} as event name does no harm`, async () => {
      await start();
      const attacker = await victim.join();
      attacker.send(`42[${name},1]`, `423[${name},1]`);
      await Promise.race([attacker.outlives(), attacker.closed]);
    });

  for (const name of [
    "null",
    "true",
    "[]",
    "{}",
    '["echo"]',
    '{"toString":"echo"}',
    '{"_placeholder":true,"num":0}',
  ])
    it(`${name} as event name ends the connection`, async () => {
      await start();
      const attacker = await victim.join();
      attacker.send(`42[${name},1]`);
      await attacker.closed;
    });

  it("rooms named by a client are rooms, whatever they are called", async () => {
    await start();
    const { attacker, socket } = await joined();
    socket.on("enter", (room: string) => void socket.join(room));
    socket.on("leave", (room: string) => void socket.leave(room));
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "size"];
    for (const name of names) {
      attacker.send(`42["enter",${JSON.stringify(name)}]`);
      await attacker.outlives();
      expect([...(victim.io.sockets.adapter.rooms.get(name) ?? [])]).to.deep.equal([socket.id]);
      victim.io.to(name).emit("to the room");
      await attacker.hear('42["to the room"]');
      attacker.last = "";
      attacker.send(`42["leave",${JSON.stringify(name)}]`);
    }
    await attacker.outlives();
    expect(victim.io.sockets.adapter.rooms.size).to.equal(2);
  });

  it("the rooms of a client that enters thousands are gone with it", async () => {
    await start();
    await expectWithin({ cpuMs: 4_000, heldBytes: 3 * MIB }, async () => {
      const { attacker, socket } = await joined();
      socket.on("enter", (room: string) => void socket.join(room));
      for (let index = 0; index < 20_000; index++) attacker.send(`42["enter","room ${index}"]`);
      await attacker.outlives();
      await victim.emptied();
    });
    expect(victim.io.sockets.adapter.rooms.size).to.equal(1);
  });
});
