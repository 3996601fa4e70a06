import type { ConnectionState } from "./connection.ts";
import { byId } from "./dom.ts";

const WORDS: Readonly<Record<ConnectionState, string>> = {
  idle: "Not connected",
  connecting: "Connecting",
  online: "Connected",
  waiting: "Reconnecting",
  refused: "Not connected",
};

/** The pill in the header. */
export function showStatus(state: ConnectionState, detail: string): void {
  const status = byId("status", HTMLElement);
  status.dataset.state = state;
  status.title = detail;
  const words = status.querySelector("span");
  if (words !== null) words.textContent = WORDS[state];
}
