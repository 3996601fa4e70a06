import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";

/** How long a worker may take to end before it is killed. */
const END_LIMIT_MS = 3_000;

/** A worker that does not even start is not replaced at once, or it would be an endless loop at full speed. */
const PAUSE_MS = 1_000;

/** Keeps a number of workers alive: each that dies is replaced. */
export class WorkerPool {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #workers = new Set<Worker>();
  #isClosing = false;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** Resolves when all of them are ready. */
  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => once(this.#fork(), "message")));
  }

  /** Asks all of them to end, and waits until they have. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(Array.from(this.#workers, end));
  }

  #fork(): Worker {
    const worker = cluster.fork(this.#environment);
    this.#workers.add(worker);
    holdUntilReady(worker);
    // What is sent to a worker that was killed just now comes back as an error.
    worker.on("error", () => {});
    let pauseMs = PAUSE_MS;
    worker.once("message", () => {
      pauseMs = 0;
      console.log(`Worker ${worker.id} is ready: pid ${worker.process.pid}`);
    });
    worker.once("exit", (code, signal) => {
      this.#workers.delete(worker);
      if (this.#isClosing) return;
      console.log(`Worker ${worker.id} is gone (${signal ?? `code ${code}`}): starting another`);
      setTimeout(() => this.#isClosing || this.#fork(), pauseMs);
    });
    return worker;
  }
}

/**
 * The balancer chooses among all workers, and one that is still starting would lose the connections that it is given:
 * nobody listens there yet. They wait here for it, a second or two.
 */
function holdUntilReady(worker: Worker): void {
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean;
  const held: unknown[][] = [];
  worker.send = (...args: unknown[]) => {
    held.push(args);
    return true;
  };
  worker.once("message", () => {
    worker.send = send;
    for (const args of held) send(...args);
  });
}

async function end(worker: Worker): Promise<void> {
  const gone = once(worker, "exit");
  const timer = setTimeout(() => worker.process.kill("SIGKILL"), END_LIMIT_MS);
  worker.send("close");
  await gone;
  clearTimeout(timer);
}
