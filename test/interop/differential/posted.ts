/** Scripts that post one body, and what a malformed one comes to. */
import { refusalBody } from "./differences.ts";
import type { Difference, Script } from "./step.ts";
import { answer, get, openPolling, polling, post, script, settle } from "./steps.ts";

/** Ends a packet of revision 4. */
export const RS = "\x1e";

export const OCTETS = { "Content-Type": "application/octet-stream" };

export const shown = (body: string): string => JSON.stringify(body.slice(0, 24)).replaceAll(RS, "\\x1e");

/** Posts a body, then polls: a session that lives on lets the poll wait, one that is gone refuses it. */
export function posted(
  title: string,
  revision: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string | null>> = {},
): Script {
  return script(
    `${title}, revision ${revision}`,
    openPolling(revision),
    post("post", polling(revision), body, headers),
    answer("post"),
    get("poll", polling(revision)),
    settle,
  );
}

interface Malformed {
  /** What our description of the close says. */
  readonly ours: string;
  /** Messages that the reference takes out of the payload. */
  readonly delivered?: readonly string[];
  /** Packets that the reference takes out of it without knowing what they are. */
  readonly unknown?: readonly string[];
  /** Whether the reference sees no fault at all. */
  readonly isTaken?: boolean;
}

/** A malformed payload: ours refuses it as a whole, the reference answers `ok` and takes what it can. */
export function malformed({ ours, delivered = [], unknown = [], isTaken = false }: Malformed): Difference {
  const events = [
    ...delivered.flatMap((message) => [
      `packet message${message && ` ${message}`}`,
      `message ${message || "undefined"}`,
    ]),
    ...unknown.map((packet) => `packet undefined ${packet}`),
    ...(isTaken ? [] : ['packet error "parser error"', 'close "parse error" undefined, closed polling']),
  ];
  return {
    because: "a malformed payload is refused as a whole, and its session closed",
    reference: [
      "post: HTTP 200",
      "post: content-type: text/html",
      'post: body "ok"',
      ...events.map((line) => `server: ${line}`),
    ],
    ours: [
      ...(isTaken ? SESSION_GONE : []),
      "post: HTTP 400",
      "post: content-type: application/json",
      `post: ${refusalBody(3, "Bad request")}`,
      `server: close "parse error" Error(${JSON.stringify(ours)}), closed polling`,
      ...(isTaken ? ['server: connection_error 1 "Session ID unknown" sid="<sid>"'] : []),
    ],
  };
}

const SESSION_GONE = [
  "poll: HTTP 400",
  "poll: connection: keep-alive",
  "poll: content-type: application/json",
  `poll: ${refusalBody(1, "Session ID unknown")}`,
];
