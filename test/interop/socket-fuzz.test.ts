/**
 * Arbitrary packets and bytes over thousands of connections. The server must not fall, keep nothing of them, and serve the
 * client beside them as if they were not there. `SEED=7 npx mocha test/interop/socket-fuzz.test.ts` plays a run again.
 */
import type { ServerOptions } from "@towline/socket.io";
import { expect } from "chai";
import { heldBytes } from "../../packages/websocket/test/support/memory.ts";
import { GoodClient } from "./socket-fuzz/good-client.ts";
import { Target } from "./socket-fuzz/target.ts";
import { visit } from "./socket-fuzz/visitor.ts";

/** In one round. */
const CONNECTIONS = 1_300;
const AT_A_TIME = 24;
/** What Node and the server make once, they have made by then: memory that grows in each further round is lost. */
const MOST_ROUNDS = 4;
/** One leaked connection in ten would be more. */
const GROWTH_BYTES = 0.6 * 1024 * 1024;

/** A timer or two that are there at one moment and not at another. */
const SPARE_RESOURCES = 3;

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

/** Of one connection of the run. */
const seedOf = (index: number): number => seed * 10_007 + index;

const SERVERS: Readonly<Record<string, Partial<ServerOptions>>> = {
  "a server": {},
  "a server that recovers connections": {
    connectionStateRecovery: { maxDisconnectionDuration: 500, maxPackets: 200 },
  },
};

const resources = (): number =>
  process.getActiveResourcesInfo().filter((name) => name !== "Immediate").length;

for (const [title, options] of Object.entries(SERVERS))
  describe(`${title}, and thousands of connections of SEED=${seed}`, function () {
    this.timeout(60_000);
    let target: Target;
    let client: GoodClient;
    const learnt = { pid: "", offset: "" };
    const faults: unknown[] = [];
    const note = (fault: unknown) => void faults.push(fault);
    before(async () => {
      process.on("unhandledRejection", note).on("uncaughtException", note);
      target = await Target.start(options);
      client = await GoodClient.connect(target.port);
    });
    after(async () => {
      process.off("unhandledRejection", note).off("uncaughtException", note);
      client.leave();
      await target.close();
    });

    /** The good client speaks while each connection is there. */
    const run = async (round: number): Promise<void> => {
      let at = round * CONNECTIONS;
      const end = at + CONNECTIONS;
      const work = async (): Promise<void> => {
        while (at < end) {
          client.say();
          await visit(target.port, seedOf(at++), learnt);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
      await client.answered();
    };

    it("harms nobody, throws nothing and leaves nothing", async () => {
      const counts = target.counts();
      let grown = Number.POSITIVE_INFINITY;
      let [before, handles] = [0, 0];
      for (let round = 0; round < MOST_ROUNDS && grown > GROWTH_BYTES; round++) {
        await run(round);
        expect(await target.quiet(counts)).to.deep.equal(counts);
        const held = await heldBytes();
        if (round === 0) handles = resources();
        else grown = held - before;
        before = held;
      }
      expect(faults).to.deep.equal([]);
      expect(client.answers).to.deep.equal(Array.from({ length: client.sent }, (_, number) => number));
      expect(target.failures).to.be.above(0);
      expect(target.recoveries > 10).to.equal("connectionStateRecovery" in options);
      expect(grown).to.be.below(GROWTH_BYTES);
      expect(resources()).to.be.at.most(handles + SPARE_RESOURCES);
    });
  });
