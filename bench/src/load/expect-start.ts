import { LoadFailure } from "./load-failure.ts";

/** @throws {LoadFailure} which says what was expected, unless `got` begins with `start`. */
export function expectStart(what: string, got: string, start: string): void {
  if (!got.startsWith(start))
    throw new LoadFailure(
      `${what}: expected ${JSON.stringify(start)}…, got ${JSON.stringify(got.slice(0, 80))}`,
    );
}
