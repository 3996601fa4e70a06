import type { User } from "../protocol.ts";
import { make } from "./dom.ts";

/** A hue that stays with the person. */
function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 360;
  return sum;
}

function initials(name: string): string {
  const words = name.split(" ").filter((word) => word !== "");
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => Array.from(word ?? "")[0] ?? "").join("");
}

export function avatar({ id, name }: User): HTMLSpanElement {
  const element = make("span", { class: "avatar", "aria-hidden": "true" }, initials(name).toUpperCase());
  element.style.setProperty("--hue", String(hueOf(id)));
  return element;
}
