import { byId } from "./dom.ts";

/** Asks for a name; `error` says why the last one would not do. Esc keeps the name it was opened with. */
export function askName(current: string, error = ""): Promise<string> {
  const dialog = byId("name-dialog", HTMLDialogElement);
  const form = byId("name-form", HTMLFormElement);
  const input = byId("name", HTMLInputElement);
  byId("name-error", HTMLElement).textContent = error;
  input.value = current;
  return new Promise((resolve) => {
    const listening = new AbortController();
    const { signal } = listening;
    // A name of blanks would pass `required`; the form stays open until there is a real one.
    form.addEventListener(
      "submit",
      (event) => {
        if (input.value.trim() === "") event.preventDefault();
      },
      { signal },
    );
    dialog.addEventListener("cancel", () => (input.value = current), { signal });
    dialog.addEventListener(
      "close",
      () => {
        listening.abort();
        resolve(input.value.trim() === "" ? current : input.value.trim());
      },
      { signal },
    );
    dialog.showModal();
    input.select();
  });
}
