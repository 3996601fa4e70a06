/** Makes the steps of scripts. `{sid}` and `{sid2}` in what is said stand for the ids of the script's sessions. */
import { BINARY, CLOSE, frame, PING, TEXT } from "./frames.ts";
import type { Difference, Script, ServerAction, Step } from "./step.ts";

type Headers = Readonly<Record<string, string | null>>;

/** A key, so that the answer to it is always the same. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export const UPGRADE_HEADERS: Headers = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": KEY,
};

export const script = (title: string, ...steps: readonly (Step | readonly Step[])[]): Script => ({
  title,
  steps: steps.flat(),
});

export const differs = (row: Script, difference: Difference): Script => ({ ...row, differs: difference });

/** The head of a request, in which a header given as `null` is left out. */
export function head(method: string, target: string, headers: Headers = {}): string {
  const all: Headers = { Host: "localhost", "X-Script": "{script}", ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

export const say = (on: string, bytes: string | Buffer): Step => ({ do: "say", on, bytes });
export const answer = (on: string, count = 1): Step => ({ do: "hear", on, what: "answer", count });
export const frames = (on: string, count = 1): Step => ({ do: "hear", on, what: "frame", count });
export const ended = (on: string): Step => ({ do: "hearEnd", on });
export const end = (on: string): Step => ({ do: "leave", on, how: "end" });
export const reset = (on: string): Step => ({ do: "leave", on, how: "reset" });
/** An event of the server. A time is given where one of the two servers lets it wait in vain. */
export const event = (start: string, withinMs?: number): Step => ({
  do: "event",
  start,
  ...(withinMs !== undefined && { withinMs }),
});
export const settle: Step = { do: "settle" };
export const server = (action: ServerAction): Step => ({ do: "server", action });
export const serverSends = (data: string | Buffer): Step => server({ act: "send", data });
export const serverCloses = (discard = false): Step => server({ act: "close", discard });
export const state = server({ act: "state" });

/** A request below the default path, or for a target of its own when that begins with a slash. */
const targetOf = (query: string): string => (query.startsWith("/") ? query : `/engine.io/?${query}`);

export const request = (on: string, method: string, query: string, headers: Headers = {}): Step =>
  say(on, head(method, targetOf(query), headers));

export const get = (on: string, query: string, headers: Headers = {}): Step =>
  request(on, "GET", query, headers);

export function post(on: string, query: string, body: string | Buffer, headers: Headers = {}): Step {
  const bytes = Buffer.from(body as string);
  const text = head("POST", targetOf(query), {
    "Content-Type": "text/plain;charset=UTF-8",
    "Content-Length": String(bytes.length),
    ...headers,
  });
  return say(on, Buffer.concat([Buffer.from(text), bytes]));
}

export const upgrade = (on: string, query: string, headers: Headers = {}): Step =>
  request(on, "GET", query, { ...UPGRADE_HEADERS, ...headers });

export const text = (on: string, ...packets: readonly string[]): Step =>
  say(on, Buffer.concat(packets.map((packet) => frame(TEXT, packet))));
export const binary = (on: string, ...bytes: readonly number[]): Step =>
  say(on, frame(BINARY, Buffer.from(bytes)));
export const wsPing = (on: string, payload = ""): Step => say(on, frame(PING, payload));

export function wsClose(on: string, code?: number, reason = ""): Step {
  if (code === undefined) return say(on, frame(CLOSE, ""));
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
  return say(on, frame(CLOSE, payload));
}

/** The query of a session's requests. */
export const polling = (revision: number): string => `EIO=${revision}&transport=polling&sid={sid}`;
export const websocket = (revision: number): string => `EIO=${revision}&transport=websocket&sid={sid}`;

/** A session on polling, its handshake heard on connection `on`. */
export const openPolling = (revision: number, more = "", on = "poll"): readonly Step[] => [
  get(on, `EIO=${revision}&transport=polling${more}`),
  answer(on),
];

/** A session on WebSocket, its handshake heard. */
export const openWebSocket = (revision: number, on = "ws"): readonly Step[] => [
  upgrade(on, `EIO=${revision}&transport=websocket`),
  answer(on),
  frames(on),
];

/** A session on polling whose WebSocket has probed. */
export const probed = (revision: number): readonly Step[] => [
  ...openPolling(revision),
  upgrade("ws", websocket(revision)),
  answer("ws"),
  text("ws", "2probe"),
  frames("ws"),
];

/** A session that has moved to WebSocket. */
export const upgraded = (revision: number): readonly Step[] => [
  ...probed(revision),
  text("ws", "5"),
  event("upgrade"),
];
