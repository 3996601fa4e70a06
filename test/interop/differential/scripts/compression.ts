/** Compression of polling answers and of WebSocket messages. */
import { constants, deflateRawSync } from "node:zlib";
import { frame } from "../frames.ts";
import type { Group, Script } from "../step.ts";
import {
  answer,
  event,
  frames,
  get,
  openPolling,
  polling,
  post,
  say,
  script,
  serverSends,
  settle,
  text,
  upgrade,
} from "../steps.ts";

const ACCEPTS = [
  "gzip",
  "deflate",
  "gzip, deflate",
  "deflate, gzip",
  "br",
  "gzip, deflate, br",
  "identity",
  "*",
  "gzip;q=0",
  "deflate;q=0.5, gzip;q=0.1",
  "GZIP",
  "",
  null,
];

const SENT: Readonly<Record<string, string | Buffer>> = {
  "1,022 characters": "a".repeat(1_022),
  "1,023 characters": "a".repeat(1_023),
  "1,024 characters": "a".repeat(1_024),
  "5,000 characters": "abc".repeat(1_667),
  "2,000 bytes": Buffer.alloc(2_000, 7),
  "20 characters": "a".repeat(20),
  "400 characters beyond ASCII": "€".repeat(400),
};

const poll = (revision: number, accepts: string | null, data: string | Buffer, title: string): Script =>
  script(
    `${title} for ${accepts ?? "no Accept-Encoding"}, revision ${revision}`,
    openPolling(revision),
    serverSends(data),
    get("poll", polling(revision), { "Accept-Encoding": accepts }),
    answer("poll"),
  );

const polls: readonly Script[] = [3, 4].flatMap((revision) => [
  ...ACCEPTS.map((accepts) => poll(revision, accepts, "abc".repeat(1_000), "3,000 characters")),
  ...Object.entries(SENT).map(([title, data]) => poll(revision, "gzip", data, title)),
  script(
    `several messages that are long together, revision ${revision}`,
    openPolling(revision),
    [1, 2, 3].map(() => serverSends("a".repeat(500))),
    get("poll", polling(revision), { "Accept-Encoding": "gzip" }),
    answer("poll"),
  ),
  script(
    `the handshake and a post, revision ${revision}`,
    get("a", `EIO=${revision}&transport=polling`, { "Accept-Encoding": "gzip" }),
    answer("a"),
    post("a", polling(revision), revision === 4 ? "4a" : "2:4a", { "Accept-Encoding": "gzip" }),
    answer("a"),
  ),
]);

const OFFERS = [
  "permessage-deflate",
  "permessage-deflate; client_max_window_bits",
  "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  "permessage-deflate; server_max_window_bits=10",
  "x-unknown",
  null,
];

const offering = (
  offer: string | null,
  ...steps: readonly (Script["steps"] | Script["steps"][number])[]
): Script =>
  script(
    `${offer ?? "no offer"}`,
    upgrade("ws", "EIO=4&transport=websocket", { "Sec-WebSocket-Extensions": offer }),
    answer("ws"),
    frames("ws"),
    ...steps,
  );

const compressed = (packet: string): Buffer =>
  frame(0xc1, deflateRawSync(packet, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4));

const deflated: readonly Script[] = [
  ...OFFERS.map((offer) =>
    offering(
      offer,
      serverSends("a".repeat(3_000)),
      frames("ws"),
      serverSends("short"),
      frames("ws"),
      serverSends(Buffer.alloc(3_000, 1)),
      frames("ws"),
      serverSends("a".repeat(3_000)),
      frames("ws"),
      text("ws", "4plain"),
      event("message"),
    ),
  ),
  {
    ...offering("permessage-deflate", say("ws", compressed("4hello")), event("message")),
    title: "the client compresses",
  },
  {
    ...offering(null, say("ws", compressed("4hello")), settle),
    title: "the client compresses though nothing was agreed on",
  },
];

export const COMPRESSION: readonly Group[] = [
  { title: "httpCompression by default", scripts: polls },
  {
    title: "httpCompression off",
    options: { httpCompression: false },
    scripts: [3, 4].map((revision) => poll(revision, "gzip", "a".repeat(2_000), "2,000 characters")),
  },
  {
    title: "httpCompression true",
    options: { httpCompression: true },
    scripts: [3, 4].map((revision) => poll(revision, "gzip", "a".repeat(2_000), "2,000 characters")),
  },
  {
    title: "httpCompression above 10 bytes",
    options: { httpCompression: { threshold: 10 } },
    scripts: ["gzip", "deflate", null].map((accepts) => poll(4, accepts, "a".repeat(20), "20 characters")),
  },
  { title: "perMessageDeflate by default", scripts: deflated.slice(0, 2) },
  { title: "perMessageDeflate true", options: { perMessageDeflate: true }, scripts: deflated },
  {
    title: "perMessageDeflate above 10 bytes",
    options: { perMessageDeflate: { threshold: 10 } },
    scripts: deflated,
  },
  {
    title: "perMessageDeflate without context takeover",
    options: {
      perMessageDeflate: { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    },
    scripts: deflated,
  },
];
