/** What may lie between a WebTransport client and our server. */
import type { Server } from "@towline/engine.io";
import { FakeSession } from "../../../packages/engine.io/test/support/webtransport-session.ts";
import { makeCertificate } from "./certificate.ts";

/** What we need of a client's WebTransport, as browsers have it. */
export interface WebTransportClient {
  readonly ready: Promise<unknown>;
  readonly closed: Promise<unknown>;
  createBidirectionalStream(): Promise<{
    readonly readable: ReadableStream<Uint8Array>;
    readonly writable: WritableStream<Uint8Array>;
  }>;
  close(info?: { closeCode: number; reason: string }): void;
}

export type WebTransportClass = new (url: string) => WebTransportClient;

export interface ServedEngine {
  /** Connects to it, whichever host and port the URL has. */
  readonly WebTransport: WebTransportClass;
  close(): Promise<void>;
}

export interface Network {
  readonly name: string;
  serve(engine: Server): Promise<ServedEngine>;
}

const IN_PROCESS: Network = {
  name: "Web Streams",
  async serve(engine) {
    class InProcessWebTransport implements WebTransportClient {
      readonly ready = Promise.resolve();
      readonly closed: Promise<unknown>;
      readonly #session = new FakeSession();

      constructor(_url: string) {
        this.closed = this.#session.closed;
        void engine.onWebTransportSession(this.#session.server);
      }

      async createBidirectionalStream() {
        return this.#session.openStream();
      }

      close(info?: { closeCode: number; reason: string }): void {
        this.#session.close(info);
      }
    }
    return { WebTransport: InProcessWebTransport, async close() {} };
  },
};

/** Node 20 cannot read the other side's first windows from its settings, so both begin with what no test fills. */
const WINDOWS = { initialStreamFlowControlWindow: 2 ** 22, initialSessionFlowControlWindow: 2 ** 23 };

const HTTP2: Network = {
  name: "HTTP/2",
  serve: (engine) => serveFailsComponents(engine, "Http2Server", { forceReliable: true, ...WINDOWS }),
};

const HTTP3: Network = {
  name: "HTTP/3",
  serve: (engine) => serveFailsComponents(engine, "Http3Server", { requireUnreliable: true }),
};

/** HTTP/3 needs a native module, which cannot be had everywhere. */
export const NETWORKS: readonly Network[] = hasQuic() ? [IN_PROCESS, HTTP2, HTTP3] : [IN_PROCESS, HTTP2];

function hasQuic(): boolean {
  try {
    import.meta.resolve("@fails-components/webtransport-transport-http3-quiche");
    return true;
  } catch {
    return false;
  }
}

async function serveFailsComponents(
  engine: Server,
  kind: "Http2Server" | "Http3Server",
  clientOptions: object,
): Promise<ServedEngine> {
  const library = await loadQuietly();
  const { cert, key, hash } = makeCertificate();
  const http = new library[kind]({
    port: 0,
    host: "127.0.0.1",
    secret: "secret",
    cert,
    privKey: key,
    ...WINDOWS,
  });
  http.startServer();
  await http.ready;
  const port = http.address()?.port;
  const serving = handOver(http.sessionStream("/engine.io/"), engine);

  class RealWebTransport {
    constructor(url: string) {
      const { pathname } = new URL(url);
      const serverCertificateHashes = [{ algorithm: "sha-256", value: new Uint8Array(hash) }];
      // biome-ignore lint/correctness/noConstructorReturn: what stands for the browser's class gives the library's object.
      return new library.WebTransport(`https://127.0.0.1:${port}${pathname}`, {
        serverCertificateHashes,
        ...clientOptions,
      });
    }
  }
  return {
    WebTransport: RealWebTransport as unknown as WebTransportClass,
    async close() {
      http.stopServer();
      await http.closed;
      await serving;
    },
  };
}

type Library = typeof import("@fails-components/webtransport");

async function handOver(
  sessions: ReturnType<InstanceType<Library["HttpServer"]>["sessionStream"]>,
  engine: Server,
): Promise<void> {
  for await (const session of sessions) void engine.onWebTransportSession(session);
}

/** Where its part for QUIC is missing, the library says so on the console. Here that is known already. */
async function loadQuietly(): Promise<Library> {
  const { error, log } = console;
  console.error = console.log = () => {};
  try {
    const library = await import("@fails-components/webtransport");
    await library.quicheLoaded;
    await new Promise(setImmediate);
    return library;
  } finally {
    Object.assign(console, { error, log });
  }
}
