import type { TypingPulse, User } from "../protocol.ts";
import { byId } from "./dom.ts";

const FADES_AFTER_MS = 4_000;

/** Who is writing in the room on show. A pulse counts for a few seconds, in case its end is lost. */
export class TypingLine {
  readonly #line = byId("typing", HTMLElement);
  readonly #writing = new Map<string, { name: string; timer: ReturnType<typeof setTimeout> }>();

  pulse({ user, typing }: TypingPulse): void {
    this.stop(user);
    if (!typing) return;
    const timer = setTimeout(() => this.stop(user), FADES_AFTER_MS);
    this.#writing.set(user.id, { name: user.name, timer });
    this.#show();
  }

  stop({ id }: User): void {
    clearTimeout(this.#writing.get(id)?.timer);
    if (this.#writing.delete(id)) this.#show();
  }

  clear(): void {
    for (const { timer } of this.#writing.values()) clearTimeout(timer);
    this.#writing.clear();
    this.#show();
  }

  #show(): void {
    const names = Array.from(this.#writing.values(), ({ name }) => name);
    const [first = "", second] = names;
    this.#line.textContent =
      names.length === 0
        ? ""
        : names.length > 2
          ? "Several people are typing"
          : second === undefined
            ? `${first} is typing`
            : `${first} and ${second} are typing`;
  }
}
