import type { ConnectionSink } from "../../src/connection-sink.ts";

export type Recorded =
  | readonly ["text", string]
  | readonly ["binary" | "ping" | "pong", string]
  | readonly ["close", number, string, string | undefined];

/** A sink that keeps what it hears, binary data as hex, and can be waited for. */
export class Recorder implements ConnectionSink {
  readonly events: Recorded[] = [];
  #waiting: (() => void)[] = [];
  /** Called with each message, for tests that answer. */
  onMessage: (data: string | Buffer) => void = () => {};

  onText(text: string): void {
    this.#record(["text", text]);
    this.onMessage(text);
  }
  onBinary(data: Buffer): void {
    this.#record(["binary", data.toString("hex")]);
    this.onMessage(data);
  }
  onPing(data: Buffer): void {
    this.#record(["ping", data.toString("hex")]);
  }
  onPong(data: Buffer): void {
    this.#record(["pong", data.toString("hex")]);
  }
  onClose(code: number, reason: string, error?: Error): void {
    const fault = error === undefined ? undefined : ((error as { code?: string }).code ?? error.message);
    this.#record(["close", code, reason, fault]);
  }

  /** Resolves once `count` events have come. */
  async wait(count: number): Promise<readonly Recorded[]> {
    while (this.events.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.events;
  }

  /** Resolves to the close event. */
  async closed(): Promise<Recorded> {
    for (;;) {
      const last = this.events.at(-1);
      if (last?.[0] === "close") return last;
      await this.wait(this.events.length + 1);
    }
  }

  #record(event: Recorded): void {
    this.events.push(event);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
