/** Attacks by what comes with a CONNECT: auth and query. */
import { once } from "node:events";
import { expect } from "chai";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

describe("Socket.IO attacks: handshakes", function () {
  this.timeout(10_000);
  let victim: Victim;
  const start = async (options = {}) => {
    victim = await Victim.start(options);
  };
  afterEach(() => victim.close());

  it("auth of almost the limit is taken, and let go with the client", async () => {
    await start({ maxHttpBufferSize: 5 * MIB });
    await expectWithin({ cpuMs: 3_000, heldBytes: 4 * MIB }, async () => {
      for (let index = 0; index < 10; index++) {
        const attacker = await victim.open();
        await attacker.request(`40{"token":"${"t".repeat(4 * MIB)}"}`, '40{"sid"');
        await attacker.leave();
      }
      await victim.emptied();
    });
  });

  it("auth beyond the limit ends the connection", async () => {
    await start({ maxHttpBufferSize: MIB });
    const attacker = await victim.open();
    attacker.send(`40{"token":"${"t".repeat(2 * MIB)}"}`);
    expect(await attacker.closed).to.equal(1009);
  });

  for (const auth of [
    "[]",
    "null",
    '"token"',
    "true",
    '{"token"',
    `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
  ])
    it(`${auth.slice(0, 20)} as auth ends the connection`, async () => {
      await start();
      const attacker = await victim.open();
      attacker.send(`40${auth}`);
      await attacker.closed;
      expect(victim.sockets).to.equal(0);
    });

  it("keys of auth that mean something to JavaScript are plain data", async () => {
    await start();
    const connected = once(victim.io.sockets, "connection");
    const attacker = await victim.open();
    const auth = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"toString":1}';
    await attacker.request(`40${auth}`, '40{"sid"');
    const [socket] = await connected;
    expect(JSON.stringify(socket.handshake.auth)).to.equal(auth);
    expect(({} as { isAdmin?: unknown }).isAdmin).to.equal(undefined);
    expect((socket.handshake.auth as { isAdmin?: unknown }).isAdmin).to.equal(undefined);
  });

  for (const query of [
    "&__proto__=1&__proto__[isAdmin]=1&constructor=2&constructor.prototype.isAdmin=1",
    "&toString=1&hasOwnProperty=2&valueOf=3",
  ])
    it(`the query ${query} is plain data`, async () => {
      await start();
      const connected = once(victim.io.sockets, "connection");
      const attacker = await victim.open(5, query);
      attacker.send("40");
      const [socket] = await connected;
      expect(socket.handshake.query).to.include({ EIO: "4" });
      expect(({} as { isAdmin?: unknown }).isAdmin).to.equal(undefined);
      await attacker.outlives();
    });

  for (const query of [
    "__proto__=1&constructor=2",
    "a=1&".repeat(50_000),
    `${"[".repeat(50_000)}=1`,
    "%".repeat(50_000),
  ])
    it(`in revision 4, the query ${query.slice(0, 30)} of ${query.length} of a namespace does no harm`, async () => {
      await start();
      victim.io.of("/known");
      const attacker = await victim.open(4);
      await expectWithin({ cpuMs: 1_000, heldBytes: 4 * MIB }, async () => {
        await attacker.request(`40/known?${query},`, "40/known");
      });
      await attacker.outlives();
      expect(({} as { isAdmin?: unknown }).isAdmin).to.equal(undefined);
    });

  it("a client that leaves in the middle of its handshake leaves nothing", async () => {
    await start();
    victim.io.use((_socket, next) => setImmediate(next));
    for (let index = 0; index < 200; index++) {
      const attacker = await victim.open();
      attacker.send("40", "40/known,", "41");
      await attacker.leave();
    }
    await victim.emptied();
    expect(victim.sockets).to.equal(0);
  });

  it("500 clients that join in the same moment are all let in, and all gone at the end", async () => {
    await start();
    const attackers = await Promise.all(Array.from({ length: 500 }, () => victim.join()));
    expect(victim.sockets).to.equal(500);
    await victim.expectOthersUnharmed();
    await Promise.all(attackers.map((attacker) => attacker.leave()));
    await victim.emptied();
    expect(victim.sockets).to.equal(0);
  });
});
