import { load, save } from "./storage.ts";

const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const KEY = "towline-chat.theme";

const saved = (): Theme => THEMES.find((theme) => theme === load(KEY)) ?? "auto";

/** Puts the chosen theme onto the page; `auto` follows the system. */
export function applyTheme(theme: Theme = saved()): void {
  document.documentElement.dataset.theme = theme;
}

/** Makes `button` go through the themes. */
export function themeButton(button: HTMLButtonElement): void {
  const label = () => {
    button.title = `Theme: ${saved()}`;
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(saved()) + 1) % THEMES.length] ?? "auto";
    save(KEY, next);
    applyTheme(next);
    label();
  });
  label();
}
