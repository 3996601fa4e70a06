import { ChatPage } from "./chat-page.ts";
import { byId } from "./dom.ts";
import { suggestName, takeIdentity } from "./identity.ts";
import { askName } from "./name-dialog.ts";
import { showStatus } from "./status.ts";
import { showPanels } from "./tabs.ts";
import { applyTheme, themeButton } from "./theme.ts";
import { installWebSocketSwitch } from "./websocket-switch.ts";

applyTheme();
installWebSocketSwitch();
// The client library is loaded after this script and before this event.
document.addEventListener("DOMContentLoaded", () => void start());

async function start(): Promise<void> {
  themeButton(byId("theme", HTMLButtonElement));
  showPanels();
  if (!("io" in globalThis)) {
    showStatus("refused", "/socket.io/socket.io.js did not load: has it been built?");
    return;
  }
  const { identity, save } = await takeIdentity();
  const page = new ChatPage(identity, save);
  if (identity.name === "") identity.name = await askName(suggestName());
  page.start();
}
