/** Requests that open a session, sound and faulty. */
import { join, METHODS, REVISIONS } from "../axes.ts";
import { refusedBeforeSwitching, refusedUpgrade, upgradeToPolling } from "../differences.ts";
import type { Group, Script } from "../step.ts";
import { answer, differs, frames, get, request, script, UPGRADE_HEADERS, upgrade } from "../steps.ts";

const UNKNOWN = [
  "transport=webtransport",
  "transport=smoke",
  "transport=__proto__",
  "transport=constructor",
  "transport=",
  "transport=POLLING",
  "",
];
const REPEATED = ["transport=polling&transport=polling", "transport=polling&transport=websocket"];

const plain = (revision: string, transport: string): Script => {
  const query = join(revision, transport);
  return script(`GET ?${query}`, get("a", query), answer("a"));
};

const upgradeOf = (revision: string, transport: string): Script => {
  const query = join(revision, transport);
  const row = script(`upgrade ?${query}`, upgrade("a", query), answer("a"));
  if (transport.endsWith("websocket")) return { ...row, steps: [...row.steps, frames("a")] };
  if (transport.endsWith("polling")) return differs(row, upgradeToPolling("TRANSPORT_HANDSHAKE_ERROR"));
  return differs(row, refusedUpgrade(0, "Transport unknown"));
};

const matrix: readonly Script[] = REVISIONS.flatMap((revision) =>
  ["transport=polling", "transport=websocket", ...UNKNOWN].flatMap((transport) => [
    plain(revision, transport),
    upgradeOf(revision, transport),
  ]),
);

const repeated: readonly Script[] = ["EIO=4", "EIO=3"].flatMap((revision) =>
  REPEATED.flatMap((transport) => [plain(revision, transport), upgradeOf(revision, transport)]),
);

const methods: readonly Script[] = METHODS.flatMap((method) => [
  ...["EIO=4&transport=polling", "EIO=3&transport=polling", "EIO=4&transport=websocket"].map((query) =>
    script(`${method} ?${query}`, request("a", method, query, { "Content-Length": "0" }), answer("a")),
  ),
  differs(
    script(
      `upgrade by ${method}`,
      request("a", method, "EIO=4&transport=websocket", UPGRADE_HEADERS),
      // The answer to HEAD has a body here, which no reader of HTTP expects.
      answer("a"),
    ),
    method === "HEAD"
      ? {
          because: "a refused upgrade gets the JSON that a refused request gets",
          reference: ["a: content-type: text/html", 'a: unread "Bad handshake method"'],
          ours: [
            "a: content-type: application/json",
            String.raw`a: unread "{\"code\":2,\"message\":\"Bad handshake method\"}"`,
          ],
        }
      : refusedUpgrade(2, "Bad handshake method"),
  ),
]);

const origins: readonly Script[] = [
  script(
    "an Origin with bytes above ASCII",
    get("a", "EIO=4&transport=polling", { Origin: "http://ex\u00e4mple" }),
    answer("a"),
  ),
  script(
    "an upgrade with an Origin",
    upgrade("a", "EIO=4&transport=websocket", { Origin: "http://example.com" }),
    answer("a"),
    frames("a"),
  ),
  script(
    "two handshakes on one connection",
    get("a", "EIO=4&transport=polling"),
    answer("a"),
    get("a", "EIO=4&transport=polling&t=2"),
    answer("a"),
  ),
  script(
    "a handshake with HTTP/1.0 as its version",
    {
      do: "say",
      on: "a",
      bytes: "GET /engine.io/?EIO=4&transport=polling HTTP/1.0\r\nX-Script: {script}\r\n\r\n",
    },
    answer("a"),
  ),
  script(
    "a handshake that asks for the connection to be closed",
    get("a", "EIO=4&transport=polling", { Connection: "close" }),
    answer("a"),
  ),
  script("a query with escapes", get("a", "EIO=%34&transport=poll%69ng"), answer("a")),
  script("a query with a faulty escape", get("a", "EIO=4&transport=polling&x=%zz%ff"), answer("a")),
];

const refusedRevision3 = refusedBeforeSwitching(5, "Unsupported protocol version", {
  because: "the reference switches protocols first, and writes its refusal into the WebSocket",
  next: [
    String.raw`unread "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: 28\r\n\r\nUnsupported protocol version"`,
  ],
});

const controlCharacters: readonly Script[] = [
  script(
    "an Origin with a control character",
    get("a", "EIO=4&transport=polling", { Origin: "http://ex\u0001mple" }),
    answer("a"),
  ),
  differs(
    script(
      "an upgrade with a control character in its Origin",
      upgrade("a", "EIO=4&transport=websocket", { Origin: "http://ex\u0001mple" }),
      answer("a"),
    ),
    refusedUpgrade(3, "Bad request"),
  ),
];

export const HANDSHAKES: readonly Group[] = [
  {
    title: "handshakes under a lenient parser of HTTP",
    http: { insecureHTTPParser: true },
    scripts: controlCharacters,
  },
  {
    title: "handshakes",
    scripts: [...matrix, ...repeated, ...methods, ...origins],
  },
  {
    title: "handshakes without revision 3",
    options: { allowEIO3: false },
    scripts: REVISIONS.flatMap((revision) => {
      const row = upgradeOf(revision, "transport=websocket");
      const isSound = revision.endsWith("4");
      return [
        plain(revision, "transport=polling"),
        isSound ? row : differs({ ...row, steps: row.steps.slice(0, 2) }, refusedRevision3),
      ];
    }),
  },
  {
    title: "handshakes on polling alone",
    options: { transports: ["polling"] },
    scripts: [
      plain("EIO=4", "transport=polling"),
      plain("EIO=3", "transport=polling"),
      plain("EIO=4", "transport=websocket"),
      differs(
        script("upgrade ?EIO=4&transport=websocket", upgrade("a", "EIO=4&transport=websocket"), answer("a")),
        {
          because:
            "without WebSocket the reference has no listener for upgrades: Node takes them for requests",
          reference: ["a: connection: keep-alive", "a: connection open"],
          ours: ["a: connection: close", "a: connection closed"],
        },
      ),
    ],
  },
  {
    title: "handshakes on WebSocket alone",
    options: { transports: ["websocket"] },
    scripts: [
      plain("EIO=4", "transport=polling"),
      upgradeOf("EIO=4", "transport=websocket"),
      upgradeOf("EIO=3", "transport=websocket"),
    ],
  },
  {
    title: "handshakes on WebSocket first",
    options: {
      transports: ["websocket", "polling"],
      pingInterval: 1_234,
      pingTimeout: 567,
      maxHttpBufferSize: 89,
    },
    scripts: [
      plain("EIO=4", "transport=polling"),
      plain("EIO=3", "transport=polling"),
      upgradeOf("EIO=4", "transport=websocket"),
      upgradeOf("EIO=3", "transport=websocket"),
    ],
  },
  {
    title: "handshakes without upgrades",
    options: { allowUpgrades: false },
    scripts: [plain("EIO=4", "transport=polling"), upgradeOf("EIO=4", "transport=websocket")],
  },
];
