import type { Clock, TimerHandle } from "@towline/core";

/** Gathers changes for a moment, so that a hundred people coming at once are one announcement, not a hundred. */
export class Announcements {
  static readonly delayMs = 40;
  readonly #clock: Clock;
  readonly #announce: (rooms: ReadonlySet<string>) => void;
  #changed = new Set<string>();
  #timer: TimerHandle | undefined;

  constructor(clock: Clock, announce: (rooms: ReadonlySet<string>) => void) {
    this.#clock = clock;
    this.#announce = announce;
  }

  /** The members of `room` changed. */
  changed(room: string): void {
    this.#changed.add(room);
    this.#timer ??= this.#clock.setTimeout(() => this.#flush(), Announcements.delayMs);
  }

  close(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
  }

  #flush(): void {
    const rooms = this.#changed;
    this.#changed = new Set();
    this.#timer = undefined;
    this.#announce(rooms);
  }
}
