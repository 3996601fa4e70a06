/** How soon a silent peer is given up. */
import { setInterval } from "node:timers/promises";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { FrozenLink } from "./frozen-link.ts";
import type { ServerEnd } from "./peers.ts";
import type { Rig } from "./rig.ts";
import { SILENT_CLIENTS, type SilentClient } from "./silent-client.ts";

const server = { pingInterval: 150, pingTimeout: 150 };
const LIMIT_MS = server.pingInterval + server.pingTimeout;
/** What a busy machine may add to a timer. */
const LATENESS_MS = 200;

/** Expects `close` for a ping that got no answer, no later than the options promise from now on. */
async function expectGivenUp(end: Pick<ServerEnd, "once">): Promise<void> {
  const startMs = performance.now();
  const [reason] = await next(end, "close");
  expect(reason).to.equal("ping timeout");
  expect(performance.now() - startMs).to.be.below(LIMIT_MS + LATENESS_MS);
}

async function withSilent(
  rig: Rig,
  open: (typeof SILENT_CLIENTS)[number][1],
  run: (client: SilentClient, session: ServerEnd) => Promise<void>,
): Promise<void> {
  const arrived = new Promise<ServerEnd>((resolve) => rig.engine.once("connection", resolve));
  const client = await open(rig.url, rig.client.revision);
  try {
    await run(client, await arrived);
  } finally {
    client.vanish();
  }
}

export const HEARTBEAT: readonly Behaviour[] = [
  ...(["polling", "websocket"] as const).map(
    (transport): Behaviour => ({
      title: `both ends give up when nothing gets through any more, over ${transport}`,
      options: { server },
      run: async (rig) => {
        const link = await FrozenLink.to(rig.url);
        try {
          const client = rig.open({ transports: [transport] }, link.url);
          const session = await rig.serverOf(client);
          link.freeze();
          await Promise.all([expectGivenUp(session), next(client, "close")]);
          expect(client.readyState).to.equal("closed");
        } finally {
          await link.close();
        }
      },
    }),
  ),
  ...SILENT_CLIENTS.flatMap(([transport, open]): readonly Behaviour[] => [
    {
      title: `a client that never says a word is given up, over ${transport}`,
      options: { server },
      run: (rig) => withSilent(rig, open, (_client, session) => expectGivenUp(session)),
    },
    {
      title: `any packet is a sign of life, and its last one is what counts, over ${transport}`,
      // There only the heartbeat's own packets count.
      beyondOfficial: true,
      options: { server },
      run: (rig) =>
        withSilent(rig, open, async (client, session) => {
          const startMs = performance.now();
          const packets = ["4text", "6"];
          let said = 0;
          for await (const _ of setInterval(server.pingTimeout / 3)) {
            const heard = next(session, "packet");
            await client.say(packets[said++ % packets.length] ?? "");
            await heard;
            if (performance.now() - startMs > 2 * LIMIT_MS) break;
          }
          expect(session.readyState).to.equal("open");
          await expectGivenUp(session);
        }),
    },
    {
      title: `a client whose connections end is given up at once, over ${transport}`,
      run: (rig) =>
        withSilent(rig, open, async (client, session) => {
          await client.say("4here");
          const closed = next(session, "close");
          client.vanish();
          expect((await closed)[0]).to.be.oneOf(["transport close", "transport error"]);
        }),
    },
  ]),
];
