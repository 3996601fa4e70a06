import { Mailbox } from "./mailbox.ts";
import type { Answer, FromNode, Notice, Request, SocketView, Step, Target } from "./node/messages.ts";

/** The way to a node: a process of its own, or a worker behind its primary. */
export interface NodeLink {
  send(request: Request): void;
}

const SERVER: Target = { of: "server" };

type Told = Extract<Notice, { args: unknown }>;

/** A node, seen from the test. */
export class NodeHandle {
  readonly name: string;
  readonly #link: NodeLink;
  readonly #notices: Mailbox<Notice>;
  readonly #answers: Mailbox<Answer>;
  #requests = 0;
  #ready: { readonly port: number; readonly pid: number } | undefined;

  constructor(name: string, link: NodeLink) {
    this.name = name;
    this.#link = link;
    this.#notices = new Mailbox(`node ${name}`);
    this.#answers = new Mailbox(`node ${name}`);
  }

  get port(): number {
    return this.#readiness().port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  hear(message: FromNode["message"]): void {
    if ("answers" in message) this.#answers.put(message);
    else this.#notices.put(message);
  }

  async ready(): Promise<this> {
    const notice = await this.#notices.take(
      "being ready",
      (item) => item.notice === "ready" || item.notice === "fault",
    );
    if (notice.notice === "fault") throw new Error(`node ${this.name} did not start: ${notice.error}`);
    if (notice.notice === "ready") this.#ready = notice;
    return this;
  }

  /** The next server-side event that it got. */
  async event(kind: Told["notice"]): Promise<readonly unknown[]> {
    const { args } = await this.#notices.take(
      `a notice of ${kind}`,
      (item): item is Told => item.notice === kind,
    );
    return args;
  }

  /** Resolves when it has noticed that this socket is gone. */
  async lost(socketId: string): Promise<void> {
    await this.#notices.take("a loss", (item) => item.notice === "lost" && item.socketId === socketId);
  }

  /** The errors that nobody on the node caught until now. */
  takeFaults(): readonly string[] {
    return this.#notices.takeAll().flatMap((item) => (item.notice === "fault" ? [item.error] : []));
  }

  /** Takes steps on the server: `run(["to", "room"], ["emit", "event"])` is `io.to("room").emit("event")`. */
  run(...steps: readonly Step[]): Promise<unknown> {
    return this.on(SERVER, ...steps);
  }

  /** Takes steps on something else. @throws {RemoteFault} when the last one does, or is rejected. */
  async on(target: Target, ...steps: readonly Step[]): Promise<unknown> {
    const request = ++this.#requests;
    this.#link.send({ request, target, steps });
    const answer = await this.#answers.take(
      `the answer to ${steps.map(([name]) => name).join(" ")}`,
      ({ answers }) => answers === request,
    );
    if ("fault" in answer) throw new RemoteFault(answer.fault, answer.responses);
    return answer.value;
  }

  /** The sockets that `fetchSockets` gives after these steps, by name. */
  async fetch(...steps: readonly Step[]): Promise<readonly SocketView[]> {
    return (await this.run(...steps, ["fetchSockets"])) as SocketView[];
  }

  kill(): void {
    process.kill(this.#readiness().pid, "SIGKILL");
  }

  #readiness() {
    if (this.#ready === undefined) throw new Error(`node ${this.name} is not ready yet`);
    return this.#ready;
  }
}

/** What a call on a node threw or was rejected with. */
export class RemoteFault extends Error {
  readonly responses: unknown;

  constructor(message: string, responses: unknown) {
    super(message);
    this.responses = responses;
  }
}
