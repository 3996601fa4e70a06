/** The public API of socket.io: the same behaviours are asked of the reference and of our package. */
import type { Behaviour } from "./socket-api/behaviour.ts";
import { OURS_DIFFERS } from "./socket-api/differences.ts";
import { FAILING_HANDLERS } from "./socket-api/failing-handlers.ts";
import { OURS } from "./socket-api/ours.ts";
import { type Library, reference, towline } from "./socket-api/peers.ts";
import { Rig } from "./socket-api/rig.ts";
import { TOPICS } from "./socket-api/topics.ts";

const titles = TOPICS.flatMap(([, behaviours]) => behaviours.map(({ title }) => title));
for (const title of OURS_DIFFERS.keys())
  if (!titles.includes(title)) throw new Error(`no behaviour has the title "${title}"`);

function ask(name: string, library: Library, topic: string, behaviours: readonly Behaviour[]): void {
  describe(`the API of ${name}: ${topic}`, function () {
    this.timeout(3_000);
    for (const { title, options, run } of behaviours)
      it(title, async () => {
        const rig = await Rig.start(library, options);
        try {
          await run(rig);
        } finally {
          await rig.close();
        }
      });
  });
}

const ours = await towline();
for (const [topic, behaviours] of TOPICS) {
  ask("socket.io 4.8.4", reference, topic, behaviours);
  const shared = behaviours.filter(({ title }) => !OURS_DIFFERS.has(title));
  ask("Towline", ours, topic, shared);
}
ask("Towline", ours, "differences", OURS);
ask("Towline", ours, "handlers that fail", FAILING_HANDLERS);
