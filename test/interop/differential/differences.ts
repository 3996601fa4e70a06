/** Differences that are wanted, and come up in more than one script. */
import type { Difference } from "./step.ts";

/** What a refusal looks like as the body of an answer. */
export const refusalBody = (code: number, message: string): string =>
  `body ${JSON.stringify(JSON.stringify({ code, message }))}`;

/** The reference writes the bare message, as HTML. */
export const refusedUpgrade = (code: number, message: string, on = "a"): Difference => ({
  because: "a refused upgrade gets the JSON that a refused request gets",
  reference: [`${on}: content-type: text/html`, `${on}: body ${JSON.stringify(message)}`],
  ours: [`${on}: content-type: application/json`, `${on}: ${refusalBody(code, message)}`],
});

const SWITCHED = [
  "HTTP 101",
  "connection: Upgrade",
  "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  "upgrade: websocket",
  'body ""',
];

/** The reference switches protocols before it has looked; `next` is what it does then. */
export const refusedBeforeSwitching = (
  code: number,
  message: string,
  {
    because,
    next,
    ours = [],
  }: {
    readonly because: string;
    readonly next: readonly string[];
    /** What else only ours has. */
    readonly ours?: readonly string[];
  },
): Difference => ({
  because,
  reference: [...SWITCHED, ...next].map((line) => `a: ${line}`),
  ours: [
    "a: HTTP 400",
    "a: connection: close",
    "a: content-type: application/json",
    `a: ${refusalBody(code, message)}`,
    ...ours,
  ],
});

/** An upgrade that asks for polling. */
export const upgradeToPolling = (name: string): Difference =>
  refusedBeforeSwitching(3, "Bad request", {
    because: "there is no upgrade to polling; the reference opens a WebSocket for it and closes that",
    next: ["close without a code", "connection open"],
    ours: ["a: connection closed", `server: connection_error 3 "Bad request" "${name}"`],
  });
