import type { MachineTable } from "../../packages/core/src/machine.ts";

/** Says which moves a table allows, looked at only so often that one move may hide behind another. */
export class TableWatch {
  readonly #reachable = new Map<string, ReadonlySet<string>>();

  constructor({ transitions }: MachineTable) {
    const next = (state: string): string[] => Object.values(transitions[state] ?? {});
    for (const state of Object.keys(transitions))
      this.#reachable.set(state, new Set([state, ...next(state), ...next(state).flatMap(next)]));
  }

  allows(from: string, to: string): boolean {
    return from === to || this.#reachable.get(from)?.has(to) === true;
  }
}
