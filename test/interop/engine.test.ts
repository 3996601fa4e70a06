/** Engine.IO clients against servers, of both revisions and over every transport; INTEROP_SELF_CHECK=1 as in `matrix.test.ts`. */
import { createServer, type Server as HttpServer } from "node:http";
import { expect } from "chai";
import { ENGINE_BEHAVIOURS, type EnginePair } from "./engine/behaviours.ts";
import {
  type AttachedServer,
  type EngineClient,
  type EngineEnd,
  type EngineOptions,
  type EngineServer,
  OFFICIAL_CLIENTS,
  OFFICIAL_SERVERS,
  towlineEngineClient,
  towlineEngineServer,
} from "./engine/peers.ts";
import { next } from "./events.ts";
import { listen } from "./listen.ts";
import { TRANSPORT_MODES, type TransportMode } from "./rig.ts";

type Couple = readonly [EngineClient, EngineServer];

async function matrix(): Promise<readonly Couple[]> {
  const [ourClient, ourServer] = await Promise.all([towlineEngineClient(), towlineEngineServer()]);
  return [
    ...OFFICIAL_CLIENTS.map((client): Couple => [client, ourServer]),
    ...OFFICIAL_SERVERS.map((server): Couple => [ourClient, server]),
    [ourClient, ourServer],
  ];
}

const selfCheck = (): readonly Couple[] =>
  OFFICIAL_CLIENTS.flatMap((client) =>
    OFFICIAL_SERVERS.filter(({ revision }) => revision >= client.revision).map(
      (server): Couple => [client, server],
    ),
  );

class EngineRig {
  readonly #http = createServer();
  readonly #server: AttachedServer;
  readonly #client: EngineClient;
  readonly #mode: TransportMode;
  readonly #ended: Promise<unknown>[] = [];
  #open: EngineEnd | undefined;

  constructor([client, server]: Couple, mode: TransportMode, options: EngineOptions = {}) {
    this.#client = client;
    this.#mode = mode;
    this.#server = server.attach(this.#http, options);
  }

  async connect(): Promise<EnginePair> {
    const port = await listen(this.#http);
    const connected = new Promise<EngineEnd>((resolve) => this.#server.on("connection", resolve));
    const client = this.#client.open(`http://127.0.0.1:${port}`, { transports: this.#mode.transports });
    this.#open = client;
    const [server] = await Promise.all([connected, next(client, "open")]);
    this.#ended.push(next(server, "close"));
    expect(client.id).to.be.a("string").and.equal(server.id);
    return {
      client,
      server,
      settled: () => Promise.all([client, server].map((end) => this.#whenSettled(end))),
    };
  }

  async close(): Promise<void> {
    this.#open?.close();
    await Promise.all(this.#ended);
    this.#server.close();
    await closed(this.#http);
  }

  async #whenSettled(end: EngineEnd): Promise<void> {
    if (end.transport.name !== this.#mode.settled) await next(end, "upgrade");
  }
}

function closed(http: HttpServer): Promise<void> {
  http.closeAllConnections();
  return new Promise((resolve) => {
    http.close(() => resolve());
  });
}

const couples = process.env.INTEROP_SELF_CHECK === "1" ? selfCheck() : await matrix();

for (const [client, server] of couples)
  for (const mode of TRANSPORT_MODES)
    describe(`${client.name}, ${server.name}, ${mode.name}`, function () {
      this.timeout(3_000);
      for (const { title, run, options } of ENGINE_BEHAVIOURS)
        it(title, async () => {
          const rig = new EngineRig([client, server], mode, options);
          try {
            await run(await rig.connect());
          } finally {
            await rig.close();
          }
        });
    });
