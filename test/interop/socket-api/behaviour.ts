import type { Options } from "./peers.ts";
import type { Rig } from "./rig.ts";

/** What holds of both packages. */
export interface Behaviour {
  readonly title: string;
  /** Of the server that the rig starts. */
  readonly options?: Options;
  run(rig: Rig): Promise<void>;
}
