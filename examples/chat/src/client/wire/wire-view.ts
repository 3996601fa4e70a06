import { byId, isAtEnd, scrollToEnd } from "../dom.ts";
import { PacketDialog } from "./packet-dialog.ts";
import { rowElement } from "./row-element.ts";
import type { TraceEvent } from "./trace-event.ts";
import { type PacketRow, type Row, WireLog } from "./wire-log.ts";

const MOST_ROWS = 500;

/** The sequence diagram of this page's connection: drawn once a frame, the last 500 rows of it. */
export class WireView {
  readonly #log = new WireLog();
  readonly #list = byId("wire", HTMLOListElement);
  readonly #scroll = byId("wire-scroll", HTMLElement);
  readonly #latest = byId("wire-latest", HTMLButtonElement);
  readonly #pause = byId("wire-pause", HTMLButtonElement);
  readonly #dialog = new PacketDialog();
  readonly #packets = new WeakMap<Element, PacketRow>();
  #undrawn: Row[] = [];
  #paused = false;
  #followsEnd = true;
  #frame = 0;

  constructor() {
    this.#list.addEventListener("click", ({ target }) => this.#open(target));
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    this.#list.addEventListener("focusin", ({ target }) => this.#makeTabStop(target));
    this.#pause.addEventListener("click", () => this.#togglePause());
    byId("wire-clear", HTMLButtonElement).addEventListener("click", () => this.#clear());
    const heartbeats = byId("wire-heartbeats", HTMLInputElement);
    const filter = () => this.#list.classList.toggle("no-heartbeats", !heartbeats.checked);
    heartbeats.addEventListener("change", filter);
    filter();
    this.#latest.addEventListener("click", () => scrollToEnd(this.#scroll));
    this.#scroll.addEventListener("scroll", () => {
      this.#followsEnd = isAtEnd(this.#scroll);
      this.#latest.hidden = this.#followsEnd;
    });
    // On a phone the panel is drawn while it is out of sight, and has no height until it is chosen.
    new ResizeObserver(() => this.#followsEnd && scrollToEnd(this.#scroll)).observe(this.#scroll);
  }

  add(event: TraceEvent): void {
    this.#undrawn.push(...this.#log.add(event));
    if (this.#undrawn.length > MOST_ROWS) this.#undrawn = this.#undrawn.slice(-MOST_ROWS);
    if (this.#paused) this.#showWaiting();
    else this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    if (this.#paused || this.#undrawn.length === 0) return;
    byId("wire-empty", HTMLElement).hidden = true;
    for (const row of this.#undrawn) {
      const item = rowElement(row);
      if (row.kind === "packet") this.#packets.set(item, row);
      this.#list.append(item);
    }
    this.#undrawn = [];
    while (this.#list.children.length > MOST_ROWS) this.#list.firstElementChild?.remove();
    if (this.#list.querySelector('button[tabindex="0"]') === null)
      this.#list.querySelector("button")?.setAttribute("tabindex", "0");
    if (this.#followsEnd) scrollToEnd(this.#scroll);
    else this.#latest.hidden = false;
  }

  #togglePause(): void {
    this.#paused = !this.#paused;
    this.#pause.setAttribute("aria-pressed", String(this.#paused));
    if (this.#paused) this.#showWaiting();
    else {
      this.#pause.textContent = "Pause";
      this.#drawSoon();
    }
  }

  #showWaiting(): void {
    this.#pause.textContent = `Resume (${this.#undrawn.length})`;
  }

  #clear(): void {
    this.#list.replaceChildren();
    this.#undrawn = [];
    this.#latest.hidden = true;
    if (this.#paused) this.#showWaiting();
  }

  #open(target: EventTarget | null): void {
    const item = target instanceof Element ? target.closest("li") : null;
    const row = item === null ? undefined : this.#packets.get(item);
    if (row !== undefined) this.#dialog.show(row);
  }

  /** The list is one stop of the Tab key; arrows move within it. */
  #move(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...this.#list.querySelectorAll("button")].filter(
      (button) => button.offsetParent !== null,
    );
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
  }

  #makeTabStop(target: EventTarget | null): void {
    if (!(target instanceof HTMLButtonElement)) return;
    for (const other of this.#list.querySelectorAll('button[tabindex="0"]'))
      other.setAttribute("tabindex", "-1");
    target.setAttribute("tabindex", "0");
  }
}
