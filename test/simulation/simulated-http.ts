import type { HttpAnswer, HttpCall } from "../../packages/engine.io/src/transports/http-call.ts";
import type { BodyOutcome } from "../../packages/engine.io/src/transports/request-body.ts";
import type { HttpRequest, HttpSink } from "../../packages/engine.io-client/src/network.ts";
import type { PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import { abridge } from "./diagram.ts";
import type { Task } from "./scheduler.ts";
import type { World } from "./world.ts";

/** As the kernel and Node need, once a byte is there. */
const TICK_MS = 2;

/** Where a call is, as its server sees it. */
type ServerView = "unseen" | "arrived" | "answered" | "over";

/** One HTTP request on a connection of its own, and all that can happen to it. Both ends' view of it. */
export class SimulatedCall implements HttpCall {
  readonly method: string;
  readonly isBinary: boolean;
  readonly url: string;
  readonly #world: World;
  readonly #name: string;
  readonly #body: Buffer;
  readonly #dispatch: (call: SimulatedCall) => void;
  /** Gone once the client has been told, or wants to hear no more. */
  #sink: HttpSink | undefined;
  #view: ServerView = "unseen";
  #onOver: ((isWritten: boolean) => void) | undefined;
  #onBody: ((outcome: BodyOutcome) => void) | undefined;
  readonly #timeout: Task | undefined;
  /** The connection has broken in the middle of the body. */
  #isCut = false;

  constructor(
    world: World,
    number: number,
    { method, url, body, timeoutMs }: HttpRequest,
    sink: HttpSink,
    dispatch: (call: SimulatedCall) => void,
  ) {
    this.#world = world;
    this.method = method;
    this.url = url;
    this.#name = `${method} ${number}`;
    this.isBinary = body !== undefined && typeof body !== "string";
    this.#body = body === undefined ? NO_BODY : bytesOf(body);
    this.#sink = sink;
    this.#dispatch = dispatch;
    if (world.rows) world.note("up", `${this.#name} ${abridge(body)} ──▶`);
    if (timeoutMs !== undefined)
      this.#timeout = world.scheduler.timer(timeoutMs, () => this.#failAtClient("timed out"));
    this.#leave();
  }

  /** Whether the client still waits. */
  get isAwaited(): boolean {
    return this.#sink !== undefined;
  }

  /** Whether the server has yet to answer. */
  get isOwed(): boolean {
    return this.#view === "arrived";
  }

  get isGone(): boolean {
    return this.#view === "over";
  }

  abort(): void {
    if (this.#sink === undefined) return;
    const { random } = this.#world;
    this.#take();
    if (this.#world.rows) this.#world.note("up", `${this.#name} aborted ✕`);
    if (random.chance(this.#world.rates.halfOpen)) return;
    // The server hears of it later; the request, if it was under way, may still come in before.
    this.#world.deliver(this.#world.delay(), () => this.#breakAtServer());
  }

  // ---- as the server sees it

  whenOver(onEnd: (isWritten: boolean) => void): void {
    this.#onOver = onEnd;
  }

  readBody(limitBytes: number, onOutcome: (outcome: BodyOutcome) => void): () => void {
    const { scheduler, random, rates } = this.#world;
    if (this.#body.length > limitBytes) {
      this.#world.count("body too large");
      onOutcome({ kind: "too large" });
      return nothing;
    }
    this.#onBody = onOutcome;
    if (this.#isCut || this.isGone) this.#world.deliver(TICK_MS, () => this.#breakAtServer());
    else if (random.chance(rates.bodyStuck)) this.#world.count("body stuck");
    else scheduler.after(this.#bodyDelay(), () => this.#endBody({ kind: "complete", body: this.#body }));
    return () => {
      this.#onBody = undefined;
    };
  }

  answer({ status, body }: HttpAnswer): void {
    const world = this.#world;
    if (this.#view === "answered") world.violate("a request is answered once", this.#name);
    if (this.#view !== "arrived") return;
    this.#view = "answered";
    const { random, rates, scheduler } = world;
    if (world.rows) world.note("down", `◀── ${status} ${this.#name} ${abridge(body)}`);
    if (body === "6" || body === "1:6") world.count("poll released with noop");
    if (this.isBinary || typeof body !== "string") world.count("binary body");
    const bytes = bytesOf(body);
    let isWritten = true;
    if (random.chance(rates.answerLost)) {
      world.count("answer lost");
      isWritten = random.chance(0.5);
      world.deliver(world.delay(), () => this.#failAtClient("reset before the answer"));
    } else if (random.chance(rates.answerStuck)) world.count("answer stuck");
    else world.deliver(world.delay(), () => this.#arriveAtClient(status, bytes));
    const isQuick = isWritten && random.chance(0.9);
    scheduler.after(random.between(0, isQuick ? TICK_MS : 2 * world.delay()), () => this.#end(isWritten));
  }

  /** Until the whole body is there. */
  #bodyDelay(): number {
    const { random, rates } = this.#world;
    return random.chance(rates.slow) ? this.#world.delay() : random.between(0, TICK_MS);
  }

  // ---- under way

  #leave(): void {
    const world = this.#world;
    const { random, rates } = world;
    if (random.chance(rates.requestRefused)) {
      world.count("request refused");
      world.deliver(world.delay(), () => this.#failAtClient("refused"));
    } else if (random.chance(rates.requestStuck)) world.count("request stuck");
    else world.deliver(world.delay(), () => this.#arrive());
  }

  #arrive(): void {
    const world = this.#world;
    const { random, rates } = world;
    if (this.#view !== "unseen") return;
    this.#view = "arrived";
    if (this.#body.length > 0 && random.chance(rates.bodyCut)) {
      world.count("body cut");
      this.#isCut = true;
      world.deliver(world.delay(), () => this.#failAtClient("reset"));
    } else if (random.chance(rates.resetWaiting)) this.#resetIn(world.delay());
    if (world.rows) world.note("down", `──▶ ${this.#name}`);
    if (!random.chance(rates.middleware)) this.#dispatch(this);
    else {
      world.count("slow middleware");
      world.scheduler.after(world.delay(), () => this.#dispatch(this));
    }
  }

  /** The connection breaks in a while, if no answer has gone over it by then. */
  #resetIn(delayMs: number): void {
    const world = this.#world;
    world.deliver(delayMs, () => {
      if (this.#view !== "arrived") return;
      world.count("reset while waiting");
      if (world.rows) world.note("up", `       ✕ ${this.#name} reset ✕`);
      const oneIsDeaf = world.random.chance(world.rates.halfOpen);
      const clientIsDeaf = oneIsDeaf && world.random.chance(0.5);
      if (!clientIsDeaf) world.deliver(world.delay(), () => this.#failAtClient("reset"));
      if (!oneIsDeaf || clientIsDeaf) world.deliver(world.delay(), () => this.#breakAtServer());
    });
  }

  #breakAtServer(): void {
    // Two events: a listener that throws in the first does not stop the second.
    try {
      this.#endBody({ kind: "aborted" });
    } finally {
      this.#end(false);
    }
  }

  #endBody(outcome: BodyOutcome): void {
    const onBody = this.#onBody;
    this.#onBody = undefined;
    if (onBody === undefined) return;
    // What had come before a silence may be looked at in it.
    this.#world.noteSign();
    if (this.#world.rows) this.#world.note("server", `${this.#name} body ${outcome.kind}`);
    onBody(outcome);
  }

  #end(isWritten: boolean): void {
    if (this.#view === "over") return;
    this.#view = "over";
    const onOver = this.#onOver;
    this.#onOver = undefined;
    if (this.#world.rows && !isWritten) this.#world.note("server", `${this.#name} connection lost`);
    onOver?.(isWritten);
  }

  #failAtClient(why: string): void {
    const sink = this.#take();
    if (sink === undefined) return;
    if (this.#world.rows) this.#world.note("up", `✕ ${this.#name} ${why}`);
    sink.onError(new Error(why));
  }

  #arriveAtClient(status: number, body: Uint8Array): void {
    const sink = this.#take();
    if (sink === undefined) return;
    if (this.#world.rows) this.#world.note("up", `◀── ${status} ${this.#name}`);
    sink.onResponse(status, body);
  }

  #take(): HttpSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#world.scheduler.cancel(this.#timeout);
    return sink;
  }
}

const NO_BODY = Buffer.alloc(0);

/** Copied, as a network does. */
const bytesOf = (body: PacketData): Buffer =>
  typeof body === "string" ? Buffer.from(body) : Buffer.from(body);

function nothing(): void {
  // The outcome has been told already.
}
