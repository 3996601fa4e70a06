import { FakeClock } from "@towline/core";

/** Has every `setTimeout` from now on wait for the clock that it gives, until `restore` is called. */
export function fakeTimeouts(): { readonly clock: FakeClock; restore(): void } {
  const clock = new FakeClock();
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const fakes = new WeakSet<object>();

  const setFake = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => {
    const handle = clock.setTimeout(() => callback(...args), delayMs) as NodeJS.Timeout;
    fakes.add(handle);
    return Object.assign(handle, { ref: () => handle, unref: () => handle });
  };
  const clear = (handle?: NodeJS.Timeout) => {
    // Some were set before.
    if (typeof handle === "object" && fakes.has(handle)) clock.clearTimeout(handle);
    else real.clearTimeout(handle);
  };
  Object.assign(globalThis, { setTimeout: setFake, clearTimeout: clear });
  return { clock, restore: () => void Object.assign(globalThis, real) };
}
