/** Plays a script to a server. The outcome is a transcript: what each connection heard, then what the server did. */
import type { Host } from "./host.ts";
import type { Script, Step } from "./step.ts";
import type { Turns } from "./turns.ts";
import { Wire } from "./wire.ts";

let played = 0;

export async function play(script: Script, host: Host, turns: Turns): Promise<readonly string[]> {
  const performance = new Performance(`script-${++played}`, host, turns);
  for (const step of script.steps) await performance.perform(step);
  return performance.finish();
}

class Performance {
  readonly #name: string;
  readonly #host: Host;
  readonly #turns: Turns;
  readonly #wires = new Map<string, Wire>();
  #eventsHeard = 0;

  constructor(name: string, host: Host, turns: Turns) {
    this.#name = name;
    this.#host = host;
    this.#turns = turns;
    host.events.begin(name);
  }

  async perform(step: Step): Promise<void> {
    const { events } = this.#host;
    switch (step.do) {
      case "say":
        this.#wire(step.on).say(this.#fill(step.bytes));
        break;
      case "hear":
        await this.#wire(step.on).hear(step.what, step.count);
        break;
      case "hearEnd":
        await this.#wire(step.on).hearEnd();
        break;
      case "leave":
        this.#wire(step.on).leave(step.how);
        break;
      case "server":
        events.perform(this.#name, step.action);
        break;
      case "event":
        this.#eventsHeard = await events.hear(this.#name, step, this.#eventsHeard);
        break;
      case "settle":
        await this.#turns.pass();
        break;
    }
  }

  async finish(): Promise<readonly string[]> {
    await this.#turns.pass();
    const { events } = this.#host;
    const ids = events.idsOf(this.#name);
    const heard = [...this.#wires].flatMap(([on, wire]) => wire.finish().map((line) => `${on}: ${line}`));
    const transcript = [...heard, ...events.linesOf(this.#name).map((line) => `server: ${line}`)];
    events.finish(this.#name);
    return transcript.map((line) => ids.reduce(withoutId, line));
  }

  #wire(on: string): Wire {
    const wire = this.#wires.get(on) ?? new Wire(this.#host.port);
    this.#wires.set(on, wire);
    return wire;
  }

  /** Puts in what only the performance knows: its own name, and the ids that the server gave. */
  #fill(bytes: string | Buffer): Buffer {
    const text = Buffer.from(bytes as string).toString("latin1");
    if (!text.includes("{s")) return Buffer.from(text, "latin1");
    const ids = this.#host.events.idsOf(this.#name);
    const filled = text
      .replaceAll("{script}", this.#name)
      .replace(/\{sid(\d?)\}/g, (_, which) => ids[which === "" ? 0 : Number(which) - 1] ?? "no-session");
    return Buffer.from(filled, "latin1");
  }
}

/** In text, and in bytes that are shown as hex. */
function withoutId(line: string, id: string, index: number): string {
  const name = index === 0 ? "<sid>" : `<sid${index + 1}>`;
  return line.replaceAll(id, name).replaceAll(Buffer.from(id).toString("hex"), name);
}
