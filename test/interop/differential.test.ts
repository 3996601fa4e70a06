/** The same bytes to `engine.io` 6.6.12 and to ours: the answers are the same, or differ as a row says. */
import { expect } from "chai";
import { CORPUS } from "./differential/corpus.ts";
import { Host } from "./differential/host.ts";
import { letNoLongTimerHold } from "./differential/long-timers.ts";
import { play } from "./differential/play.ts";
import type { Group, Script } from "./differential/step.ts";
import { Turns } from "./differential/turns.ts";
import { judge, type Verdict } from "./differential/verdict.ts";

/** How many scripts of a group are under way at a time. */
const AT_A_TIME = 8;

/** Plays scripts to both servers of a group, several at a time. */
async function playAll(
  group: Group,
  scripts: readonly Script[],
  turns: Turns,
): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const [reference, ours] = await Promise.all([Host.start("reference", group), Host.start("ours", group)]);
  const waiting = [...scripts];
  const work = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const [theirs, own] = await Promise.all([play(row, reference, turns), play(row, ours, turns)]);
      verdicts.set(row.title, judge({ reference: theirs, ours: own }, row, group));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } finally {
    await Promise.all([reference.close(), ours.close()]);
  }
  return verdicts;
}

const titleOf = ({ title, differs }: Script): string =>
  differs === undefined ? title : `${title} (differs: ${differs.because})`;

describe("the same bytes to engine.io 6.6.12 and to ours", () => {
  let turns: Turns;
  let letLongTimersHold: () => void;
  before(async () => {
    letLongTimersHold = letNoLongTimerHold();
    turns = await Turns.start();
  });
  after(() => {
    turns.close();
    letLongTimersHold();
  });

  for (const group of CORPUS) {
    describe(group.title, () => {
      let verdicts: Map<string, Verdict>;
      before(async () => {
        verdicts = await playAll(group, group.scripts, turns);
      });
      for (const row of group.scripts)
        it(titleOf(row), () => {
          const verdict = verdicts.get(row.title);
          expect(verdict?.inVain).to.deep.equal([]);
          expect(verdict?.actual).to.deep.equal(verdict?.expected);
        });
    });
  }
});
