/** What the server says to polls. */
import type { Group, Script } from "../step.ts";
import { answer, get, openPolling, polling, script, serverSends, settle } from "../steps.ts";

const BYTES = Buffer.from([1, 2, 3, 4]);
const SENT: Readonly<Record<string, readonly (string | Buffer)[]>> = {
  "a text": ["hello"],
  "an empty text": [""],
  "a text beyond ASCII": ["€ 😀 \u2028"],
  bytes: [BYTES],
  "no bytes": [Buffer.alloc(0)],
  "bytes above 127": [Buffer.from([0, 127, 128, 255])],
  "several texts": ["a", "b", "c"],
  "texts and bytes": ["a", BYTES, "€"],
  "a lone surrogate": ["a\ud800b"],
  "a record separator": ["a\x1eb"],
  "2,000 characters": ["a".repeat(2_000)],
  "200 bytes": [Buffer.alloc(200, 7)],
};

const sent = (revision: number, more: string): readonly Script[] =>
  Object.entries(SENT).flatMap(([title, messages]) => {
    const where = `revision ${revision}${more}`;
    return [
      script(
        `${title} before the poll, ${where}`,
        openPolling(revision, more),
        messages.map(serverSends),
        get("poll", `${polling(revision)}${more}`),
        answer("poll"),
      ),
      script(
        `${title} while the poll waits, ${where}`,
        openPolling(revision, more),
        get("poll", `${polling(revision)}${more}`),
        settle,
        messages.map(serverSends),
        answer("poll"),
        messages.length > 1 ? [get("poll", `${polling(revision)}${more}`), answer("poll")] : [],
      ),
    ];
  });

export const POLL_ANSWERS: readonly Group[] = [
  {
    title: "answers to polls",
    scripts: [
      ...sent(4, ""),
      ...sent(4, "&b64=1"),
      ...sent(3, ""),
      ...sent(3, "&b64=1"),
      ...sent(3, "&b64=0"),
    ],
  },
];
