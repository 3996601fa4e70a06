/** @throws {Error} when an application wants to emit what the API itself does. */
export function refuseReserved(event: unknown, reserved: ReadonlySet<unknown>): void {
  if (reserved.has(event)) throw new Error(`"${String(event)}" is a reserved event name`);
}
