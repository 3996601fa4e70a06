/** Attacks by what is in a packet: depth, size, names that mean something to JavaScript or to the library. */
import { once } from "node:events";
import { expect } from "chai";
import { ask } from "../bad-input/wire.ts";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const nestedObjects = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("Socket.IO attacks: payloads", function () {
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

  for (const depth of [2_000, 20_000, 400_000])
    for (const [kind, payload] of [
      ["lists", nested(depth)],
      ["objects", nestedObjects(depth)],
    ] as const)
      it(`${kind} nested ${depth} deep end the connection, in linear time`, async () => {
        await start({ maxHttpBufferSize: 10 * MIB });
        const attacker = await victim.join();
        await expectWithin({ cpuMs: 2_000, heldBytes: 4 * MIB }, async () => {
          attacker.send(`42["echo",${payload}]`);
          await attacker.closed;
        });
      });

  it("as deep as is taken, a payload can be sent on, wrapped a few levels deeper", async () => {
    await start();
    const { attacker, socket } = await joined();
    // As a chat does it that puts what one says into a message to all.
    socket.on("say", (text: unknown) =>
      victim.io.emit("said", { from: { id: socket.id }, message: [{ text }] }),
    );
    let depth = 0;
    for (const step of [512, 256, 128, 64, 32, 16, 8, 4, 2, 1]) {
      const probe = await victim.join();
      probe.send(`42["ignore",${nested(depth + step)}]`);
      const isTaken = await Promise.race([
        probe.outlives().then(
          () => true,
          () => false,
        ),
        probe.closed.then(() => false),
      ]);
      if (isTaken) depth += step;
    }
    expect(depth).to.be.above(500);
    attacker.send(`42["say",${nested(depth)}]`);
    await attacker.hear('42["said"');
  });

  for (const [title, json] of [
    ["a number of a megabyte of digits", "1".repeat(MIB)],
    ["a fraction of a megabyte of digits", `0.${"3".repeat(MIB)}e-${"9".repeat(1_000)}`],
    ["200,000 members", `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(",")}}`],
    ["200,000 times the same member", `{${Array(200_000).fill('"k":{}').join(",")}}`],
    [
      "200,000 members named by numbers, the greatest first",
      `{${Array.from({ length: 200_000 }, (_, index) => `"${4_000_000_000 - index * 7}":0`).join(",")}}`,
    ],
    ["a megabyte of escapes", `"${"\\u00e9".repeat(MIB / 6)}"`],
    ["200,000 empty lists", `[${Array(200_000).fill("[]").join(",")}]`],
    ["brackets in a text", JSON.stringify("[{".repeat(MIB / 2))],
  ] as const)
    it(`${title} are taken and sent back in linear time`, async () => {
      await start({ maxHttpBufferSize: 10 * MIB });
      const attacker = await victim.join();
      await expectWithin({ cpuMs: 2_000, heldBytes: 12 * MIB }, async () => {
        await attacker.request(`427["echo",${json}]`, "437[");
        attacker.last = "";
      });
      await attacker.outlives();
    });

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

  it("a list of a million arguments is delivered without overflow of the stack", async () => {
    await start({ maxHttpBufferSize: 20 * MIB });
    const attacker = await victim.join();
    attacker.send(`42["ignore"${",1".repeat(1_000_000)}]`);
    await Promise.race([attacker.outlives(), attacker.closed]);
  });

  it("a list of a million arguments comes back without overflow of the stack", async () => {
    await start({ maxHttpBufferSize: 20 * MIB });
    const attacker = await victim.join();
    attacker.send(`427["echo"${",1".repeat(1_000_000)}]`);
    await Promise.race([attacker.hear("437[1,1"), attacker.closed]);
  });

  it("numbers beyond all bounds, and lone surrogates, come back as JSON has them", async () => {
    await start();
    const attacker = await victim.join();
    await attacker.request('427["echo",1e400,-1e400,1e-400,"\\ud800"]', '437[null,null,0,"\\ud800"]');
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

  it("what a client does not poll for is bounded", async () => {
    await start({ maxSendBufferBytes: 8 * MIB });
    const path = "/socket.io/?EIO=4&transport=polling";
    const { body } = await ask(victim.port, { path });
    const connected = once(victim.io.sockets, "connection");
    const session = `${path}&sid=${/"sid":"([^"]+)/.exec(body)?.[1]}`;
    await ask(victim.port, { method: "POST", path: session, body: "40" });
    const [socket] = await connected;
    const ended = once(socket, "disconnect");
    for (let index = 0; index < 16; index++) socket.emit("news", "n".repeat(MIB));
    const [reason, description] = await ended;
    expect([reason, description.name]).to.deep.equal(["transport error", "SendBufferError"]);
  });

  it("what is volatile does not wait for a client that does not read", async () => {
    await start({ maxSendBufferBytes: 8 * MIB });
    const { attacker, socket } = await joined();
    attacker.stopReading();
    await expectWithin({ cpuMs: 6_000, heldBytes: 16 * MIB }, async () => {
      for (let index = 0; index < 100; index++) {
        socket.volatile.emit("news", "n".repeat(MIB));
        victim.io.volatile.emit("news", "n".repeat(1_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect(socket.connected).to.equal(true);
    await attacker.leave();
  });

  it("what a client does not read is bounded, though all are told of everything", async () => {
    await start({ maxSendBufferBytes: 8 * MIB });
    const { attacker, socket } = await joined();
    const ended = once(socket, "disconnect");
    attacker.stopReading();
    await expectWithin({ cpuMs: 6_000, heldBytes: 16 * MIB }, async () => {
      while (socket.connected) {
        socket.emit("news", "n".repeat(MIB));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const [reason, description] = await ended;
    expect([reason, description.name]).to.deep.equal(["transport error", "SendBufferError"]);
    await attacker.leave();
  });
});
