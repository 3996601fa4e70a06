/** The handshake of WebSocket itself, with headers as they should not be, or as not everyone sends them. */
import { refusalBody } from "../differences.ts";
import type { Group, Script } from "../step.ts";
import { answer, differs, script, settle, upgrade } from "../steps.ts";

type Headers = Readonly<Record<string, string | null>>;

const FINE: Readonly<Record<string, Headers>> = {
  "version 8": { "Sec-WebSocket-Version": "8" },
  "WebSocket in capitals": { Upgrade: "WebSocket" },
  "keep-alive, Upgrade": { Connection: "keep-alive, Upgrade" },
  "a subprotocol": { "Sec-WebSocket-Protocol": "chat, superchat" },
  "an offer to compress": { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" },
  "a faulty extension": { "Sec-WebSocket-Extensions": "permessage-deflate; ; x" },
};

const KEY = "Missing or invalid Sec-WebSocket-Key header";
const VERSION = "Missing or invalid Sec-WebSocket-Version header";
const UPGRADE = "Invalid Upgrade header";

const REFUSED: Readonly<Record<string, readonly [headers: Headers, reference: string]>> = {
  "no key": [{ "Sec-WebSocket-Key": null }, KEY],
  "an empty key": [{ "Sec-WebSocket-Key": "" }, KEY],
  "a key that is too short": [{ "Sec-WebSocket-Key": "AAAA" }, KEY],
  "a key that is no base64": [{ "Sec-WebSocket-Key": "!!!!!!!!!!!!!!!!!!!!!!==" }, KEY],
  "no version": [{ "Sec-WebSocket-Version": null }, VERSION],
  "version 7": [{ "Sec-WebSocket-Version": "7" }, VERSION],
  "version 99": [{ "Sec-WebSocket-Version": "99" }, VERSION],
  "another protocol": [{ Upgrade: "h2c" }, UPGRADE],
  "a list of protocols": [{ Upgrade: "h2c, websocket" }, UPGRADE],
  "a faulty subprotocol": [{ "Sec-WebSocket-Protocol": "a,,b" }, "Invalid Sec-WebSocket-Protocol header"],
};

const handshake = (title: string, revision: number, headers: Headers): Script =>
  script(
    `${title}, revision ${revision}`,
    upgrade("a", `EIO=${revision}&transport=websocket`, headers),
    answer("a"),
    settle,
  );

const rows = (revision: number): readonly Script[] => [
  ...Object.entries(FINE).map(([title, headers]) => handshake(title, revision, headers)),
  ...Object.entries(REFUSED).map(([title, [headers, reference]]) =>
    differs(handshake(title, revision, headers), {
      because: "a refused upgrade gets the JSON that a refused request gets",
      reference: ["a: content-type: text/html", `a: body ${JSON.stringify(reference)}`],
      ours: ["a: content-type: application/json", `a: ${refusalBody(3, "Bad request")}`],
    }),
  ),
];

export const WS_HANDSHAKES: readonly Group[] = [
  { title: "the handshake of WebSocket", scripts: [...rows(4), ...rows(3)] },
];
