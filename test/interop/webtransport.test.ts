/** WebTransport: the official client and a bare one against our server, over every network there is. */
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { Server, type ServerOptions, type Socket } from "@towline/engine.io";
import { expect } from "chai";
import { ClientStream } from "../../packages/engine.io/test/support/webtransport-session.ts";
import { ENGINE_BEHAVIOURS } from "./engine/behaviours.ts";
import type { EngineEnd } from "./engine/peers.ts";
import { next } from "./events.ts";
import { listen } from "./listen.ts";
import {
  NETWORKS,
  type Network,
  type ServedEngine,
  type WebTransportClient,
} from "./webtransport/networks.ts";

const official = createRequire(import.meta.url)("reference-engine.io-client") as {
  readonly Socket: new (url: string, options: { readonly transports: readonly string[] }) => EngineEnd;
};

const MODES = [["webtransport"], ["polling", "webtransport"]] as const;

/** An engine with a server for polling and one for WebTransport. The official client finds the second by a global. */
class Rig {
  readonly engine: Server;
  readonly #http = createServer();
  readonly #served: ServedEngine;
  readonly #global = Object.getOwnPropertyDescriptor(globalThis, "WebTransport");
  port = 0;

  static async start(network: Network, options: ServerOptions = {}): Promise<Rig> {
    const engine = new Server({ transports: ["polling", "webtransport"], ...options });
    const rig = new Rig(engine, await network.serve(engine));
    engine.attach(rig.#http);
    rig.port = await listen(rig.#http);
    return rig;
  }

  private constructor(engine: Server, served: ServedEngine) {
    this.engine = engine;
    this.#served = served;
    Object.defineProperty(globalThis, "WebTransport", { value: served.WebTransport, configurable: true });
  }

  /** A bare client, connected. */
  async connect(): Promise<WebTransportClient> {
    const client = new this.#served.WebTransport(`https://127.0.0.1:${this.port}/engine.io/`);
    client.closed.catch(() => {});
    await client.ready;
    return client;
  }

  async close(): Promise<void> {
    this.engine.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
    await this.#served.close();
    Reflect.deleteProperty(globalThis, "WebTransport");
    if (this.#global !== undefined) Object.defineProperty(globalThis, "WebTransport", this.#global);
  }
}

async function openStream(client: WebTransportClient): Promise<ClientStream> {
  const { readable, writable } = await client.createBidirectionalStream();
  return new ClientStream(readable, writable);
}

/** A session of its own, by hand. */
async function openSession(rig: Rig) {
  const client = await rig.connect();
  const stream = await openStream(client);
  const connected = once(rig.engine, "connection") as Promise<[Socket]>;
  stream.send("0");
  const [[socket], handshake] = await Promise.all([connected, stream.packet()]);
  return { client, stream, socket, handshake };
}

for (const network of NETWORKS)
  describe(`WebTransport over ${network.name}`, function () {
    this.timeout(5_000);
    let rig: Rig;
    afterEach(() => rig.close());

    for (const transports of MODES)
      for (const { title, run, options } of ENGINE_BEHAVIOURS)
        it(`official client, ${transports.join(" → ")}: ${title}`, async () => {
          rig = await Rig.start(network, options);
          const connected = next(rig.engine, "connection") as Promise<[EngineEnd]>;
          const client = new official.Socket(`http://127.0.0.1:${rig.port}`, { transports });
          const [[server]] = await Promise.all([connected, next(client, "open")]);
          const isSettled = ({ transport }: EngineEnd) => transport.name === "webtransport";
          const settled = () =>
            Promise.all([client, server].map((end) => isSettled(end) || next(end, "upgrade")));
          const closed = next(server, "close");
          await run({ client, server, settled });
          client.close();
          await closed;
          expect(rig.engine.clientsCount).to.equal(0);
        });

    it("a session of its own: text and bytes both ways", async () => {
      rig = await Rig.start(network);
      const { stream, socket, handshake } = await openSession(rig);
      expect(handshake).to.match(/^0\{"sid":"[\w-]{20}","upgrades":\[\],/);
      socket.on("message", (data) => socket.send(data));
      stream.send("4hello", Uint8Array.of(1, 2, 3));
      expect(await stream.hex(7)).to.equal("063468656c6c6f");
      expect(await stream.hex(4)).to.equal("83010203");
    });

    it("an upgrade from polling", async () => {
      rig = await Rig.start(network);
      const url = `http://127.0.0.1:${rig.port}/engine.io/?EIO=4&transport=polling`;
      const connected = once(rig.engine, "connection") as Promise<[Socket]>;
      const handshake = await (await fetch(url)).text();
      expect(handshake).to.include('"upgrades":["webtransport"]');
      const [socket] = await connected;
      const stream = await openStream(await rig.connect());
      stream.send(`0{"sid":"${socket.id}"}`, "2probe");
      expect(await stream.packet()).to.equal("3probe");
      const upgraded = once(socket, "upgrade");
      stream.send("5");
      await upgraded;
      socket.send("moved");
      expect(await stream.packet()).to.equal("4moved");
    });

    it("a close from the client", async () => {
      rig = await Rig.start(network);
      const { client, socket } = await openSession(rig);
      const closed = once(socket, "close");
      client.close({ closeCode: 5, reason: "bye" });
      expect((await closed)[0]).to.equal("transport close");
    });

    it("a close from the server, after what it sent", async () => {
      rig = await Rig.start(network);
      const { client, stream, socket } = await openSession(rig);
      const last = Buffer.alloc(100_000, 7);
      socket.send("first").send(last);
      socket.close();
      expect(await stream.rest()).to.deep.equal(["4first", last]);
      await client.closed.catch(() => {});
      expect(socket.readyState).to.equal("closed");
    });

    it("a refusal", async () => {
      rig = await Rig.start(network);
      const client = await rig.connect();
      const stream = await openStream(client);
      const refused = once(rig.engine, "connection_error");
      stream.send('0{"sid":"nope"}');
      expect((await refused)[0]).to.include({ code: 1, message: "Session ID unknown" });
      const info = await client.closed;
      expect(info).to.deep.equal({ closeCode: 1, reason: "Session ID unknown" });
    });
  });
