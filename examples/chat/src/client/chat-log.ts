import type { Accepted, Entry, Notice, User } from "../protocol.ts";
import { avatar } from "./avatar.ts";
import { byId, isAtEnd, make, scrollToEnd } from "./dom.ts";
import type { Draft } from "./outbox.ts";
import { pictureElement, releasePicture } from "./picture-element.ts";

const MOST_ITEMS = 300;
/** Messages of one person within this time stand under one name. */
const TOGETHER_MS = 4 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

interface Saying {
  readonly from: User;
  readonly own: boolean;
  readonly key: string;
  readonly sentAtMs: number;
  readonly content: Node;
}

/** The messages of the room on show, with what this page has sent and not yet been answered. */
export class ChatLog {
  readonly #list = byId("log", HTMLOListElement);
  readonly #scroll = byId("log-scroll", HTMLElement);
  /** Id of each entry on show → the key its sender gave it. */
  readonly #known = new Map<string, string>();
  readonly #drafts = new Map<string, HTMLLIElement>();
  #last: Saying | undefined;
  #followsEnd = true;
  /** The newest entry shown: where to go on after a reconnection. */
  lastId: string | undefined;

  constructor() {
    // Pictures grow when they are decoded; a reader at the end stays there.
    this.#list.addEventListener("load", () => this.#followsEnd && scrollToEnd(this.#scroll), true);
    this.#scroll.addEventListener("scroll", () => (this.#followsEnd = isAtEnd(this.#scroll)));
    new ResizeObserver(() => this.#followsEnd && scrollToEnd(this.#scroll)).observe(this.#scroll);
  }

  clear(): void {
    for (const item of this.#list.children) releasePicture(item);
    this.#list.replaceChildren();
    this.#known.clear();
    this.#drafts.clear();
    this.#last = undefined;
    this.lastId = undefined;
  }

  /** An entry from the server. One that is shown already, or is the answer to a draft of ours, is not shown twice. */
  add(entry: Entry, me: User): void {
    const own = entry.from.id === me.id;
    if (own && this.#drafts.has(entry.key)) this.confirm(entry.key, entry);
    if (this.#known.has(entry.id)) return;
    this.#remember(entry.id, entry.key);
    const content =
      entry.kind === "text"
        ? textElement(entry.text)
        : pictureElement(entry.bytes, entry.type, entry.from.name);
    this.#say({ from: entry.from, own, key: entry.key, sentAtMs: entry.sentAtMs, content });
  }

  addDraft(draft: Draft, me: User): void {
    if (this.#drafts.has(draft.key) || [...this.#known.values()].includes(draft.key)) return;
    const content =
      draft.kind === "text" ? textElement(draft.text) : pictureElement(draft.bytes, draft.type, me.name);
    const item = this.#say({ from: me, own: true, key: draft.key, sentAtMs: Date.now(), content });
    item.dataset.state = "sending";
    this.#drafts.set(draft.key, item);
    this.#followsEnd = true;
    scrollToEnd(this.#scroll);
  }

  confirm(key: string, { id }: Pick<Accepted, "id">): void {
    this.#drafts.get(key)?.removeAttribute("data-state");
    if (this.#drafts.delete(key)) this.#remember(id, key);
  }

  refuse(key: string, why: string): void {
    const item = this.#drafts.get(key);
    if (item === undefined) return;
    item.dataset.state = "refused";
    item.querySelector(".said")?.append(make("p", { class: "error" }, `Not sent: ${why}.`));
    this.#drafts.delete(key);
  }

  notice({ kind, user, was }: Notice): void {
    this.remark(
      kind === "joined"
        ? `${user.name} came in`
        : kind === "left"
          ? `${user.name} left`
          : `${was ?? "Somebody"} is now ${user.name}`,
    );
  }

  /** A line of the chat itself. */
  remark(text: string): void {
    this.#append(make("li", { class: "remark" }, text));
    this.#last = undefined;
  }

  #say(saying: Saying): HTMLLIElement {
    const item = make("li", { class: saying.own ? "entry own" : "entry" });
    const said = make("div", { class: "said" });
    if (this.#continues(saying)) item.classList.add("more");
    else {
      const time = make(
        "time",
        { datetime: new Date(saying.sentAtMs).toISOString() },
        clock.format(saying.sentAtMs),
      );
      said.append(make("p", { class: "who" }, make("b", {}, saying.own ? "You" : saying.from.name), time));
    }
    said.append(saying.content);
    item.append(avatar(saying.from), said);
    this.#last = saying;
    this.#append(item);
    return item;
  }

  #continues({ from, sentAtMs }: Saying): boolean {
    const last = this.#last;
    return last !== undefined && last.from.id === from.id && sentAtMs - last.sentAtMs < TOGETHER_MS;
  }

  #append(item: HTMLLIElement): void {
    const follow = isAtEnd(this.#scroll);
    this.#list.append(item);
    while (this.#list.children.length > MOST_ITEMS) {
      const oldest = this.#list.firstElementChild;
      if (oldest === null) break;
      releasePicture(oldest);
      oldest.remove();
    }
    if (follow) scrollToEnd(this.#scroll);
  }

  #remember(id: string, key: string): void {
    this.#known.set(id, key);
    this.lastId = id;
    if (this.#known.size <= MOST_ITEMS) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

const textElement = (text: string): HTMLElement => make("p", { class: "text", dir: "auto" }, text);
