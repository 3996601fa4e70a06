/** What a run may do, for the tests to see that runs do all of it. Closes, by the state they found, have names of their own. */
export type Fact =
  | "run"
  | "revision 3"
  | "revision 4"
  | "revision found out"
  | "upgraded"
  | "upgrade failed at the client"
  | "upgrade failed at the server"
  | "upgrade timed out at the server"
  | "candidate came too late"
  | "poll released with noop"
  | "poll released with messages"
  | "sent by the client while pausing"
  | "sent by the server while upgrading"
  | "sent by a listener"
  | "a listener throws"
  | "late data"
  | "received over polling"
  | "received over websocket"
  | "batch of several"
  | "binary body"
  | "websocket refused"
  | "websocket never answered"
  | "websocket reset"
  | "websocket reset after the probe"
  | "websocket stalled"
  | "upgrade failed while pausing"
  | "request refused"
  | "request stuck"
  | "body stuck"
  | "body cut"
  | "body too large"
  | "reset while waiting"
  | "reset while probing"
  | "answer lost"
  | "answer stuck"
  | "slow delivery"
  | "slow middleware"
  | "network fell silent"
  | "request of a closed session"
  | "next transport tried"
  | "everything arrived"
  | "everything arrived before a goodbye"
  | `${"client" | "server"} ${"closes" | "discards"} while ${string}`
  | `${"client" | "server"} closed: ${string}`;

export class Coverage {
  readonly #counts = new Map<string, number>();

  count(fact: Fact): void {
    this.#counts.set(fact, (this.#counts.get(fact) ?? 0) + 1);
  }

  of(fact: Fact): number {
    return this.#counts.get(fact) ?? 0;
  }

  /** All that was counted, by name. */
  toString(): string {
    const lines = [...this.#counts].sort().map(([fact, count]) => `${String(count).padStart(9)}  ${fact}`);
    return lines.join("\n");
  }
}
