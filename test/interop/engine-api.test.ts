/** The public API of engine.io: the same behaviours are asked of the reference and of our package. */
import type { Behaviour } from "./engine-api/behaviour.ts";
import { CLOSE_REASONS } from "./engine-api/close-reasons.ts";
import { CLOSING } from "./engine-api/closing.ts";
import { COMPRESSION } from "./engine-api/compression.ts";
import { EVENTS } from "./engine-api/events.ts";
import { FIRST_ANSWER } from "./engine-api/first-answer.ts";
import { FLUSHING } from "./engine-api/flushing.ts";
import { IDS } from "./engine-api/ids.ts";
import { MIDDLEWARES } from "./engine-api/middlewares.ts";
import { reference, towline } from "./engine-api/peers.ts";
import { REFUSALS } from "./engine-api/refusals.ts";
import { Rig } from "./engine-api/rig.ts";
import { SERVER } from "./engine-api/server.ts";
import { UPGRADING } from "./engine-api/upgrading.ts";
import { WS_ENGINE } from "./engine-api/ws-engine.ts";

/** Titles of what our package does otherwise, and why. */
const OURS_DIFFERS: ReadonlyMap<string, string> = new Map([
  [
    "has drained when send returns",
    "`drain` comes when the network has taken what was sent, so that it tells when to go on",
  ],
  [
    "announces a change of its options in the next handshake",
    "options are checked and read once, when the server is made",
  ],
  ["knows which upgrades there are from a transport", "only those on offer are named"],
  ...["true", "{}"].map((given): readonly [string, string] => [
    `polling: gzip for 3, accepted: gzip, httpCompression: ${given}`,
    "without a threshold of its own the default holds: small answers only grow by compression",
  ]),
  ["serves requests after a close, without being attached again", "a closed server takes no more sessions"],
]);

const TOPICS: readonly (readonly [topic: string, behaviours: readonly Behaviour[]])[] = [
  ["server", SERVER],
  ["refusals", REFUSALS],
  ["ids", IDS],
  ["first answer", FIRST_ANSWER],
  ["middlewares", MIDDLEWARES],
  ["events", EVENTS],
  ["flushing", FLUSHING],
  ["upgrading", UPGRADING],
  ["close reasons", CLOSE_REASONS],
  ["closing", CLOSING],
  ["compression", COMPRESSION],
  ["wsEngine", WS_ENGINE],
];

const titles = new Set(TOPICS.flatMap(([, behaviours]) => behaviours.map(({ title }) => title)));
for (const title of OURS_DIFFERS.keys())
  if (!titles.has(title)) throw new Error(`no behaviour has the title "${title}"`);

for (const [name, library] of [
  ["engine.io 6.6.12", reference],
  ["Towline", await towline()],
] as const)
  for (const [topic, behaviours] of TOPICS)
    describe(`the API of ${name}: ${topic}`, function () {
      this.timeout(3_000);
      const expected = behaviours.filter(({ title }) => library === reference || !OURS_DIFFERS.has(title));
      for (const { title, options, run } of expected)
        it(title, async () => {
          const rig = await Rig.start(library, options);
          try {
            await run(rig);
          } finally {
            await rig.close();
          }
        });
    });
