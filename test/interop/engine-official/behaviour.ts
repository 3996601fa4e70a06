import type { Rig, RigOptions } from "./rig.ts";

/** Something that an official client does with the server. */
export interface Behaviour {
  readonly title: string;
  /** The one revision that has it; both when absent. */
  readonly revision?: 3 | 4;
  /** The official server does not do it, so the self-check leaves it out. */
  readonly beyondOfficial?: boolean;
  readonly options?: RigOptions;
  run(rig: Rig): Promise<void>;
}
