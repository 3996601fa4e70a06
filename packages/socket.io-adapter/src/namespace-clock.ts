import { type Clock, systemClock } from "@towline/core";

/** The clock that a namespace brings along, or the system's. Constructors keep the parameters of the reference. */
export function clockOf(nsp: unknown): Clock {
  const { clock } = nsp as { readonly clock?: Partial<Clock> };
  return typeof clock?.now === "function" && typeof clock.setTimeout === "function"
    ? (clock as Clock)
    : systemClock;
}
