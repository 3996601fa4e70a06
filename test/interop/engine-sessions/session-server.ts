import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Report } from "./report.ts";

const HOST = fileURLToPath(new URL("./host.ts", import.meta.url));
/** Code that has not run for a while stays compiled, lest the heap measure what V8 has thrown away. */
const NODE_FLAGS = ["--conditions=towline-source", "--expose-gc", "--no-flush-bytecode", "--import", "tsx"];

/** Our server in a process of its own, so that its heap holds nothing of the clients. */
export class SessionServer {
  readonly #child: ChildProcess = fork(HOST, { execArgv: NODE_FLAGS });

  static async start(): Promise<SessionServer> {
    const server = new SessionServer();
    await server.#word();
    return server;
  }

  async report(): Promise<Report> {
    const report = this.#word();
    this.#child.send("report");
    return (await report) as Report;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  /** @throws {Error} when the process ends instead; it has said why on the standard error. */
  async #word(): Promise<unknown> {
    const listening = new AbortController();
    const { signal } = listening;
    const word = once(this.#child, "message", { signal }).then(([message]) => message);
    const end = once(this.#child, "exit", { signal }).then(([code]) => {
      throw new Error(`the server ended with code ${code}`);
    });
    try {
      return await Promise.race([word, end]);
    } finally {
      // Neither listener is to stay, and that they are taken away is no failure.
      for (const left of [word, end]) left.catch(() => {});
      listening.abort();
    }
  }
}
