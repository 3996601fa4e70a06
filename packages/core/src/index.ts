export { type Clock, systemClock, type TimerHandle } from "./clock.ts";
export { deliver, inTurn } from "./deliver.ts";
export { FakeClock } from "./fake-clock.ts";
export { type EventOf, type MachineTable, nextState, type StateOf, toMermaid } from "./machine.ts";
export {
  flag,
  milliseconds,
  type OptionInput,
  type OptionRule,
  type OptionTable,
  type OptionValues,
  optional,
  resolveOptions,
  rule,
  subsetOf,
  text,
  wholeNumber,
} from "./options.ts";
export { clockFor } from "./wall-clock.ts";
