import type { Clock } from "../../packages/core/src/clock.ts";

/** Something that happens at a time; `run` is gone once it has happened or was cancelled. */
export interface Task {
  readonly dueMs: number;
  readonly order: number;
  readonly isTimer: boolean;
  run: (() => void) | undefined;
}

const isBefore = (one: Task, other: Task): boolean =>
  one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);

/** All that is to happen, in the order of its time, then of its planning. A binary heap: there are many short runs. */
export class Scheduler {
  nowMs = 0;
  /** Deliveries and deeds that are to come. Timers do not count: a heartbeat always waits for the next. */
  busy = 0;
  /** A number that the whole course so far has gone into: equal courses, equal digests. */
  digest = 0;
  readonly #heap: Task[] = [];
  #planned = 0;

  /** Lets `run` happen in `delayMs`: a delivery of the network, or a deed of an application. */
  after(delayMs: number, run: () => void): Task {
    this.busy++;
    return this.#plan(delayMs, run, false);
  }

  cancel(task: Task | undefined): void {
    if (task?.run === undefined) return;
    task.run = undefined;
    if (!task.isTimer) this.busy--;
  }

  /** Lets the next thing happen, unless it is due later than `untilMs`. False when there was none. */
  step(untilMs: number): boolean {
    for (let task = this.#heap[0]; task !== undefined && task.dueMs <= untilMs; task = this.#heap[0]) {
      this.#removeFirst();
      const { run } = task;
      if (run === undefined) continue;
      task.run = undefined;
      if (!task.isTimer) this.busy--;
      this.nowMs = task.dueMs;
      this.mix(task.dueMs);
      this.mix(task.order);
      run();
      return true;
    }
    return false;
  }

  /** Takes a number into the digest. */
  mix(value: number): void {
    this.digest = Math.imul(this.digest ^ value, 0x01000193) + 0x27d4eb2f;
  }

  /** For the clocks. */
  timer(delayMs: number, run: () => void): Task {
    return this.#plan(delayMs, run, true);
  }

  #plan(delayMs: number, run: () => void, isTimer: boolean): Task {
    const task: Task = { dueMs: this.nowMs + Math.max(0, delayMs), order: this.#planned++, isTimer, run };
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Task;
      if (!isBefore(task, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = task;
    return task;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Task;
    if (heap.length === 0) return;
    let index = 0;
    for (let below = 1; below < heap.length; below = 2 * index + 1) {
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, heap[below] as Task)) below++;
      const child = heap[below] as Task;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}

/** One end's view of the time. Counts its timers, so that none is forgotten. */
export class SimulatedClock implements Clock {
  /** Timers set and neither fired nor cleared. */
  pending = 0;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): Task {
    this.pending++;
    return this.#scheduler.timer(delayMs, () => {
      this.pending--;
      callback();
    });
  }

  clearTimeout(handle: unknown): void {
    const task = handle as Task | undefined;
    if (task?.run === undefined) return;
    this.pending--;
    this.#scheduler.cancel(task);
  }
}
