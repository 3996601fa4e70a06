import { echo } from "./echo.ts";
import { echo16k } from "./echo-16k.ts";
import { pipelined } from "./pipelined.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario, in the order of the target table. */
export const SCENARIOS: readonly Scenario[] = [echo, pipelined, echo16k];
