/** Plays a script to a server. The outcome is a transcript: what each client heard, then what the application did. */
import type { Turns } from "../differential/turns.ts";
import { type Carrier, Heard } from "./client.ts";
import { Host, type Side } from "./host.ts";
import { openPolling } from "./polling-carrier.ts";
import type { Group, Script, Step, Way } from "./step.ts";
import { openWebSocket } from "./websocket-carrier.ts";

/** Long beside what anything takes, so that it is over only when nothing comes. */
const PATIENCE_MS = 1_500;

const OPEN = { polling: openPolling, websocket: openWebSocket } as const;

export async function play(
  script: Script,
  side: Side,
  group: Omit<Group, "scripts">,
  turns: Turns,
): Promise<readonly string[]> {
  const host = await Host.start(side, group);
  const performance = new Performance(host, turns);
  try {
    for (const step of script.steps) {
      await performance.perform(step);
      await turns.pass();
    }
    return await performance.finish();
  } finally {
    performance.destroy();
    await host.close();
  }
}

class Performance {
  readonly #host: Host;
  readonly #turns: Turns;
  readonly #heard = new Map<string, Heard>();
  readonly #carriers = new Map<string, Carrier>();

  constructor(host: Host, turns: Turns) {
    this.#host = host;
    this.#turns = turns;
  }

  async perform(step: Step): Promise<void> {
    switch (step.do) {
      case "open":
        await this.#open(step.on, step.way);
        break;
      case "say":
        this.#carrier(step.on).send(step.messages.map((message) => this.#fill(message)));
        break;
      case "leave":
        this.#carrier(step.on).leave(step.how);
        break;
      case "server":
        step.act(this.#host.application);
        break;
      case "hear":
        await this.#hear(step.on, step.start);
        break;
    }
  }

  async finish(): Promise<readonly string[]> {
    const alive = new Map<string, boolean>();
    for (const [on, carrier] of this.#carriers) alive.set(on, await carrier.isAlive());
    await this.#turns.pass();
    const ofClients = [...this.#heard].flatMap(([on, { lines, isClosed }]) =>
      [...lines, ...(isClosed ? [] : [alive.get(on) ? "open" : "gone"])].map((line) => `${on}: ${line}`),
    );
    const ofServer = this.#host.application.lines.map((line) => `server: ${line}`);
    // The longer first: one may begin with another.
    const names = [...this.#names()].sort(([, one], [, other]) => other.length - one.length);
    return [...ofClients, ...ofServer].map((line) =>
      names.reduce((text, [name, given]) => text.replaceAll(given, `<${name}>`), line),
    );
  }

  destroy(): void {
    for (const carrier of this.#carriers.values()) carrier.destroy();
  }

  async #open(on: string, way: Way): Promise<void> {
    const heard = new Heard();
    this.#heard.set(on, heard);
    this.#carriers.set(on, await OPEN[way.transport](this.#host.port, way, heard));
  }

  async #hear(on: string, start: string): Promise<void> {
    const place = on === "server" ? this.#host.application : this.#heard.get(on);
    if (place === undefined) throw new Error(`No client ${on}`);
    const deadline = Date.now() + PATIENCE_MS;
    while (!place.lines.some((line) => line.startsWith(start))) {
      const left = deadline - Date.now();
      if (left <= 0) {
        place.lines.push(`(no ${start} came)`);
        return;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        place.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #carrier(on: string): Carrier {
    const carrier = this.#carriers.get(on);
    if (carrier === undefined) throw new Error(`No client ${on}`);
    return carrier;
  }

  /** What the servers give as they like, in the order in which the clients learnt it. */
  #names(): ReadonlyMap<string, string> {
    const heard = [...this.#heard.values()];
    const ids = heard.flatMap((client) => client.ids);
    const offsets = heard.flatMap((client) => client.offsets);
    return new Map([
      ...ids.map((id, index) => [`id ${index + 1}`, id] as const),
      ...offsets.map((offset, index) => [`offset ${index + 1}`, offset] as const),
    ]);
  }

  /** `{id 1}` stands for the first id that a client learnt, `{offset 1}` for the first offset. */
  #fill(message: string | Buffer): string | Buffer {
    if (typeof message !== "string" || !/\{(id|offset) /.test(message)) return message;
    const names = this.#names();
    return message.replace(/\{((?:id|offset) \d+)\}/g, (_, name: string) => names.get(name) ?? "not-there");
  }
}
