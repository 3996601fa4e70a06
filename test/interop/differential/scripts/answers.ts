/** What options and listeners add to answers: cookies, CORS, headers. */

import type { IncomingMessage } from "node:http";
import type { EngineServer, Group, Notes } from "../step.ts";
import {
  answer,
  event,
  frames,
  get,
  openPolling,
  openWebSocket,
  polling,
  post,
  request,
  script,
  serverSends,
  settle,
  text,
  upgrade,
  upgraded,
} from "../steps.ts";

const everyAnswer = [
  script("a session on polling", openPolling(4), serverSends("a"), get("poll", polling(4)), answer("poll")),
  script("a post", openPolling(4), post("post", polling(4), "4a"), answer("post")),
  script("a session on WebSocket", openWebSocket(4)),
  script("an upgrade", upgraded(4)),
  script("a refused request", get("a", "EIO=4&transport=smoke"), answer("a")),
  script("a session of revision 3", openPolling(3), get("poll", polling(3)), settle),
];

const COOKIES: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  "a name": { name: "io" },
  "a name and no path": { name: "io", path: false },
  "a path": { name: "session", path: "/custom" },
  "no httpOnly": { name: "io", httpOnly: false },
  everything: {
    name: "io",
    path: "/",
    httpOnly: true,
    sameSite: "none",
    secure: true,
    domain: "example.com",
    maxAge: 3600,
    partitioned: true,
    priority: "high",
  },
  "sameSite strict": { name: "io", sameSite: "strict" },
};

const CORS: Readonly<Record<string, unknown>> = {
  "any origin": {},
  "one origin": { origin: "http://example.com" },
  "a list of origins": { origin: ["http://example.com", "http://other.example"] },
  "its own origin": { origin: true },
  "no origin": { origin: false },
  credentials: { origin: "http://example.com", credentials: true },
  headers: {
    origin: "http://example.com",
    allowedHeaders: ["X-One", "X-Two"],
    exposedHeaders: "X-Three",
    methods: ["GET", "POST"],
    maxAge: 600,
  },
  "a status of its own": { origin: "http://example.com", optionsSuccessStatus: 200 },
};

const ORIGIN = { Origin: "http://example.com" };
const PREFLIGHT = {
  ...ORIGIN,
  "Access-Control-Request-Method": "POST",
  "Access-Control-Request-Headers": "content-type, x-one",
};

const crossOrigin = [
  script(
    "preflight of a handshake",
    request("a", "OPTIONS", "EIO=4&transport=polling", PREFLIGHT),
    answer("a"),
  ),
  script(
    "preflight of a session",
    openPolling(4),
    request("a", "OPTIONS", polling(4), PREFLIGHT),
    answer("a"),
  ),
  script("OPTIONS that is no preflight", request("a", "OPTIONS", "EIO=4&transport=polling"), answer("a")),
  script("a handshake", get("a", "EIO=4&transport=polling", ORIGIN), answer("a")),
  script(
    "a handshake of another origin",
    get("a", "EIO=4&transport=polling", { Origin: "http://evil.example" }),
    answer("a"),
  ),
  script("a handshake without an origin", get("a", "EIO=4&transport=polling"), answer("a")),
  script("a poll", openPolling(4), serverSends("a"), get("a", polling(4), ORIGIN), answer("a")),
  script("a post", openPolling(4), post("a", polling(4), "4a", ORIGIN), answer("a")),
  script("a refused request", get("a", "EIO=4&transport=smoke", ORIGIN), answer("a")),
  script(
    "a session on WebSocket",
    upgrade("a", "EIO=4&transport=websocket", ORIGIN),
    answer("a"),
    frames("a"),
  ),
  script("a session of revision 3", get("a", "EIO=3&transport=polling", ORIGIN), answer("a")),
];

type Headers = Record<string, string | string[]>;

function addHeaders(engine: EngineServer, _http: unknown, notes: Notes): void {
  engine.on("initial_headers", (headers: Headers, req: IncomingMessage) => {
    notes.part(req).note(`initial_headers ${Object.keys(headers).sort()}`);
    headers["x-first"] = "1";
    headers["set-cookie"] = "mine=1";
  });
  engine.on("headers", (headers: Headers, req: IncomingMessage) => {
    notes.part(req).note(`headers ${Object.keys(headers).sort()}`);
    headers["x-every"] = "2";
  });
}

export const ANSWERS: readonly Group[] = [
  ...Object.entries(COOKIES).map(
    ([title, cookie]): Group => ({
      title: `cookie: ${title}`,
      options: { cookie },
      scripts: everyAnswer.slice(0, 4),
    }),
  ),
  ...Object.entries(CORS).map(
    ([title, cors]): Group => ({ title: `cors: ${title}`, options: { cors }, scripts: crossOrigin }),
  ),
  { title: "cors: not at all", scripts: crossOrigin },
  {
    title: "listeners that add headers",
    prepare: addHeaders,
    scripts: [
      ...everyAnswer,
      script(
        "messages to and fro",
        openPolling(4),
        post("post", polling(4), "4a"),
        answer("post"),
        event("message"),
        get("poll", polling(4)),
        settle,
        serverSends("b"),
        answer("poll"),
      ),
      script("a second poll", openPolling(4), get("poll", polling(4)), settle, get("a", polling(4)), settle),
      script("a message on WebSocket", openWebSocket(4), text("ws", "4a"), event("message")),
    ],
  },
];
