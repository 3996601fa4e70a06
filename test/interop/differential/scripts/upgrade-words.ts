/** What the candidate of an upgrade says that is not in its text. */
import { BINARY, frame, hex, TEXT } from "../frames.ts";
import type { Group, Script } from "../step.ts";
import { answer, probed, say, script, serverSends, settle, state } from "../steps.ts";
import { candidate, poll } from "../upgrade-steps.ts";

/** What a candidate may say instead of `2probe`, or after it instead of `5`. */
const WORDS: Readonly<Record<string, Buffer>> = {
  "a probe without data": frame(TEXT, "2"),
  "another probe": frame(TEXT, "2probes"),
  "a pong": frame(TEXT, "3probe"),
  "a message": frame(TEXT, "4early"),
  "an upgrade packet": frame(TEXT, "5"),
  "an upgrade packet with data": frame(TEXT, "5x"),
  "a close packet": frame(TEXT, "1"),
  "a noop": frame(TEXT, "6"),
  "an open packet": frame(TEXT, "0{}"),
  "an unknown packet": frame(TEXT, "x"),
  "an empty packet": frame(TEXT, ""),
  bytes: frame(BINARY, hex("04 01 02")),
  "a probe as bytes": frame(BINARY, hex("02 70 72 6f 62 65")),
  "a faulty frame": frame(0xc1, "2probe"),
  "a close frame": frame(0x88, ""),
};

const words = (revision: number): readonly Script[] =>
  Object.entries(WORDS).flatMap(([title, bytes]) => [
    script(
      `${title} instead of a probe, revision ${revision}`,
      candidate(revision),
      say("ws", bytes),
      settle,
      state,
      serverSends("still here"),
      poll(revision),
      answer("poll"),
    ),
    script(
      `${title} after the probe, revision ${revision}`,
      probed(revision),
      say("ws", bytes),
      settle,
      state,
      serverSends("still here"),
      poll(revision),
      settle,
    ),
  ]);

export const UPGRADE_WORDS: readonly Group[] = [
  { title: "upgrades with the wrong words", scripts: [...words(4), ...words(3)] },
];
