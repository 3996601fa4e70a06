/** Clients that take nothing of what they are sent. */
import { once } from "node:events";
import { expect } from "chai";
import { ask } from "../bad-input/wire.ts";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

describe("Socket.IO attacks: slow readers", function () {
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
