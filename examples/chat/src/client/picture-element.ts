import { byId, closeable, make } from "./dom.ts";

/** A picture in the log. Its bytes live as long as `releasePicture` is not called. */
export function pictureElement(bytes: Uint8Array | ArrayBuffer, type: string, sender: string): HTMLElement {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  const alt = `Picture from ${sender}`;
  const image = make("img", { src: url, alt, decoding: "async" });
  const button = make(
    "button",
    { type: "button", class: "picture", "aria-label": `${alt}: show it large` },
    image,
  );
  image.addEventListener("error", () =>
    button.replaceWith(make("p", { class: "error" }, "A broken picture.")),
  );
  return button;
}

export function releasePicture(item: Element): void {
  for (const image of item.querySelectorAll("img")) URL.revokeObjectURL(image.src);
}

/** Makes the pictures in `log` open large. */
export function enlargePictures(log: HTMLElement): void {
  const dialog = byId("picture-dialog", HTMLDialogElement);
  const large = byId("picture-large", HTMLImageElement);
  closeable(dialog);
  log.addEventListener("click", ({ target }) => {
    const image = target instanceof Element ? target.closest(".picture")?.querySelector("img") : undefined;
    if (!image) return;
    large.src = image.src;
    large.alt = image.alt;
    byId("picture-caption", HTMLElement).textContent = image.alt;
    dialog.showModal();
  });
}
