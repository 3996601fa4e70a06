import { byId, closeable, make } from "../dom.ts";
import { toast } from "../toasts.ts";
import { hexDump } from "./hex-dump.ts";
import type { PacketRow } from "./wire-log.ts";

/** Shows one packet's content and bytes, and copies them. */
export class PacketDialog {
  readonly #dialog = byId("packet-dialog", HTMLDialogElement);
  readonly #text = byId("packet-text", HTMLPreElement);
  readonly #hex = byId("packet-hex", HTMLPreElement);

  constructor() {
    closeable(this.#dialog);
    this.#copies("packet-copy-text", this.#text);
    this.#copies("packet-copy-hex", this.#hex);
  }

  show(row: PacketRow): void {
    byId("packet-title", HTMLElement).textContent = `${row.meaning.title} ${row.meaning.detail}`.trim();
    byId("packet-facts", HTMLElement).replaceChildren(...factsOf(row).map(fact));
    this.#text.textContent = contentOf(row);
    this.#hex.textContent = hexDump(row.bytes);
    const cut = row.sizeBytes - row.bytes.byteLength;
    byId("packet-note", HTMLElement).textContent =
      cut > 0 ? `The first ${row.bytes.byteLength} of ${row.sizeBytes} bytes; the page keeps no more.` : "";
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  #copies(id: string, source: HTMLElement): void {
    byId(id, HTMLButtonElement).addEventListener("click", () => {
      navigator.clipboard?.writeText(source.textContent ?? "").then(
        () => toast("Copied."),
        () => toast("The browser did not allow copying: select the text instead."),
      ) ?? toast("Copying needs https or localhost: select the text instead.");
    });
  }
}

type Fact = readonly [term: string, value: string];

const fact = ([term, value]: Fact): HTMLElement =>
  make("div", {}, make("dt", {}, term), make("dd", {}, value));

function factsOf({
  direction,
  transport,
  engineType,
  meaning,
  sizeBytes,
  timeMs,
}: PacketRow): readonly Fact[] {
  const facts: Fact[] = [
    ["Direction", direction === "up" ? "browser → server" : "server → browser"],
    ["Transport", transport],
    ["Engine.IO type", engineType],
    ["Size", `${sizeBytes} bytes`],
    ["After", `${Math.round(timeMs)} ms`],
  ];
  if (meaning.namespace !== undefined) facts.push(["Namespace", meaning.namespace]);
  if (meaning.ackId !== undefined) facts.push(["Acknowledgement", `#${meaning.ackId}`]);
  if (meaning.attachments > 0) facts.push(["Attachments", String(meaning.attachments)]);
  return facts;
}

function contentOf({ binary, bytes }: PacketRow): string {
  if (binary) return "Binary: see the bytes below.";
  return new TextDecoder().decode(bytes);
}
