import { expect } from "chai";
import { LoadFailure } from "../../src/load/load-failure.ts";

/** What `work` rejects with, which must be a `LoadFailure`. */
export async function failure(work: Promise<unknown>): Promise<LoadFailure> {
  const outcome = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(outcome).to.be.instanceOf(LoadFailure);
  return outcome as LoadFailure;
}
