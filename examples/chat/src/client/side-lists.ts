import type { Member, RoomSummary } from "../protocol.ts";
import { avatar } from "./avatar.ts";
import { byId, make } from "./dom.ts";

/** The rooms there are; `onChoose` is told which one was clicked. */
export class RoomList {
  readonly #list = byId("rooms", HTMLUListElement);
  #rooms: readonly RoomSummary[] = [];
  #current = "";

  constructor(onChoose: (room: string) => void) {
    this.#list.addEventListener("click", ({ target }) => {
      const room = target instanceof Element ? target.closest("button")?.dataset.room : undefined;
      if (room !== undefined) onChoose(room);
    });
    const form = byId("new-room", HTMLFormElement);
    const input = byId("new-room-name", HTMLInputElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = input.value.trim().replace(/\s+/g, "-");
      if (name !== "") onChoose(name);
      input.value = "";
    });
  }

  show(rooms: readonly RoomSummary[]): void {
    this.#rooms = rooms;
    this.#draw();
  }

  choose(room: string): void {
    this.#current = room;
    this.#draw();
  }

  #draw(): void {
    const focused = this.#list.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.room
      : undefined;
    this.#list.replaceChildren(...this.#rooms.map((room) => this.#item(room)));
    if (focused !== undefined)
      this.#list.querySelector<HTMLElement>(`[data-room="${CSS.escape(focused)}"]`)?.focus();
  }

  #item({ name, members }: RoomSummary): HTMLLIElement {
    const count = make("span", { class: "count", "aria-label": `${members} here` }, String(members));
    const button = make("button", { type: "button", "data-room": name }, make("span", {}, name), count);
    if (name === this.#current) button.setAttribute("aria-current", "true");
    return make("li", {}, button);
  }
}

/** Shows who is in the room, the page's own person first. */
export function showPeople(members: readonly Member[], ownId: string): void {
  const rank = ({ id, name }: Member) => (id === ownId ? "" : name.toLowerCase());
  const sorted = [...members].sort((a, b) => rank(a).localeCompare(rank(b)));
  byId("people", HTMLUListElement).replaceChildren(
    ...sorted.map((member) => {
      const item = make("li", {}, avatar(member), make("span", { class: "name" }, member.name));
      if (member.id === ownId) item.append(make("small", {}, "you"));
      if (member.away) {
        item.classList.add("away");
        item.append(make("small", {}, "reconnecting"));
      }
      return item;
    }),
  );
  byId("room-count", HTMLElement).textContent = members.length === 1 ? "only you" : `${members.length} here`;
}
