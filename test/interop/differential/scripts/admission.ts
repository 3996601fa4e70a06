/** The application has its say in who comes in: middlewares, `allowRequest`, `generateId`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { refusalBody, refusedBeforeSwitching, refusedUpgrade } from "../differences.ts";
import type { Difference, EngineServer, Group, Script } from "../step.ts";
import {
  answer,
  differs,
  frames,
  get,
  openPolling,
  polling,
  post,
  request,
  script,
  serverSends,
  settle,
  state,
  text,
  upgrade,
  websocket,
} from "../steps.ts";

const UNKNOWN = refusedUpgrade(0, "Transport unknown");

const withDifference = (row: Script, difference: Difference | undefined): Script =>
  difference === undefined ? row : differs(row, difference);

/**
 * Handshakes over HTTP and as upgrades.
 *
 * @param onUpgrade how the upgrades differ that would otherwise open a session.
 * @param onUnknown how an upgrade differs that is refused in any case.
 */
const bothKinds = (
  onUpgrade?: Difference,
  onUnknown: Difference | undefined = UNKNOWN,
): readonly Script[] => [
  script("a handshake on polling", get("a", "EIO=4&transport=polling"), answer("a"), settle),
  script("a handshake on polling, revision 3", get("a", "EIO=3&transport=polling"), answer("a"), settle),
  script("an unknown transport", get("a", "EIO=4&transport=smoke"), answer("a"), settle),
  withDifference(
    script("a handshake on WebSocket", upgrade("a", "EIO=4&transport=websocket"), settle, settle),
    onUpgrade,
  ),
  withDifference(
    script("a handshake on WebSocket, revision 3", upgrade("a", "EIO=3&transport=websocket"), settle, settle),
    onUpgrade,
  ),
  withDifference(
    script("an unknown transport on upgrade", upgrade("a", "EIO=4&transport=smoke"), settle, settle),
    onUnknown,
  ),
];

const inSession: readonly Script[] = [
  script(
    "a whole session",
    openPolling(4),
    post("post", polling(4), "4a"),
    answer("post"),
    upgrade("ws", websocket(4)),
    answer("ws"),
    text("ws", "2probe"),
    frames("ws"),
    text("ws", "5"),
    settle,
  ),
  script("OPTIONS", request("a", "OPTIONS", "EIO=4&transport=polling"), answer("a")),
];

type Next = (error?: unknown) => void;
type Use = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

const MIDDLEWARES: Readonly<Record<string, readonly Use[]>> = {
  "one that sets headers": [
    (_request, response, next) => {
      response.setHeader("X-Middleware", "1");
      response.setHeader("Set-Cookie", "a=1");
      next();
    },
  ],
  "two in a row": [
    (_request, response, next) => {
      response.setHeader("X-Order", "1");
      next();
    },
    (_request, response, next) => {
      response.setHeader("X-Order", `${response.getHeader("X-Order")}, 2`);
      next();
    },
  ],
  "one that takes its time": [(_request, _response, next) => void setImmediate(next)],
  "one that fails": [(_request, _response, next) => next(new Error("not today"))],
  "one that fails later": [
    (_request, _response, next) => void setImmediate(() => next(new Error("not today"))),
  ],
  "one that fails with text": [(_request, _response, next) => next("no")],
  "a second one that fails": [
    (_request, response, next) => {
      response.setHeader("X-Middleware", "1");
      next();
    },
    (_request, _response, next) => next(new Error("not today")),
  ],
  "one that answers by itself": [
    (_request, response) => {
      response.writeHead(418, { "Content-Type": "text/plain" });
      response.end("teapot");
    },
  ],
  "one that answers by itself, later": [
    (_request, response) => {
      setImmediate(() => {
        response.statusCode = 401;
        response.setHeader("WWW-Authenticate", "Basic");
        response.end();
      });
    },
  ],
};

type AllowCallback = (error: unknown, success: boolean) => void;

const ALLOWS: Readonly<Record<string, (request: IncomingMessage, callback: AllowCallback) => void>> = {
  "lets in": (_request, callback) => callback(null, true),
  "lets in later": (_request, callback) => void setImmediate(() => callback(null, true)),
  "refuses with a text": (_request, callback) => callback("not today", false),
  "refuses with an empty text": (_request, callback) => callback("", false),
  "refuses later": (_request, callback) => void setImmediate(() => callback("not today", false)),
  "refuses with null": (_request, callback) => callback(null, false),
  "refuses with undefined": (_request, callback) => callback(undefined, false),
  "refuses with a number": (_request, callback) => callback(3, false),
  "refuses with 0": (_request, callback) => callback(0, false),
  "refuses with 42": (_request, callback) => callback(42, false),
  "lets in with a text": (_request, callback) => callback("though", true),
};

const IDS: Readonly<Record<string, (request: IncomingMessage) => string | Promise<string>>> = {
  "of its own": (request) => `id-of-${request.headers["x-script"]}`,
  later: async (request) => `id-of-${request.headers["x-script"]}`,
  "that throws": () => {
    throw new Error("no ids left");
  },
  "that rejects": async () => {
    throw new Error("no ids left");
  },
};

/** Whatever the application's word, an upgrade that it refuses gets the same JSON and status as a request. */
const forbidden = (message: string): Difference => ({
  because: "a refused upgrade gets the JSON and the status that a refused request gets",
  reference: ["a: HTTP 400", "a: content-type: text/html", `a: body "${message}"`],
  ours: ["a: HTTP 403", "a: content-type: application/json", `a: ${refusalBody(4, message)}`],
});

const unanswered = (...ours: readonly string[]): Difference => ({
  because: "what a middleware answers to an upgrade never leaves the reference",
  reference: [],
  ours: ours.map((line) => `a: ${line}`),
});

const TEAPOT = unanswered("HTTP 418", "connection: close", "content-type: text/plain", 'body "teapot"');
const UNAUTHORIZED = unanswered("HTTP 401", "connection: close", "www-authenticate: Basic", 'body ""');

const FAILED = refusedUpgrade(3, "Bad request");

const NO_ID = refusedBeforeSwitching(3, "Bad request", {
  because: "the reference switches protocols first, and writes its refusal into the WebSocket",
  next: [
    String.raw`unread "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: 11\r\n\r\nBad request"`,
  ],
});

/** A session lives on though a middleware fails for some of its requests. */
const SESSION_REFUSED: Group = {
  title: "middlewares: one that fails within a session",
  prepare: (engine: EngineServer) => {
    engine.use((request, _response, next) => {
      next(request.headers["x-fail"] === undefined ? undefined : new Error("not today"));
    });
  },
  scripts: [3, 4].flatMap((revision) => [
    script(
      `for a poll, revision ${revision}`,
      openPolling(revision),
      get("poll", polling(revision), { "X-Fail": "1" }),
      answer("poll"),
      get("poll", polling(revision)),
      serverSends("still here"),
      answer("poll"),
    ),
    script(
      `for a post, revision ${revision}`,
      openPolling(revision),
      post("post", polling(revision), revision === 4 ? "4a" : "2:4a", { "X-Fail": "1" }),
      answer("post"),
      settle,
      state,
    ),
    differs(
      script(
        `for an upgrade, revision ${revision}`,
        openPolling(revision),
        upgrade("a", websocket(revision), { "X-Fail": "1" }),
        answer("a"),
        settle,
        state,
      ),
      FAILED,
    ),
  ]),
};

function scriptsUnder(middleware: string): readonly Script[] {
  if (middleware.includes("fails")) return bothKinds(FAILED, FAILED);
  if (middleware.includes("later")) return bothKinds(UNAUTHORIZED, UNAUTHORIZED);
  if (middleware.includes("answers")) return bothKinds(TEAPOT, TEAPOT);
  return [...bothKinds(), ...inSession];
}

function scriptsFor(decision: string): readonly Script[] {
  if (decision.startsWith("lets")) return [...bothKinds(), ...inSession];
  // With a number the reference throws on an upgrade, and nothing holds that.
  if (/number|\d/.test(decision)) return bothKinds().slice(0, 3);
  return bothKinds(
    forbidden(decision.endsWith("a text") || decision.endsWith("later") ? "not today" : "Forbidden"),
  );
}

export const ADMISSION: readonly Group[] = [
  SESSION_REFUSED,
  ...Object.entries(MIDDLEWARES).map(
    ([title, uses]): Group => ({
      title: `middlewares: ${title}`,
      prepare: (engine: EngineServer) => {
        for (const use of uses) engine.use(use);
      },
      scripts: scriptsUnder(title),
    }),
  ),
  ...Object.entries(ALLOWS).map(
    ([title, allowRequest]): Group => ({
      title: `allowRequest ${title}`,
      options: { allowRequest },
      scripts: scriptsFor(title),
    }),
  ),
  ...Object.entries(IDS).map(
    ([title, generateId]): Group => ({
      title: `generateId ${title}`,
      prepare: (engine: EngineServer) => {
        engine.generateId = generateId;
      },
      scripts: title.startsWith("that") ? bothKinds(NO_ID) : [...bothKinds(), ...inSession],
    }),
  ),
];
