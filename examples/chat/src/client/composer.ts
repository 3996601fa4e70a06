import { byId } from "./dom.ts";

const PULSE_EVERY_MS = 2_000;

export interface ComposerSink {
  /** @returns false when the text could not be taken: then it stays in the box. */
  onText(text: string): boolean;
  onTyping(typing: boolean): void;
}

/** The box to write in: Enter sends, Shift+Enter breaks the line. */
export function composer({ onText, onTyping }: ComposerSink): void {
  const form = byId("composer", HTMLFormElement);
  const box = byId("text", HTMLTextAreaElement);
  let pulsedAtMs = 0;

  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  const stopTyping = () => {
    if (pulsedAtMs !== 0) onTyping(false);
    pulsedAtMs = 0;
  };
  box.addEventListener("input", () => {
    fit();
    if (box.value.trim() === "") return stopTyping();
    const nowMs = performance.now();
    if (nowMs - pulsedAtMs < PULSE_EVERY_MS && pulsedAtMs !== 0) return;
    pulsedAtMs = nowMs;
    onTyping(true);
  });
  box.addEventListener("keydown", (event) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  box.addEventListener("blur", stopTyping);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text === "" || !onText(text)) return;
    box.value = "";
    fit();
    // The message itself tells the others that the typing is over.
    pulsedAtMs = 0;
    box.focus();
  });
}
