/** Attacks by connection state recovery: forged claims, doubled ones, and logs to fill. */
import { once } from "node:events";
import { expect } from "chai";
import type { Attacker } from "./attacker.ts";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

interface Ids {
  readonly sid: string;
  readonly pid: string;
}

describe("Socket.IO attacks: recovery", function () {
  this.timeout(10_000);
  let victim: Victim;
  const start = async (connectionStateRecovery = {}, options = {}) => {
    victim = await Victim.start({ connectionStateRecovery, ...options });
  };
  afterEach(() => victim.close());

  const idsOf = (packet: unknown): Ids => JSON.parse(String(packet).slice(2));

  /** An attacker in "/", and the server's end of it. */
  const join = async (auth = "") => {
    const attacker = await victim.open();
    const connected = once(victim.io.sockets, "connection");
    const ids = idsOf(await attacker.request(`40${auth}`, '40{"sid"'));
    const [socket] = await connected;
    return { attacker, socket, ...ids };
  };

  /** The ids of a client that has been cut off after it has heard one event, and its offset. */
  const cutOff = async (room?: string) => {
    const { attacker, socket, sid, pid } = await join();
    if (room !== undefined) socket.join(room);
    socket.data = { owner: sid };
    victim.io.emit("hello");
    const [, offset] = JSON.parse(String(await attacker.hear('42["hello"')).slice(2));
    const gone = once(socket, "disconnect");
    await attacker.leave();
    await gone;
    return { sid, pid, offset: offset as string };
  };

  const claim = (pid: unknown, offset: unknown): string => JSON.stringify({ pid, offset });

  it("forged claims give a socket of its own, whatever they are made of", async () => {
    await start();
    const { sid, offset } = await cutOff();
    const forged = [
      "forged",
      sid,
      "__proto__",
      "constructor",
      "",
      0,
      1,
      null,
      true,
      {},
      [],
      [sid],
      "x".repeat(900_000),
    ];
    for (const pid of forged) {
      const { attacker, socket, sid: given } = await join(claim(pid, offset));
      expect(socket.recovered).to.equal(false);
      expect(given).not.to.equal(sid);
      await attacker.leave();
    }
  });

  it("a claim with an offset that was never given gets a socket of its own", async () => {
    await start();
    for (const offset of [
      "forged",
      "__proto__",
      "",
      0,
      null,
      {},
      ["x"],
      "x".repeat(900_000),
      "1",
      "-1",
      ".",
      "a.b.c",
    ]) {
      const { pid } = await cutOff();
      const { attacker, socket } = await join(claim(pid, offset));
      expect(socket.recovered).to.equal(false);
      await attacker.leave();
    }
  });

  it("a session is not given back with another's offset from before it was there: rooms are its own", async () => {
    await start();
    const { offset: early } = await cutOff("secret");
    const spy = await cutOff();
    victim.io.to("secret").emit("for members");
    victim.io.emit("for all");
    const { attacker, socket } = await join(claim(spy.pid, early));
    await attacker.outlives();
    expect([socket.recovered, socket.rooms.has("secret")]).to.deep.equal([true, false]);
    // The event that went to all, the CONNECT, the echo; the last of the open packet and these.
    expect(attacker.received).to.be.below(6);
  });

  it("one claim from many connections at once leaves one socket of that id", async () => {
    await start();
    const { sid, pid, offset } = await cutOff();
    const claimants = await Promise.all(Array.from({ length: 50 }, () => victim.open()));
    const answered = claimants.map((attacker) => attacker.request(`40${claim(pid, offset)}`, '40{"sid"'));
    await Promise.all(answered);
    const alive: Attacker[] = [];
    for (const attacker of claimants) {
      const isAlive = attacker.outlives().then(
        () => true,
        () => false,
      );
      if (await isAlive) alive.push(attacker);
    }
    const owners = [...victim.io.sockets.sockets.values()].filter(({ id }) => id === sid);
    expect(owners).to.have.length(1);
    expect(victim.sockets).to.equal(alive.length);
    victim.io.to(sid).emit("to the owner");
    const heard = alive.map((attacker) => attacker.outlives().then(() => attacker.received));
    await Promise.all(heard);
    expect(victim.io.sockets.adapter.rooms.get(sid)?.size).to.equal(1);
  });

  it("a claim of who is still there ends the earlier one, and never leaves two", async () => {
    await start();
    let { attacker, sid, pid } = await join();
    const first = sid;
    victim.io.emit("hello");
    const [, offset] = JSON.parse(String(await attacker.hear('42["hello"')).slice(2));
    for (let index = 0; index < 100; index++) {
      const before = attacker;
      const next = await join(claim(pid, offset));
      await before.closed;
      expect([next.socket.recovered, next.sid, victim.sockets]).to.deep.equal([true, first, 1]);
      ({ attacker, sid, pid } = next);
    }
  });

  it("a session that was taken up, and then left by its client, is not given out again", async () => {
    await start();
    const { sid, pid, offset } = await cutOff();
    const first = await join(claim(pid, offset));
    const left = once(first.socket, "disconnect");
    first.attacker.send("41");
    expect([first.sid, (await left)[0]]).to.deep.equal([sid, "client namespace disconnect"]);
    const second = await join(claim(pid, offset));
    expect([second.socket.recovered, second.sid === sid]).to.deep.equal([false, false]);
  });

  it("a claimant that is cut off while a middleware waits leaves nothing that grows", async () => {
    await start({ skipMiddlewares: false, maxPackets: 100 });
    let isOpen = true;
    let onSeen: () => void = () => {};
    victim.io.use((_socket, next) => {
      onSeen();
      if (isOpen) next();
    });
    const sessions: Awaited<ReturnType<typeof cutOff>>[] = [];
    for (let index = 0; index < 100; index++) sessions.push(await cutOff());
    isOpen = false;
    await expectWithin({ cpuMs: 5_000, heldBytes: 4 * MIB }, async () => {
      for (const { pid, offset } of sessions) {
        const attacker = await victim.open();
        const seen = new Promise<void>((resolve) => {
          onSeen = resolve;
        });
        attacker.send(`40${claim(pid, offset)}`);
        await seen;
        await attacker.leave();
      }
      await victim.emptied();
      for (let index = 0; index < 3_000; index++) victim.io.emit("news", index);
      // Until it has taken them, they wait for the bystander.
      await victim.expectOthersUnharmed();
    });
    expect(victim.sockets).to.equal(0);
  });

  it("a log of packets is bounded by their number and their bytes", async () => {
    await start({ maxPackets: 1_000, maxBytes: 2 * MIB });
    // Without anybody who may come back nothing would be kept.
    const { attacker } = await join();
    await expectWithin({ cpuMs: 8_000, heldBytes: 12 * MIB }, async () => {
      for (let index = 0; index < 5_000; index++) victim.io.emit("news", `${index}`.repeat(2_000));
      await attacker.outlives();
    });
  });

  it("a storm of clients that come, are cut off and never come back holds little of each", async () => {
    await start();
    await expectWithin({ cpuMs: 8_000, heldBytes: 4 * MIB }, async () => {
      for (let round = 0; round < 20; round++)
        await Promise.all(
          Array.from({ length: 50 }, async () => {
            const attacker = await victim.join();
            await attacker.leave();
          }),
        );
      await victim.emptied();
    });
    expect(victim.sockets).to.equal(0);
  });

  it("auth with a pid is nothing where there is no recovery", async () => {
    victim = await Victim.start();
    const { socket } = await join(claim("x", "y"));
    expect([socket.recovered, socket.handshake.auth]).to.deep.equal([false, { pid: "x", offset: "y" }]);
  });
});
