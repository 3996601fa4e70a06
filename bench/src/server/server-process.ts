import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type AppName, PeerAbsent } from "../peers/peer.ts";
import type { ServerOrder, ServerReport, Usage } from "./messages.ts";
import { pinToCore, SERVER_CORE } from "./pin.ts";
import { serverEnvironment } from "./server-environment.ts";

const HOST = fileURLToPath(new URL("./host.ts", import.meta.url));
const LOADER = new URL("./typescript-loader.mjs", import.meta.url).href;
/** The same for every server, whether its code is ours or not: nobody gains or pays by them. */
const NODE_FLAGS = ["--conditions=towline-source", "--enable-source-maps", "--expose-gc", "--import", LOADER];

const START_TIMEOUT_MS = 30_000;
const REPORT_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 2_000;
const OUTPUT_LIMIT_CHARACTERS = 8_192;

/** The server process did not start, died or fell silent. The message holds what it printed. */
export class ServerFailure extends Error {
  override readonly name = "ServerFailure";
}

/** A server under test in a process of its own. */
export class ServerProcess {
  readonly #peerName: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = "";
  #port = 0;

  private constructor(peerName: string, app: AppName, signal: AbortSignal) {
    this.#peerName = peerName;
    this.#child = fork(HOST, [peerName, app], {
      execArgv: NODE_FLAGS,
      env: serverEnvironment(process.env),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      signal,
      killSignal: "SIGKILL",
    });
    if (this.#child.pid !== undefined) pinToCore(this.#child.pid, SERVER_CORE);
    this.#ended = new Promise((resolve) => {
      this.#child.once("close", () => resolve());
    });
    // Without a listener the abort would be thrown; whoever waits for the process sees it go.
    this.#child.on("error", () => {});
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_LIMIT_CHARACTERS);
      });
  }

  /**
   * Starts the app `app` of the peer named `peerName`.
   *
   * @param signal kills the process when aborted.
   * @throws {PeerAbsent} when the peer cannot run on this machine.
   * @throws {ServerFailure} with the output of the process when it does not get ready within 30 s.
   */
  static async start(peerName: string, app: AppName, signal: AbortSignal): Promise<ServerProcess> {
    const server = new ServerProcess(peerName, app, signal);
    try {
      const report = await server.#report(["ready", "absent"], "start", START_TIMEOUT_MS);
      if (report.type === "absent") throw new PeerAbsent(report.why);
      server.#port = report.port;
      return server;
    } catch (cause) {
      await server.stop();
      throw cause;
    }
  }

  get port(): number {
    return this.#port;
  }

  /** How the process ended, if not well, and what it printed last. */
  get lastWords(): string {
    const { exitCode, signalCode } = this.#child;
    const end = exitCode === 0 ? "" : exitCode === null ? signalCode : `exit code ${exitCode}`;
    return [end, this.#output.trim()].filter(Boolean).join("\n");
  }

  usage(): Promise<Usage> {
    return this.#askForUsage("usage");
  }

  /** The usage once the process has collected all garbage. */
  usageAfterCollection(): Promise<Usage> {
    return this.#askForUsage("collect");
  }

  /** Ends the process, by force if it does not obey within two seconds. Idempotent. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    this.#order("stop");
    await this.#ended;
    clearTimeout(timer);
  }

  async #askForUsage(order: ServerOrder): Promise<Usage> {
    const answer = this.#report(["usage"], "report its usage", REPORT_TIMEOUT_MS);
    this.#order(order);
    return (await answer).usage;
  }

  #order(order: ServerOrder): void {
    if (this.#child.connected) this.#child.send(order, () => {});
  }

  #report<T extends ServerReport["type"]>(
    types: readonly T[],
    task: string,
    timeoutMs: number,
  ): Promise<Extract<ServerReport, { type: T }>> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        child.off("message", onMessage);
      };
      const fail = (why: string) => {
        finish();
        reject(new ServerFailure(`The server ${this.#peerName} did not ${task}: ${why}\n${this.lastWords}`));
      };
      const onMessage = (message: unknown) => {
        const report = message as ServerReport;
        if (!types.some((type) => type === report.type)) return;
        finish();
        resolve(report as Extract<ServerReport, { type: T }>);
      };
      const timer = setTimeout(() => fail(`no word within ${timeoutMs / 1000} s`), timeoutMs);
      child.on("message", onMessage);
      void this.#ended.then(() => fail("its process ended"));
    });
  }
}
