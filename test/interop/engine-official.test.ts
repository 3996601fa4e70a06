/** The official Engine.IO clients in Node against our server, with every option; INTEROP_SELF_CHECK=1 as in `matrix.test.ts`. */
import type { Behaviour } from "./engine-official/behaviour.ts";
import { CLOSING } from "./engine-official/closing.ts";
import { HEARTBEAT } from "./engine-official/heartbeat.ts";
import { LIMITS } from "./engine-official/limits.ts";
import { MESSAGES } from "./engine-official/messages.ts";
import { NETWORK } from "./engine-official/network.ts";
import { OPTIONS } from "./engine-official/options.ts";
import { isSelfCheck, OFFICIAL_CLIENTS, serverUnderTest } from "./engine-official/peers.ts";
import { Rig } from "./engine-official/rig.ts";

const TOPICS: readonly (readonly [title: string, behaviours: readonly Behaviour[]])[] = [
  ["options", OPTIONS],
  ["messages", MESSAGES],
  ["limits", LIMITS],
  ["closing", CLOSING],
  ["heartbeat", HEARTBEAT],
  ["networks, cookies and crowds", NETWORK],
];

const attach = await serverUnderTest();

for (const client of OFFICIAL_CLIENTS)
  for (const [topic, behaviours] of TOPICS)
    describe(`${client.name}: ${topic}`, function () {
      this.timeout(5_000);
      for (const { title, revision, beyondOfficial, options, run } of behaviours) {
        if (revision !== undefined && revision !== client.revision) continue;
        if (beyondOfficial === true && isSelfCheck) continue;
        it(title, async () => {
          const rig = await Rig.start(client, attach, options);
          try {
            await run(rig);
          } finally {
            await rig.close();
          }
        });
      }
    });
