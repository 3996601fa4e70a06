/** Attacks by attachments: announced and not sent, sent and not announced, and many placeholders for one. */
import { expect } from "chai";
import { expectWithin, MIB } from "./budgets.ts";
import { Victim } from "./victim.ts";

const placeholder = (num: number): string => `{"_placeholder":true,"num":${num}}`;
const bytes = Buffer.from([1, 2, 3]);

describe("Socket.IO attacks: attachments", function () {
  this.timeout(10_000);
  let victim: Victim;
  const start = async (options = {}) => {
    victim = await Victim.start(options);
  };
  afterEach(() => victim.close());

  for (const [title, packet] of [
    ["billions of attachments", '455999999999-["x"]'],
    ["a count of a megabyte of digits", `45${"9".repeat(900_000)}-["x"]`],
    ["one attachment more than allowed", '4511-["x"]'],
    ["no attachment in a packet of attachments", '4550-["x"]'],
    ["a count without its dash", `45${"1".repeat(900_000)}`],
    ["a count below zero", '45-1-["x"]'],
  ] as const)
    it(`${title}: the connection ends at the header, before any bytes`, async () => {
      await start();
      const attacker = await victim.join();
      await expectWithin({ cpuMs: 1_000, heldBytes: 3 * MIB }, async () => {
        attacker.send(packet);
        await attacker.closed;
      });
    });

  it('"50-" and endless bytes behind it end the connection at once', async () => {
    await start();
    const attacker = await victim.join();
    await expectWithin({ cpuMs: 2_000, heldBytes: 2 * MIB }, async () => {
      attacker.send('450-["x"]');
      for (let index = 0; index < 10_000; index++) attacker.send(bytes);
      await attacker.closed;
    });
  });

  it("bytes that nobody announced end the connection", async () => {
    await start();
    const attacker = await victim.join();
    attacker.send(bytes);
    await attacker.closed;
  });

  it("attachments of more than 100 MB together end the connection, and are let go", async () => {
    await start({ maxHttpBufferSize: 40 * MIB });
    const attacker = await victim.join();
    const large = Buffer.alloc(35 * MIB);
    await expectWithin({ cpuMs: 3_000, heldBytes: 4 * MIB }, async () => {
      attacker.send(`4510-["ignore"]`, large, large, large);
      await attacker.closed;
    });
  });

  it("attachments that never come are let go with the connection", async () => {
    await start();
    await expectWithin({ cpuMs: 3_000, heldBytes: 4 * MIB }, async () => {
      for (let index = 0; index < 20; index++) {
        const attacker = await victim.join();
        attacker.send('4510-["ignore"]', Buffer.alloc(900_000));
        await attacker.leave();
      }
      await victim.emptied();
    });
  });

  it("attachments that do not come in time end the connection", async () => {
    await start({ attachmentTimeout: 50 });
    const attacker = await victim.join();
    attacker.send('452-["ignore"]', bytes);
    await attacker.closed;
    expect(victim.sockets).to.equal(0);
  });

  it("attachments that drip do not buy more time", async () => {
    await start({ attachmentTimeout: 100 });
    const attacker = await victim.join();
    let sent = 0;
    attacker.send('4510-["ignore"]');
    const timer = setInterval(() => {
      if (sent < 9) attacker.send(bytes);
      sent++;
    }, 25);
    await attacker.closed;
    clearInterval(timer);
    expect(sent).to.be.below(9);
  });

  it("200,000 placeholders for one attachment are filled in linear time", async () => {
    await start({ maxHttpBufferSize: 20 * MIB });
    const attacker = await victim.join();
    const packet = `451-["ignore",[${Array(200_000).fill(placeholder(0)).join(",")}]]`;
    await expectWithin({ cpuMs: 3_000, heldBytes: 2 * MIB }, async () => {
      attacker.send(packet, bytes);
      await attacker.outlives();
    });
  });

  it("one attachment for which thousands of placeholders stand is not sent back thousandfold", async () => {
    await start({ maxHttpBufferSize: 4 * MIB });
    const attacker = await victim.join();
    const packet = `451-7["echo",${Array(20_000).fill(placeholder(0)).join(",")}]`;
    await expectWithin({ cpuMs: 4_000, heldBytes: 4 * MIB }, async () => {
      attacker.send(packet, Buffer.alloc(MIB));
      // 20 GB, which the limit of what may wait to be sent does not let through.
      await Promise.race([attacker.closed, attacker.outlives().catch(() => {})]);
      await attacker.leave();
    });
  });

  it("placeholders that hold placeholders end the connection or are plain data, without recursion", async () => {
    await start({ maxHttpBufferSize: 20 * MIB });
    const attacker = await victim.join();
    let nested = placeholder(0);
    for (let depth = 0; depth < 10_000; depth++) nested = `{"_placeholder":false,"num":${nested}}`;
    attacker.send(`451-["ignore",${nested}]`, bytes);
    await attacker.closed;
  });

  for (const num of [
    "-1",
    "0.5",
    '"splice"',
    '"length"',
    '"__proto__"',
    "1e9",
    "null",
    "[0]",
    '{"valueOf":0}',
  ])
    it(`a placeholder with the index ${num} ends the connection`, async () => {
      await start();
      const attacker = await victim.join();
      attacker.send(`451-["ignore",{"_placeholder":true,"num":${num}}]`, bytes);
      await attacker.closed;
    });

  it("a placeholder in an event without attachments is plain data", async () => {
    await start();
    const attacker = await victim.join();
    await attacker.request(`427["echo",${placeholder(0)}]`, `437[${placeholder(0)}]`);
    expect(attacker.isOpen).to.equal(true);
  });

  it("text where bytes are due ends the connection, over all its namespaces", async () => {
    await start();
    victim.io.of("/known");
    const attacker = await victim.join();
    await attacker.request("40/known,", "40/known,");
    attacker.send(`451-/known,["x",${placeholder(0)}]`, '42["echo"]');
    await attacker.closed;
    expect([victim.sockets, victim.io.of("/known").sockets.size]).to.deep.equal([0, 0]);
  });
});
