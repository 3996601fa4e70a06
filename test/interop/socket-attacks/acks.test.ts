/** Attacks by acknowledgements: forged ones, doubled ones, floods of ids. */
import { once } from "node:events";
import { expect } from "chai";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

const MANY = 15_000;

describe("Socket.IO attacks: acknowledgements", function () {
  this.timeout(10_000);
  let victim: Victim;
  beforeEach(async () => {
    victim = await Victim.start({ maxHttpBufferSize: 2 * MIB });
  });
  afterEach(() => victim.close());

  /** The server's end of a new attacker. */
  const joined = async () => {
    const connected = once(victim.io.sockets, "connection");
    const attacker = await victim.join();
    const [socket] = await connected;
    return { attacker, socket };
  };

  it("a flood of answers that nobody asked for is ignored", async () => {
    const { attacker, socket } = await joined();
    await expectWithin({ cpuMs: 3_000, heldBytes: 2 * MIB }, async () => {
      for (let id = 0; id < MANY; id++) attacker.send(`43${id}["forged"]`);
      await attacker.outlives();
    });
    expect(socket.acks.size).to.equal(0);
  });

  it("a flood of events whose acknowledgement never comes leaves nothing", async () => {
    const { attacker } = await joined();
    await expectWithin({ cpuMs: 3_000, heldBytes: 2 * MIB }, async () => {
      for (let id = 0; id < MANY; id++) attacker.send(`42${id}["ignore"]`, `42${id}["nobody listens"]`);
      await attacker.outlives();
    });
  });

  it("events of one and the same id are each answered once", async () => {
    const { attacker } = await joined();
    const before = attacker.received;
    for (let index = 0; index < 1_000; index++) attacker.send('427["answer twice"]');
    await attacker.outlives();
    expect(attacker.received - before).to.equal(1_001);
  });

  it("of the answers to one question the first counts, though thousands come", async () => {
    const { attacker, socket } = await joined();
    const answers: unknown[] = [];
    socket.emit("question", (answer: unknown) => answers.push(answer));
    const question = String(await attacker.hear("42"));
    const id = /^42(\d+)/.exec(question)?.[1];
    for (let index = 0; index < 1_000; index++) attacker.send(`43${id}[${index}]`);
    await attacker.outlives();
    expect([answers, socket.acks.size]).to.deep.equal([[0], 0]);
  });

  it("another's question cannot be answered, by whatever id", async () => {
    const { attacker } = await joined();
    const { attacker: asked, socket } = await joined();
    const answers: unknown[] = [];
    socket.emit("question", (answer: unknown) => answers.push(answer));
    await asked.hear("42");
    for (let id = 0; id < 1_000; id++) attacker.send(`43${id}["forged"]`);
    await attacker.outlives();
    expect([answers, socket.acks.size]).to.deep.equal([[], 1]);
  });

  it("a broadcast's question is answered once by each, and not by who was not asked", async () => {
    const members = [await joined(), await joined()];
    const { attacker: outsider } = await joined();
    for (const { socket } of members) socket.join("room");
    const answered = new Promise<unknown>((resolve) => {
      victim.io
        .to("room")
        .timeout(5_000)
        .emit("question", (_error: unknown, answers: unknown) => resolve(answers));
    });
    const question = String(await members[0]?.attacker.hear("42"));
    const id = /^42(\d+)/.exec(question)?.[1];
    outsider.send(`43${id}["forged"]`);
    members[0]?.attacker.send(`43${id}["a"]`, `43${id}["again"]`);
    await Promise.all([outsider.outlives(), members[0]?.attacker.outlives()]);
    members[1]?.attacker.send(`43${id}["b"]`);
    expect(await answered).to.have.members(["a", "b"]);
  });

  it("questions to a client that leaves are forgotten with it", async () => {
    await expectWithin({ cpuMs: 3_000, heldBytes: 2 * MIB }, async () => {
      const { attacker, socket } = await joined();
      for (let index = 0; index < MANY; index++) socket.emit("question", "x".repeat(100), () => {});
      expect(socket.acks.size).to.equal(MANY);
      await attacker.leave();
      await victim.emptied();
      expect(socket.acks.size).to.equal(0);
    });
  });

  for (const id of ["9007199254740992", "1".repeat(400), "1".repeat(1_000_000)])
    it(`an id of ${id.length} digits that is beyond all numbers ends the connection`, async () => {
      const { attacker } = await joined();
      attacker.send(`42${id}["echo"]`);
      await attacker.closed;
    });

  for (const name of ["__proto__", "constructor", "toString", "size", "delete"])
    it(`an answer whose arguments speak of "${name}" is plain data`, async () => {
      const { attacker, socket } = await joined();
      const answered = new Promise<unknown[]>((resolve) => {
        socket.emit("question", (...args: unknown[]) => resolve(args));
      });
      const question = String(await attacker.hear("42"));
      const id = /^42(\d+)/.exec(question)?.[1];
      attacker.send(`43${id}["${name}",{"${name}":{"polluted":true}}]`);
      expect((await answered)[0]).to.equal(name);
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
    });
});
