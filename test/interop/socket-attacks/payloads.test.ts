/** Attacks by what is in a packet: its depth, its size, and JSON that is hard to read. */
import { once } from "node:events";
import { expect } from "chai";
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
});
