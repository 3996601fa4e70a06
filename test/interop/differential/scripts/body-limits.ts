/** Bodies around the limit of their size. */
import type { Group, Script } from "../step.ts";
import { answer, get, head, openPolling, polling, post, say, script, settle } from "../steps.ts";

const LIMIT = 100;

const limits = (revision: number): readonly Script[] => {
  const target = `/engine.io/?${polling(revision)}`;
  const body = (size: number): string =>
    revision === 4 ? `4${"a".repeat(size - 1)}` : `${size - 3}:4${"a".repeat(size - 4)}`;
  const chunk = (size: number): string => `${size.toString(16)}\r\n${"a".repeat(size)}\r\n`;
  return [
    script(
      `a body as long as allowed, revision ${revision}`,
      openPolling(revision),
      post("post", polling(revision), body(LIMIT)),
      answer("post"),
    ),
    script(
      `a body one byte too long, revision ${revision}`,
      openPolling(revision),
      post("post", polling(revision), body(LIMIT + 1)),
      answer("post"),
      settle,
      get("poll", polling(revision)),
      settle,
    ),
    script(
      `a declared length over the limit, revision ${revision}`,
      openPolling(revision),
      say("post", head("POST", target, { "Content-Length": "1000" })),
      settle,
      settle,
    ),
    script(
      `chunks over the limit, revision ${revision}`,
      openPolling(revision),
      say("post", head("POST", target, { "Transfer-Encoding": "chunked" })),
      say("post", chunk(60)),
      settle,
      say("post", chunk(60)),
      answer("post"),
      settle,
      get("poll", polling(revision)),
      settle,
    ),
    script(
      `a body that is too long while a poll waits, revision ${revision}`,
      openPolling(revision),
      get("poll", polling(revision)),
      settle,
      post("post", polling(revision), body(LIMIT + 1)),
      answer("post"),
      settle,
    ),
    script(
      `as many bytes as allowed, beyond ASCII, revision ${revision}`,
      openPolling(revision),
      post("post", polling(revision), revision === 4 ? `4${"€".repeat(33)}` : `33:4${"€".repeat(32)}`),
      answer("post"),
    ),
    script(
      `too many bytes, though not characters, revision ${revision}`,
      openPolling(revision),
      post("post", polling(revision), revision === 4 ? `4${"€".repeat(34)}` : `35:4${"€".repeat(34)}`),
      answer("post"),
    ),
  ];
};

export const BODY_LIMITS: readonly Group[] = [
  {
    title: "a limit of 100 bytes",
    options: { maxHttpBufferSize: LIMIT },
    scripts: [...limits(4), ...limits(3)],
  },
];
