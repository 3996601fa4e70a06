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

const CONNECTIONS = 1_500;
const AT_A_TIME = 24;
/** To let Node and the server make what they make once. */
const WARM_UP = 700;
/** One leaked socket in five would be more. */
const GROWTH_BYTES = 1.5 * 1024 * 1024;

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

const SERVERS: Readonly<Record<string, Partial<ServerOptions>>> = {
  "a server": {},
  "a server that recovers connections": {
    connectionStateRecovery: { maxDisconnectionDuration: 500, maxPackets: 200 },
  },
};

const resources = (): number =>
  process.getActiveResourcesInfo().filter((name) => name !== "Immediate").length;

for (const [title, options] of Object.entries(SERVERS))
  describe(`${title}, and ${WARM_UP + CONNECTIONS} connections of SEED=${seed}`, function () {
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

    /** Connections of the seeds from one to another; the good client speaks while each is there. */
    const run = async (from: number, to: number): Promise<void> => {
      let at = from;
      const work = async (): Promise<void> => {
        while (at < to) {
          client.say();
          await visit(target.port, seed + at++, learnt);
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
      await client.answered();
    };

    it("harms nobody, throws nothing and leaves nothing", async () => {
      const counts = target.counts();
      await run(0, WARM_UP);
      await target.quiet(counts);
      const [before, handles] = [await heldBytes(), resources()];
      await run(WARM_UP, WARM_UP + CONNECTIONS);
      expect(await target.quiet(counts)).to.deep.equal(counts);
      expect(faults).to.deep.equal([]);
      expect(client.answers).to.deep.equal(Array.from({ length: client.sent }, (_, number) => number));
      expect(target.failures).to.be.above(0);
      console.log("recoveries", target.recoveries);
      expect(target.recoveries > 10).to.equal("connectionStateRecovery" in options);
      expect((await heldBytes()) - before).to.be.below(GROWTH_BYTES);
      expect(resources()).to.be.at.most(handles);
    });
  });
