import type { FromNode } from "./messages.ts";

/** Tells the test. One that has ended already hears nothing, which is no error here. */
export function say(message: FromNode): void {
  if (process.connected) process.send?.(message, () => {});
}
