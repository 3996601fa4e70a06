import { byId, make } from "./dom.ts";

const MOST_TOASTS = 3;
const STAY_MS = 6_000;

/** Shows a line for a few seconds. */
export function toast(line: string): void {
  const box = byId("toasts", HTMLElement);
  const item = make("p", {}, line);
  box.append(item);
  while (box.children.length > MOST_TOASTS) box.firstElementChild?.remove();
  setTimeout(() => item.remove(), STAY_MS);
}
