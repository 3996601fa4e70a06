/** Connection state recovery: our server and the official one, our client and the official one, over networks that break. */
import { expect } from "chai";
import { BEHAVIOURS } from "./recovery/behaviours.ts";
import { runDrops } from "./recovery/drops.ts";
import { OFFICIAL_CLIENT, REFERENCE_SERVER, towlineClient, towlineServer } from "./recovery/peers.ts";
import { Rig } from "./recovery/rig.ts";

const OURS = await towlineServer();
const SERVERS = [OURS, REFERENCE_SERVER];
const CLIENTS = [await towlineClient(), OFFICIAL_CLIENT];
const TRANSPORTS = [["websocket"], ["polling"]];

const SEED = Number(process.env.SEED ?? 5);

for (const server of SERVERS)
  for (const client of CLIENTS)
    for (const transports of TRANSPORTS)
      describe(`recovery: ${client.name} on ${server.name}, ${transports}`, () => {
        for (const {
          title,
          recovery = {},
          onlyOn,
          referenceDiffers,
          holdsWithOurClient,
          run,
        } of BEHAVIOURS) {
          if (onlyOn !== undefined && !transports.includes(onlyOn)) continue;
          const isExempt = holdsWithOurClient === true && !client.isReference;
          const differs = server.isReference && referenceDiffers !== undefined && !isExempt;
          it(differs ? `does not: ${title} (${referenceDiffers})` : title, async () => {
            const rig = await Rig.start({ server, client, transports, recovery });
            let failure: unknown;
            try {
              await run(rig);
            } catch (error) {
              failure = error;
            } finally {
              await rig.close();
            }
            if (failure !== undefined && !differs) throw failure;
            if (differs) expect(failure, "does so after all: take the reason out").to.be.instanceOf(Error);
          });
        }
      });

describe("recovery while connections are cut all the time", function () {
  this.timeout(60_000);

  for (const client of CLIENTS)
    for (const [transports, drops] of [
      [["websocket"], 1500],
      [["polling"], 300],
      [["polling", "websocket"], 300],
    ] as const)
      it(`every event arrives once and in order: ${client.name}, ${transports}, ${drops} cuts, seed ${SEED}`, async () => {
        const outcome = await runDrops({ server: OURS, client, transports, seed: SEED, clients: 8, drops });
        expect(outcome.faults).to.deep.equal([]);
        expect(outcome.recoveries).to.be.greaterThan(drops / 10);
      });

  for (const [title, recovery, hasMiddleware] of [
    ["middlewares that take their time", { skipMiddlewares: false }, true],
    ["a log that is too small", { maxPackets: 40 }, false],
    ["a log that is too small in bytes, and middlewares", { maxBytes: 4000, skipMiddlewares: false }, true],
  ] as const)
    it(`every event arrives once and in order: ${title}`, async () => {
      const run = { client: OFFICIAL_CLIENT, transports: ["websocket"], seed: SEED, clients: 8, drops: 500 };
      const outcome = await runDrops({ server: OURS, ...run, recovery, hasMiddleware });
      expect(outcome.faults).to.deep.equal([]);
      expect(outcome.recoveries).to.be.greaterThan(0);
    });

  it("finds what is wrong with the official server", async () => {
    const run = { client: OFFICIAL_CLIENT, transports: ["websocket"], seed: SEED, clients: 8, drops: 300 };
    const { faults } = await runDrops({ server: REFERENCE_SERVER, ...run, patienceMs: 1000 });
    expect(faults).not.to.deep.equal([]);
  });
});
