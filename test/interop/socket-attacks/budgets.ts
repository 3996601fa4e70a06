/** What an attack may cost. */
import { expect } from "chai";
import { cpuMsOf, growthOf } from "../../../packages/websocket/test/support/memory.ts";

export { cpuMsOf, growthOf, heldBytes } from "../../../packages/websocket/test/support/memory.ts";

export const MIB = 1024 * 1024;

/**
 * Fails if `attack` costs more CPU, or if more memory is held once it is over. Linear work is far below the budget of the
 * tests here, both ends of the wire together; quadratic work is far above.
 */
export async function expectWithin(
  budget: { readonly cpuMs: number; readonly heldBytes: number },
  attack: () => Promise<unknown>,
): Promise<void> {
  let cpuMs = 0;
  const { bytes } = await growthOf(async () => {
    cpuMs = await cpuMsOf(attack);
  });
  expect(cpuMs, "milliseconds of CPU").to.be.below(budget.cpuMs);
  expect(bytes, "bytes that are held").to.be.below(budget.heldBytes);
}
