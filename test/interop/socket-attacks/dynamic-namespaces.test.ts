/** Attacks by namespaces that are made when somebody asks for them. */
import { expect } from "chai";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

const MANY = 5_000;

describe("Socket.IO attacks: dynamic namespaces", function () {
  this.timeout(10_000);
  let victim: Victim;
  const start = async (options = {}) => {
    victim = await Victim.start(options);
  };
  const namespaces = (): number => victim.io._nsps.size;
  afterEach(() => victim.close());

  it("thousands of dynamic namespaces joined by one client are gone with it", async () => {
    await start({ cleanupEmptyChildNamespaces: true });
    victim.io.of(/^\/dynamic-\d+$/);
    const before = namespaces();
    await expectWithin({ cpuMs: 6_000, heldBytes: 4 * MIB }, async () => {
      const attacker = await victim.join();
      for (let index = 0; index < MANY; index++) attacker.send(`40/dynamic-${index},`);
      await attacker.hear(`40/dynamic-${MANY - 1},`);
      await attacker.outlives();
      expect(namespaces()).to.equal(before + MANY);
      await victim.emptied();
    });
    expect(namespaces()).to.equal(before);
  });

  it("dynamic namespaces joined and left one after the other leave nothing while the client stays", async () => {
    await start({ cleanupEmptyChildNamespaces: true });
    victim.io.of(/^\/dynamic-\d+$/);
    const before = namespaces();
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 6_000, heldBytes: 1.5 * MIB }, async () => {
      for (let index = 0; index < MANY; index++) {
        attacker.send(`40/dynamic-${index},`);
        if (index % 100 === 99) await attacker.hear(`40/dynamic-${index},`);
        attacker.send(`41/dynamic-${index},`);
      }
      await attacker.outlives();
    });
    expect(namespaces()).to.equal(before);
  });

  it("dynamic namespaces that refuse a client leave nothing while it stays", async () => {
    await start({ cleanupEmptyChildNamespaces: true });
    victim.io.of(/^\/dynamic-/).use((_socket, next) => next(new Error("no entry")));
    const before = namespaces();
    const attacker = await victim.join();
    const long = "n".repeat(1_000);
    await expectWithin({ cpuMs: 6_000, heldBytes: 2 * MIB }, async () => {
      for (let index = 0; index < MANY; index++) attacker.send(`40/dynamic-${index}-${long},`);
      await attacker.outlives();
    });
    expect(namespaces()).to.equal(before);
  });

  it("dynamic namespaces in which nobody can come back are gone at once, where connections are recovered", async () => {
    await start({ cleanupEmptyChildNamespaces: true, connectionStateRecovery: {} });
    victim.io.of(/^\/closed-/).use((_socket, next) => next(new Error("no entry")));
    victim.io.of(/^\/open-/);
    const before = namespaces();
    const attacker = await victim.join();
    for (let index = 0; index < 100; index++) {
      attacker.send(`40/closed-${index},`);
      await attacker.request(`40/open-${index},`, `40/open-${index},`);
      attacker.send(`41/open-${index},`);
    }
    await attacker.outlives();
    expect(namespaces()).to.equal(before);
  });

  it("thousands of CONNECTs and DISCONNECTs for one that is still looked for leave one at most", async () => {
    await start({ cleanupEmptyChildNamespaces: true });
    const asked: (() => void)[] = [];
    victim.io.of((_name, _auth, next) => void asked.push(() => next(null, true)));
    const before = namespaces();
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 4_000, heldBytes: 3 * MIB }, async () => {
      for (let index = 0; index < MANY; index++) attacker.send("40/asked,", "41/asked,");
      await attacker.outlives();
      for (const answer of asked.splice(0)) answer();
      await attacker.outlives();
    });
    await victim.emptied();
    expect(namespaces()).to.equal(before);
  });

  it("a client that leaves while thousands of namespaces are looked for leaves none", async () => {
    await start({ cleanupEmptyChildNamespaces: true });
    const asked: (() => void)[] = [];
    victim.io.of((_name, _auth, next) => void asked.push(() => next(null, true)));
    const before = namespaces();
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 4_000, heldBytes: 3 * MIB }, async () => {
      for (let index = 0; index < 5_000; index++) attacker.send(`40/asked-${index},`);
      await attacker.outlives();
      await victim.emptied();
      for (const answer of asked.splice(0)) answer();
    });
    expect(namespaces()).to.equal(before);
  });
});
