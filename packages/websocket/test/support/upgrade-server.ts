import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type AcceptOptions, acceptUpgrade } from "../../src/accept-upgrade.ts";
import type { Connection } from "../../src/connection.ts";
import { HandshakeError } from "../../src/errors.ts";
import { refuseUpgrade } from "../../src/refuse-upgrade.ts";
import { Recorder } from "./recorder.ts";

export interface Accepted {
  readonly connection: Connection;
  readonly recorder: Recorder;
}

/** An HTTP server that accepts every valid upgrade and hands the connections out in their order. */
export class UpgradeServer {
  readonly http: Server;
  /** Called in the very tick of the upgrade. */
  onAccepted: (accepted: Accepted) => void = () => {};
  readonly #accepted: Accepted[] = [];
  #wake: (() => void) | undefined;

  private constructor(http: Server) {
    this.http = http;
  }

  static async listen(options: AcceptOptions = {}): Promise<UpgradeServer> {
    const http = createServer();
    const server = new UpgradeServer(http);
    http.on("upgrade", (request, socket, head) => {
      const recorder = new Recorder();
      try {
        const connection = acceptUpgrade(request, socket, head, options, recorder);
        server.onAccepted({ connection, recorder });
        server.#accepted.push({ connection, recorder });
        server.#wake?.();
      } catch (error) {
        if (!(error instanceof HandshakeError)) throw error;
        refuseUpgrade(socket, error.status, error.message, error.headers);
      }
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return server;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** The next connection accepted. */
  async accepted(): Promise<Accepted> {
    for (;;) {
      const next = this.#accepted.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits for every connection to be gone: a leak fails the test. */
  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
