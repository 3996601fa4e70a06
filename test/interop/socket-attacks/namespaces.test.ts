/** Attacks by namespaces: thousands of them, foreign names, storms of joining and leaving. */
import { expect } from "chai";
import { ask } from "../bad-input/wire.ts";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

const MANY = 5_000;

describe("Socket.IO attacks: namespaces", function () {
  this.timeout(10_000);
  let victim: Victim;
  const start = async (options = {}) => {
    victim = await Victim.start(options);
  };
  const namespaces = (): number => victim.io._nsps.size;
  afterEach(() => victim.close());

  it("CONNECTs to thousands of unknown namespaces are each refused, and nothing is kept", async () => {
    await start();
    const attacker = await victim.join();
    const before = [attacker.received, namespaces()] as const;
    await expectWithin({ cpuMs: 3_000, heldBytes: 2 * MIB }, async () => {
      for (let index = 0; index < MANY; index++) attacker.send(`40/n${index},`);
      await attacker.outlives();
    });
    // The refusals, and the echo at the end.
    expect([attacker.received, namespaces()]).to.deep.equal([before[0] + MANY + 1, before[1]]);
  });

  it("a storm of CONNECT and DISCONNECT leaves no socket", async () => {
    await start();
    const known = victim.io.of("/known");
    let disconnects = 0;
    known.on("connection", (socket) => socket.on("disconnect", () => disconnects++));
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 5_000, heldBytes: 2 * MIB }, async () => {
      for (let index = 0; index < MANY; index++) attacker.send("40/known,", "41/known,");
      await attacker.outlives();
    });
    expect([known.sockets.size, known.adapter.rooms.size]).to.deep.equal([0, 0]);
    expect(disconnects).to.equal(MANY);
  });

  it("a storm of CONNECTs that a middleware refuses leaves nothing", async () => {
    await start();
    const guarded = victim.io.of("/guarded").use((_socket, next) => next(new Error("no entry")));
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 5_000, heldBytes: 2 * MIB }, async () => {
      for (let index = 0; index < MANY; index++) {
        const refused = attacker.hear("44/guarded,");
        attacker.send("40/guarded,");
        await refused;
        attacker.last = "";
      }
    });
    expect([guarded.sockets.size, guarded.adapter.sids.size]).to.deep.equal([0, 0]);
    await attacker.outlives();
  });

  it("a CONNECT that a middleware never lets in ends with the connection", async () => {
    await start();
    const slow = victim.io.of("/slow").use(() => {});
    await expectWithin({ cpuMs: 5_000, heldBytes: 2 * MIB }, async () => {
      for (let index = 0; index < 200; index++) {
        const attacker = await victim.join();
        attacker.send("40/slow,");
        await attacker.outlives();
        await attacker.leave();
      }
      await victim.emptied();
    });
    expect(slow.sockets.size).to.equal(0);
  });

  it("a second CONNECT ends the connection once the first one is answered", async () => {
    await start();
    const attacker = await victim.join();
    attacker.send("40");
    await attacker.closed;
    expect(victim.sockets).to.equal(0);
  });

  it("thousands of CONNECTs before the first one is answered come to one", async () => {
    await start();
    let asked = 0;
    victim.io.of("/slow").use(() => void asked++);
    victim.io.of(() => void asked++);
    const attacker = await victim.join();
    const many = Array.from({ length: 2000 }, () => ["40/slow,", "40/asked,"]).flat();
    attacker.send(...many);
    await attacker.request('420["echo"]', "430[]");
    expect(asked).to.equal(2);
  });

  for (const name of [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "sockets",
    "_nsps",
  ])
    it(`a namespace named "${name}" is unknown, and works once it is there`, async () => {
      await start();
      const attacker = await victim.join();
      await attacker.request(`40/${name},`, `44/${name},{"message":"Invalid namespace"}`);
      victim.io.of(`/${name}`).on("connection", (socket) => socket.emit("hello"));
      await attacker.request(`40/${name},`, `42/${name},["hello"]`);
      await attacker.outlives();
      expect(({} as { sockets?: unknown }).sockets).to.equal(undefined);
    });

  it("a hundred thousand CONNECTs in one body of polling are answered in linear time", async () => {
    await start();
    const path = "/socket.io/?EIO=4&transport=polling";
    const { body } = await ask(victim.port, { path });
    const session = `${path}&sid=${/"sid":"([^"]+)/.exec(body)?.[1]}`;
    await expectWithin({ cpuMs: 4_000, heldBytes: 30 * MIB }, async () => {
      await ask(victim.port, {
        method: "POST",
        path: session,
        body: Array(100_000).fill("40/n,").join("\x1e"),
      });
      await victim.expectOthersUnharmed();
      await ask(victim.port, { path: session });
      await ask(victim.port, { method: "POST", path: session, body: "1" });
    });
  });

  it("names of a megabyte are refused by their names, and not kept", async () => {
    await start({ maxHttpBufferSize: 2 * MIB });
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 3_000, heldBytes: 3 * MIB }, async () => {
      for (let index = 0; index < 20; index++) {
        const name = `/${index}${"n".repeat(MIB)}`;
        await attacker.request(`40${name},`, `44${name}`);
        attacker.last = "";
      }
      await attacker.outlives();
    });
  });

  it("a packet for a namespace never joined ends the connection, and all its sockets", async () => {
    await start();
    victim.io.of("/known");
    for (const packet of ['42/known,["x"]', "41/known,", '42/nowhere,["x"]', "41/nowhere,"]) {
      const attacker = await victim.join();
      attacker.send(packet);
      await attacker.closed;
    }
    expect(victim.sockets).to.equal(0);
  });

  it("answers for namespaces never joined change nothing, however many", async () => {
    await start();
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 3_000, heldBytes: 2 * MIB }, async () => {
      for (let index = 0; index < MANY; index++) attacker.send(`43/n${index},0["forged"]`);
      await attacker.outlives();
    });
  });

  it("hundreds of connections that join nothing are ended by connectTimeout", async () => {
    await start({ connectTimeout: 200 });
    const attackers = await Promise.all(Array.from({ length: 500 }, () => victim.open()));
    await Promise.all(attackers.map(({ closed }) => closed));
    expect(victim.io.engine.clientsCount).to.equal(1);
  });

  it("connections that are only refused are ended by connectTimeout as well", async () => {
    await start({ connectTimeout: 200 });
    victim.io.of("/guarded").use((_socket, next) => next(new Error("no entry")));
    const attacker = await victim.open();
    await attacker.request("40/guarded,", "44/guarded,");
    await attacker.request("40/unknown,", "44/unknown,");
    await attacker.closed;
  });
});
