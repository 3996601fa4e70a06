/**
 * Clients of every generation against servers of every generation, over every transport.
 *
 * INTEROP_SELF_CHECK=1 runs official clients against official servers instead: a behaviour that fails there is
 * wrong itself.
 */
import { BEHAVIOURS } from "./behaviours/index.ts";
import { OFFICIAL_CLIENTS, towlineClient } from "./clients.ts";
import type { ClientLibrary, ServerLibrary } from "./peers.ts";
import { Rig, TRANSPORT_MODES } from "./rig.ts";
import { OFFICIAL_SERVER_FOR_ALL, OFFICIAL_SERVERS, towlineServer } from "./servers.ts";

type Couple = readonly [ClientLibrary, ServerLibrary];

async function matrix(): Promise<readonly Couple[]> {
  const [ourClient, ourServer] = await Promise.all([towlineClient(), towlineServer()]);
  return [
    ...OFFICIAL_CLIENTS.map((client): Couple => [client, ourServer]),
    ...OFFICIAL_SERVERS.map((server): Couple => [ourClient, server]),
    [ourClient, ourServer],
  ];
}

const selfCheck = (): readonly Couple[] =>
  OFFICIAL_CLIENTS.flatMap((client): Couple[] => [
    ...OFFICIAL_SERVERS.filter(({ generation }) => generation === client.generation).map(
      (server): Couple => [client, server],
    ),
    [client, OFFICIAL_SERVER_FOR_ALL],
  ]);

const couples = process.env.INTEROP_SELF_CHECK === "1" ? selfCheck() : await matrix();

for (const [client, server] of couples)
  for (const mode of TRANSPORT_MODES)
    describe(`${client.name}, ${server.name}, ${mode.name}`, function () {
      this.timeout(5_000);
      let rig: Rig;
      beforeEach(async () => {
        rig = await Rig.start({ client, server, mode });
      });
      afterEach(() => rig.close());

      for (const { title, run, appliesTo } of BEHAVIOURS)
        if (appliesTo?.({ client, server, mode }) ?? true) it(title, () => run(rig));
    });
