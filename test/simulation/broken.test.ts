import { expect } from "chai";
import { BROKEN_CLIENTS } from "./broken-client.ts";
import { BROKEN_SERVERS } from "./broken-server.ts";
import type { Parts } from "./parts.ts";
import { explain, simulate } from "./simulate.ts";

const MOST_SEEDS = 2000;

/** The first seed whose run shows that something is broken. */
function findViolation(parts: Parts): number | undefined {
  for (let seed = 1; seed <= MOST_SEEDS; seed++)
    if (simulate(seed, { parts }).violation !== undefined) return seed;
  return undefined;
}

describe("an upgrade, simulated with a broken part", function () {
  this.timeout(60_000);

  for (const [what, parts] of [...BROKEN_CLIENTS, ...BROKEN_SERVERS])
    it(`finds ${what}`, function () {
      const seed = findViolation(parts);
      if (seed === undefined) expect.fail(`not found in ${MOST_SEEDS} runs`);
      // The same run with all its parts sound is in order: it is the broken one that was found.
      expect(simulate(seed).violation).to.equal(undefined);
      const property = simulate(seed, { parts }).violation?.property;
      expect(explain(seed, parts)).to.include(`VIOLATED: ${property}`).and.include(`seed ${seed}`);
      if (this.test !== undefined) this.test.title += `, at seed ${seed}: ${property}`;
    });
});
