import { byId } from "./dom.ts";
import { type ScaledPicture, scalePicture } from "./scale-picture.ts";
import { toast } from "./toasts.ts";

const MOST_AT_ONCE = 4;

/** Takes pictures from the file picker, the clipboard and by drag and drop, scaled down where need be. */
export function takePictures(onPicture: (picture: ScaledPicture) => void): void {
  const panel = byId("chat-panel", HTMLElement);
  const file = byId("picture-file", HTMLInputElement);

  const take = async (files: Iterable<File>) => {
    const pictures = [...files].filter(({ type }) => type.startsWith("image/"));
    if (pictures.length > MOST_AT_ONCE) toast(`Sending the first ${MOST_AT_ONCE} pictures.`);
    for (const picture of pictures.slice(0, MOST_AT_ONCE))
      await scalePicture(picture).then(onPicture, ({ message }: Error) => toast(message));
  };

  file.addEventListener("change", () => {
    const chosen = [...(file.files ?? [])];
    file.value = "";
    void take(chosen);
  });
  panel.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (pasted.length === 0) return;
    event.preventDefault();
    void take(pasted);
  });
  panel.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    panel.classList.add("dragging");
  });
  panel.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && panel.contains(event.relatedTarget)))
      panel.classList.remove("dragging");
  });
  panel.addEventListener("drop", (event) => {
    event.preventDefault();
    panel.classList.remove("dragging");
    void take(event.dataTransfer?.files ?? []);
  });
}
