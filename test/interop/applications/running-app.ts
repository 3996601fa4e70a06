import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** An application in a process of its own, which says where it listens. */
export class RunningApp {
  readonly #process: ChildProcess;
  #output = "";
  #onOutput: () => void = () => {};
  url = "";

  /** @param nodeOptions what Node is told before the file's name. */
  static async start(folder: string, name: string, nodeOptions: readonly string[] = []): Promise<RunningApp> {
    const app = new RunningApp(folder, name, nodeOptions);
    const [, port] = await app.#says(/^listening on (\d+)$/m);
    app.url = `http://127.0.0.1:${port}`;
    return app;
  }

  private constructor(folder: string, name: string, nodeOptions: readonly string[]) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#process = spawn(process.execPath, [...nodeOptions, join(folder, `${name}.mjs`)], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk;
        this.#onOutput();
      });
    this.#process.once("close", () => this.#onOutput());
  }

  /** Tells the process to end, and resolves when it has closed everything and ended by itself. */
  async endsByItself(): Promise<number | null> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await this.#says(/^closed$/m);
    return (await ended)[0] as number | null;
  }

  /** Ends the process, if it is still there. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }

  #says(line: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#onOutput = () => {
        const found = line.exec(this.#output);
        if (found !== null) resolve(found);
        else if (this.#process.exitCode !== null) reject(new Error(`The application ended: ${this.#output}`));
      };
      this.#onOutput();
    });
  }
}
