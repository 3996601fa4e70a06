/** The element with this id. @throws {TypeError} when the page has none of that kind: a fault of index.html. */
export function byId<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind))
    throw new TypeError(`index.html must hold a ${kind.name} with the id "${id}"`);
  return found;
}

type Content = Node | string;

/** Makes an element. Text goes in as text, never as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/** Whether a scrolling box shows its end, give or take a line. */
export const isAtEnd = (box: Element): boolean => box.scrollHeight - box.scrollTop - box.clientHeight < 48;

export const scrollToEnd = (box: Element): void => {
  box.scrollTop = box.scrollHeight;
};

/** Lets buttons marked `data-close`, and a click beside the dialog, close it. Esc does so by itself. */
export function closeable(dialog: HTMLDialogElement): void {
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || (target instanceof Element && target.closest("[data-close]"))) dialog.close();
  });
}
