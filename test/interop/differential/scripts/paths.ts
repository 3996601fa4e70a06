/** Which requests a server takes, beside others on the same port. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Group, Script } from "../step.ts";
import {
  answer,
  ended,
  get,
  openPolling,
  openWebSocket,
  polling,
  post,
  request,
  script,
  serverSends,
  settle,
  upgrade,
  upgraded,
} from "../steps.ts";

const QUERY = "?EIO=4&transport=polling";
const TARGETS = [
  "/engine.io/",
  "/engine.io",
  "/engine.io/more",
  "/engine.io/more/",
  "/engine.iox/",
  "//engine.io/",
  "/ENGINE.IO/",
  "/engine%2eio/",
  "/",
  "/other",
  "/custom/",
  "/custom",
  "/custom/deep/",
];

const requests: readonly Script[] = [
  ...TARGETS.map((target) => script(`GET ${target}`, get("a", `${target}${QUERY}`), answer("a"))),
  script("GET in absolute form", request("a", "GET", `http://localhost/engine.io/${QUERY}`), answer("a")),
  script("OPTIONS *", request("a", "OPTIONS", "*"), answer("a")),
  ...["/engine.io/", "/engine.io", "/custom/", "/custom", "/custom/deep/"].map((target) =>
    script(`upgrade ${target}`, upgrade("a", `${target}?EIO=4&transport=websocket`), settle),
  ),
];

const PATHS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "by default": {},
  "a path": { path: "/custom" },
  "a path with a slash": { path: "/custom/" },
  "a path in a path": { path: "/custom/deep" },
  "no trailing slash": { addTrailingSlash: false },
  "a path and no trailing slash": { path: "/custom", addTrailingSlash: false },
  "a path with a slash and no trailing slash": { path: "/custom/", addTrailingSlash: false },
};

const foreign: readonly Script[] = [
  script("an upgrade that nobody takes", upgrade("a", "/elsewhere"), settle),
  script("an upgrade that nobody takes, to its end", upgrade("a", "/elsewhere"), ended("a")),
];

/** A server that is handed a request takes it, whatever its path. */
const handed: readonly Script[] = [
  ...TARGETS.slice(0, 4).map((target) => script(`GET ${target}`, get("a", `${target}${QUERY}`), answer("a"))),
  script("a whole session", openPolling(4), post("post", polling(4), "4a"), answer("post"), settle),
  script("an upgrade", upgraded(4), serverSends("a"), settle),
  script("a session on WebSocket", openWebSocket(3), serverSends("a"), settle),
  script("a refused request", get("a", "EIO=4&transport=smoke"), answer("a")),
];

export const PATH_GROUPS: readonly Group[] = [
  { title: "requests by hand", byHand: true, scripts: handed },
  ...Object.entries(PATHS).map(
    ([title, attach]): Group => ({ title: `paths: ${title}`, attach, scripts: requests }),
  ),
  { title: "foreign upgrades", attach: { destroyUpgradeTimeout: 30 }, scripts: foreign },
  {
    title: "foreign upgrades left alone",
    attach: { destroyUpgrade: false, destroyUpgradeTimeout: 30 },
    scripts: foreign.slice(0, 1),
  },
  {
    title: "foreign upgrades that somebody else takes",
    attach: { destroyUpgradeTimeout: 30 },
    prepare: (_engine, http) => {
      http.on("upgrade", (incoming: IncomingMessage, socket: Duplex) => {
        if (incoming.url === "/elsewhere") socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      });
    },
    scripts: foreign,
  },
];
