import type { PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import { abridge } from "./diagram.ts";
import { areEqual, makeMessage } from "./messages.ts";
import type { Ending, Side } from "./scenario.ts";
import type { World } from "./world.ts";

/** All that an application needs of its end of the session. */
export interface Port {
  readonly state: string;
  /** Whether what is sent now is to arrive, unless a close is reported. */
  readonly accepts: boolean;
  /** @param onSent called when the session says that the message has gone. */
  send(data: PacketData, onSent: () => void): void;
  close(ending: Ending): void;
}

/** So that listeners that answer each other come to an end. */
const MOST_MESSAGES = 80;

/** What an application's listener throws: its own affair, which must hold nothing up. */
export class ListenerError extends Error {}

/** Uses one end of a session: sends numbered messages, checks those that come, closes. */
export class Application {
  readonly side: Side;
  /** All that the session has accepted, in order. */
  readonly sent: PacketData[] = [];
  received = 0;
  /** Numbers of those sent that the session has said to have gone. */
  readonly gone = new Set<number>();
  /** Whether the session has said, after the last of them, that nothing waits. */
  isDrained = true;
  /** What the session has told of its upgrade. */
  upgrading = 0;
  upgraded = 0;
  /** Whether its listeners are there. */
  isListening = false;
  /** Of the session's close. */
  readonly reports: string[] = [];
  closedMs: number | undefined;
  /** Which state the application closed it in, and whether it did nothing worse than a graceful close. */
  closedAs: { readonly state: string; readonly isGraceful: boolean } | undefined;
  readonly #world: World;
  readonly #port: Port;

  constructor(world: World, side: Side, port: Port) {
    this.#world = world;
    this.side = side;
    this.#port = port;
  }

  get isClosed(): boolean {
    return this.reports.length > 0;
  }

  /** A message over the limit ends the session, which a sound network must not do. */
  get #sizeLimit(): number {
    const { random, scenario } = this.#world;
    const mayBe = scenario.faults === "light" || scenario.faults === "heavy";
    const isTooMuch = mayBe && random.chance(0.01);
    return isTooMuch ? Number.POSITIVE_INFINITY : scenario.maxPayload >> 2;
  }

  send(): void {
    const { random } = this.#world;
    if (this.sent.length >= MOST_MESSAGES) return;
    if (!this.#port.accepts) {
      this.#sendInVain();
      return;
    }
    const data = makeMessage(this.sent.length, random, this.#sizeLimit);
    this.sent.push(data);
    this.isDrained = false;
    const { state } = this.#port;
    if (state === "pausing") this.#world.count("sent by the client while pausing");
    if (state === "upgrading") this.#world.count("sent by the server while upgrading");
    if (this.#world.rows) this.#world.note(this.side, `send ${abridge(data, 16)}`);
    const number = this.sent.length - 1;
    this.#port.send(data, () => this.#onSent(number));
  }

  /** What is sent after a close is ignored. */
  #sendInVain(): void {
    this.#port.send("too late", () =>
      this.#world.violate("what is sent after a close is ignored", this.side),
    );
  }

  close(ending: Ending): void {
    const { state } = this.#port;
    if (this.isClosed) return;
    const isGraceful = ending === "graceful" && this.closedAs?.isGraceful !== false;
    this.closedAs = { state: this.closedAs?.state ?? state, isGraceful };
    this.#world.count(`${this.side} ${ending === "graceful" ? "closes" : "discards"} while ${state}`);
    if (this.#world.rows)
      this.#world.note(this.side, `${ending === "graceful" ? "close()" : "discard"} while ${state}`);
    this.#port.close(ending);
    if (this.#port.accepts || (ending === "discard" && !this.isClosed))
      this.#world.violate("a close takes effect at once", `the ${this.side}, closed while ${state}`);
  }

  /** A listener is called: it may send, close, or throw, then and there. */
  react(): void {
    const { random, scenario, scheduler } = this.#world;
    if (!this.isListening || scheduler.nowMs > scenario.activeMs) return;
    if (random.chance(scenario.listenerSends)) {
      this.#world.count("sent by a listener");
      this.send();
    }
    if (random.chance(scenario.listenerCloses)) this.close(random.chance(0.7) ? "graceful" : "discard");
    if (random.chance(scenario.listenerThrows)) {
      this.#world.count("a listener throws");
      if (this.#world.rows) this.#world.note(this.side, "a listener throws");
      throw new ListenerError(`a listener of the ${this.side}`);
    }
  }

  /** Checks a message that has come against all that was sent. */
  receive(data: PacketData, sent: readonly PacketData[]): void {
    const expected = sent[this.received];
    if (this.#world.rows) this.#world.note(this.side, `got ${abridge(data, 16)}`);
    if (!areEqual(data, expected))
      this.#world.violate(
        "each side receives a prefix of what the other sent",
        `the ${this.side} got ${abridge(data)} where number ${this.received}, ${abridge(expected) || "nothing"}, was due`,
      );
    this.received++;
    this.#world.scheduler.mix(this.received);
    this.react();
  }

  onUpgrading(): void {
    this.hears("upgrading");
    this.upgrading++;
    this.react();
  }

  onUpgrade(): void {
    this.hears("upgrade");
    if (this.upgrading === 0 || this.upgraded > 0)
      this.#world.violate("an upgrade is told of, from its beginning to its end, once", this.side);
    this.upgraded++;
    this.react();
  }

  onDrain(): void {
    this.hears("drain");
    this.isDrained = true;
    this.react();
  }

  /** The session reports its close. */
  onClose(reason: string): void {
    this.reports.push(reason);
    this.closedMs ??= this.#world.scheduler.nowMs;
    this.#world.count(`${this.side} closed: ${reason}`);
    if (this.#world.rows) this.#world.note(this.side, `closed: ${reason}`);
    if (this.reports.length > 1)
      this.#world.violate("a close is reported once", `${this.side}: ${this.reports.join(", ")}`);
    this.react();
  }

  #onSent(number: number): void {
    if (this.gone.has(number))
      this.#world.violate("what is sent is told of once", `${this.side}: number ${number}`);
    this.gone.add(number);
    this.react();
  }

  /** Nothing is told after the close. */
  hears(what: string): void {
    if (this.isClosed)
      this.#world.violate("nothing is told after the close", `the ${this.side} heard ${what}`);
  }
}
