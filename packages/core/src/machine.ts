/**
 * A state machine as data: for each state, the events it takes and the state each leads to.
 * The code runs the table, `scripts/docs.ts` draws it into ARCHITECTURE.md.
 */
export interface MachineTable {
  readonly initial: string;
  readonly transitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type StateOf<T extends MachineTable> = keyof T["transitions"] & string;

export type EventOf<T extends MachineTable> = {
  [S in StateOf<T>]: keyof T["transitions"][S] & string;
}[StateOf<T>];

/**
 * Looks up where `event` leads from `state`.
 *
 * A function rather than an object: the owner keeps its state in one field of its own, which costs a
 * connection no further allocation.
 *
 * @returns the next state, or `undefined` when this state has no such arrow, which is normal in a network.
 */
export function nextState<const T extends MachineTable>(
  table: T,
  state: StateOf<T>,
  event: EventOf<T>,
): StateOf<T> | undefined {
  return table.transitions[state]?.[event] as StateOf<T> | undefined;
}

/** The same table as a Mermaid state diagram. */
export function toMermaid({ initial, transitions }: MachineTable): string {
  const arrows = Object.entries(transitions).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => `  ${from} --> ${to}: ${event}`),
  );
  return ["stateDiagram-v2", `  [*] --> ${initial}`, ...arrows].join("\n");
}
