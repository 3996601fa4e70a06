import { byId } from "./dom.ts";

/** On a narrow screen one panel is on show at a time; on a wide one all are, and this changes nothing. */
export function showPanels(chosen = "chat"): void {
  const tabs = byId("tabs", HTMLElement);
  const choose = (panel: string) => {
    document.body.dataset.panel = panel;
    for (const tab of tabs.querySelectorAll("button"))
      if (tab.dataset.panel === panel) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
  };
  tabs.onclick = ({ target }) => {
    const panel = target instanceof HTMLButtonElement ? target.dataset.panel : undefined;
    if (panel !== undefined) choose(panel);
  };
  choose(chosen);
}
