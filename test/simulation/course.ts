import { ListenerError } from "./application.ts";
import { checkEnd, checkQuiet, isSettled } from "./checks.ts";
import { ClientEnd } from "./client-end.ts";
import { Host } from "./host.ts";
import { Network } from "./network.ts";
import type { Parts } from "./parts.ts";
import type { PlannedClose } from "./scenario.ts";
import { checkStep } from "./step-checks.ts";
import type { World } from "./world.ts";

/** Of the client's probe; nothing sets it. */
const PROBE_TIMEOUT_MS = 20_000;
const SLOWEST_DELIVERY_MS = 10_000;
/** Many times what the longest run takes. */
const MOST_STEPS = 100_000;

/** One run: the applications at work, the silence after, the close, and what is left then. */
export class Course {
  readonly world: World;
  readonly client: ClientEnd;
  readonly host: Host;
  readonly network: Network;
  readonly #drain: () => void;
  #steps = 0;

  constructor(world: World, parts: Parts, drain: () => void) {
    this.world = world;
    this.#drain = drain;
    this.network = new Network(world, () => this.host);
    this.client = new ClientEnd(
      world,
      parts,
      this.network,
      (sid) => this.host.find(sid)?.application.sent ?? [],
    );
    this.host = new Host(world, parts, this.client.application.sent);
  }

  run(): void {
    const { world } = this;
    world.count("run");
    this.#planWork();
    this.#act(() => this.client.session.open());
    this.#proceed(world.scenario.activeMs, false);
    this.#proceed(world.scheduler.nowMs + this.#longestMs(), true);
    if (world.violation === undefined) checkQuiet(this);
    for (const planned of world.scenario.farewell) this.#planClose(planned);
    this.#proceed(world.scheduler.nowMs + this.#longestMs(), false);
    if (world.violation === undefined) checkEnd(this);
  }

  /** Whatever the two are at, it is over after that time. */
  #longestMs(): number {
    const { pingIntervalMs, pingTimeoutMs, closeTimeoutMs, openTimeoutMs, upgradeTimeoutMs } =
      this.world.scenario;
    return (
      2 * (pingIntervalMs + pingTimeoutMs) +
      closeTimeoutMs +
      openTimeoutMs +
      upgradeTimeoutMs +
      PROBE_TIMEOUT_MS +
      SLOWEST_DELIVERY_MS
    );
  }

  #planWork(): void {
    const { scheduler, scenario, random, rates } = this.world;
    for (const atMs of scenario.sendsMs.client) scheduler.after(atMs, () => this.client.application.send());
    for (const atMs of scenario.sendsMs.server) scheduler.after(atMs, () => this.#peer?.application.send());
    for (const planned of scenario.closes) this.#planClose(planned);
    if (random.chance(rates.silence))
      scheduler.after(random.between(0, scenario.activeMs), () => this.#fallSilent());
  }

  #planClose({ atMs, side, ending }: PlannedClose): void {
    this.world.scheduler.after(atMs, () => {
      const end = side === "client" ? this.client : this.#peer;
      end?.application.close(ending);
    });
  }

  /** The session of the server that its application would use. */
  get #peer() {
    const { sessions } = this.host;
    return sessions[sessions.length - 1];
  }

  #fallSilent(): void {
    this.world.count("network fell silent");
    this.world.note("up", "~ ~ ~ nothing is delivered any more ~ ~ ~");
    this.world.isSilent = true;
    this.world.noteSign();
  }

  #proceed(untilMs: number, endsWhenSettled: boolean): void {
    const { world } = this;
    let goesOn = true;
    while (goesOn && world.violation === undefined && !(endsWhenSettled && isSettled(this)))
      this.#act(() => {
        goesOn = world.scheduler.step(untilMs);
        if (++this.#steps > MOST_STEPS)
          world.violate("a run comes to its end", `not after ${MOST_STEPS} steps`);
      });
    world.scheduler.nowMs = Math.max(world.scheduler.nowMs, endsWhenSettled ? 0 : untilMs);
  }

  /** True when a listener threw. */
  #try(step: () => void): boolean {
    try {
      step();
    } catch (error) {
      if (error instanceof ListenerError) return true;
      this.world.violate("nothing throws", (error as Error).stack ?? String(error));
    }
    return false;
  }

  /** Does one thing, and all that is to be done at once because of it. */
  #act(step: () => void): void {
    this.#try(step);
    while (this.#try(this.#drain));
    checkStep(this);
  }
}
