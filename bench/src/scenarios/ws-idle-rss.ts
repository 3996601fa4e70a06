import { idleScenario } from "./idle-scenario.ts";

export const wsIdleRss = idleScenario(
  { name: "ws-idle-rss", summary: "5000 idle connections, resident memory", targets: [{ most: 5.5 }] },
  ({ rssBytes }) => rssBytes,
);
