/** Connection state recovery: our server and the official one, our client and the official one, over networks that break. */
import { expect } from "chai";
import { BEHAVIOURS } from "./recovery/behaviours.ts";
import { runDrops } from "./recovery/drops.ts";
import { OFFICIAL_CLIENT, REFERENCE_SERVER, towlineClient, towlineServer } from "./recovery/peers.ts";
import { Rig } from "./recovery/rig.ts";

const SERVERS = [await towlineServer(), REFERENCE_SERVER];
const CLIENTS = [await towlineClient(), OFFICIAL_CLIENT];
const TRANSPORTS = [["websocket"], ["polling"]];

const SEED = Number(process.env.SEED ?? 5);

for (const server of SERVERS)
  for (const client of CLIENTS)
    for (const transports of TRANSPORTS)
      describe(`recovery: ${client.name} on ${server.name}, ${transports}`, () => {
        for (const { title, recovery = {}, referenceDiffers, run } of BEHAVIOURS) {
          const differs = server.isReference && referenceDiffers !== undefined;
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

describe("recovery while connections are cut all the time: every event arrives once and in order", function () {
  this.timeout(60_000);
  const [server] = SERVERS;

  for (const client of CLIENTS)
    for (const [transports, drops] of [
      [["websocket"], 1500],
      [["polling"], 300],
      [["polling", "websocket"], 300],
    ] as const)
      it(`${client.name}, ${transports}: ${drops} cuts, seed ${SEED}`, async () => {
        const outcome = await runDrops({ server, client, transports, seed: SEED, clients: 8, drops });
        expect(outcome.faults).to.deep.equal([]);
        expect(outcome.recoveries).to.be.greaterThan(drops / 10);
      });
});
