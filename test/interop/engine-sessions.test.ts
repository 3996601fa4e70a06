/** Thousands of sessions that come by polling, upgrade, talk and leave: nothing is lost and nothing stays behind. */
import { expect } from "chai";
import { MESSAGES } from "./engine-sessions/conversation.ts";
import type { Report } from "./engine-sessions/report.ts";
import { SessionServer } from "./engine-sessions/session-server.ts";
import { OFFICIAL_3, OFFICIAL_4, TOWLINE, visits } from "./engine-sessions/visits.ts";

const AT_ONCE = 100;
const OFFICIAL = 100;
/** Before the heap is measured for the first time: code is compiled, pools are filled. */
const WARM_UP = 800;
const BATCH = 600;
const BATCHES = 7;
const ALL = WARM_UP + BATCHES * BATCH;

/**
 * As V8 optimises code and takes it back, the heap of an idle server moves by a third of a megabyte. Half of one is
 * 125 bytes for each session after the first measurement, when the least that one keeps while it lasts is some 3,000.
 */
const HEAP_LEEWAY_BYTES = 512 * 1024;
const EXTERNAL_LEEWAY_BYTES = 64 * 1024;

// A `describe` for each batch: the reporter has a line for each, and shows that something goes on.
describe(`${ALL} sessions of engine.io`, function () {
  this.timeout(60_000);
  let server: SessionServer;
  let url: string;
  let warm: Report;

  before(async () => {
    server = await SessionServer.start();
    url = `http://127.0.0.1:${(await server.report()).port}`;
  });
  after(() => server.stop());

  const expectAllOver = async (sessions: number): Promise<Report> => {
    const report = await server.report();
    expect(report).to.deep.include({
      faults: [],
      clientsCount: 0,
      sessions,
      upgraded: sessions,
      messages: sessions * MESSAGES,
    });
    return report;
  };

  describe(`the first ${WARM_UP}`, () => {
    it(`get every message once and leave, ${OFFICIAL} of each official client among them`, async () => {
      await visits(OFFICIAL_3, url, OFFICIAL, AT_ONCE);
      await visits(OFFICIAL_4, url, OFFICIAL, AT_ONCE);
      await visits(TOWLINE, url, WARM_UP - 2 * OFFICIAL, AT_ONCE);
      warm = await expectAllOver(WARM_UP);
    });
  });

  for (let batch = 1; batch <= BATCHES; batch++)
    describe(`until ${WARM_UP + batch * BATCH}`, () => {
      it("get every message once and leave", async () => {
        await visits(TOWLINE, url, BATCH, AT_ONCE);
        await expectAllOver(WARM_UP + batch * BATCH);
      });
    });

  describe("all gone", () => {
    it("left the heap as it was", async () => {
      const { heapBytes, externalBytes } = await expectAllOver(ALL);
      expect(heapBytes).to.be.below(warm.heapBytes + HEAP_LEEWAY_BYTES);
      expect(externalBytes).to.be.below(warm.externalBytes + EXTERNAL_LEEWAY_BYTES);
    });
  });
});
