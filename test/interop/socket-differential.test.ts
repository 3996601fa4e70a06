/** The same packets to `socket.io` 4.8.4 and to ours: the answers are the same, or differ as a row says. */
import { expect } from "chai";
import { letNoLongTimerHold } from "./differential/long-timers.ts";
import { Turns } from "./differential/turns.ts";
import { CORPUS } from "./socket-differential/corpus.ts";
import { play } from "./socket-differential/play.ts";
import type { Group, Script } from "./socket-differential/step.ts";
import { judge, type Verdict } from "./socket-differential/verdict.ts";

/** How many scripts of a group are under way at a time. */
const AT_A_TIME = 8;

/** Plays scripts to both servers, several at a time. */
async function playAll(group: Group, turns: Turns): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const waiting = [...group.scripts];
  const work = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const [reference, ours] = await Promise.all([
        play(row, "reference", group, turns),
        play(row, "ours", group, turns),
      ]);
      verdicts.set(row.title, judge({ reference, ours }, row));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return verdicts;
}

const titleOf = ({ title, differs }: Script): string =>
  differs === undefined ? title : `${title} (differs: ${differs.because})`;

describe("the same packets to socket.io 4.8.4 and to ours", function () {
  this.timeout(30_000);
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
        verdicts = await playAll(group, turns);
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
