/** The ways in which a page can reach the server, and what its requests look like then. */
import { expect } from "chai";
import type { Exchange } from "../interop/engine-official/wire-log.ts";

export interface EngineMode {
  readonly name: string;
  /** The one revision that has it; both when absent. */
  readonly revision?: 3 | 4;
  readonly options: object;
  readonly settled: "polling" | "websocket";
  /** The page comes from another origin than the server it talks to. */
  readonly crossesOrigins?: boolean;
  /** Bytes go as base64 over WebSocket. */
  readonly encodesLate?: boolean;
  check?(exchanges: readonly Exchange[], id: string): void;
}

const polls = (exchanges: readonly Exchange[]) => exchanges.filter(({ isUpgrade }) => !isUpgrade);
const typesOf = (exchanges: readonly Exchange[], method: string): unknown[] =>
  polls(exchanges)
    .filter((exchange) => exchange.method === method && exchange.response?.headersSent === true)
    .map(({ response }) => response?.getHeader("content-type"));

function expectBase64(exchanges: readonly Exchange[]): void {
  for (const { query } of exchanges) expect(query.get("b64")).to.equal("1");
  for (const type of typesOf(exchanges, "GET")) expect(type).to.match(/^text\/plain/i);
}

function expectJsonp(exchanges: readonly Exchange[]): void {
  for (const { query } of polls(exchanges)) expect(query.get("j")).to.match(/^\d+$/);
  // The official server calls a script plain text.
  for (const type of typesOf(exchanges, "GET")) expect(type).to.match(/^text\/(javascript|plain)/i);
  const posted = polls(exchanges).filter(({ method }) => method === "POST");
  expect(posted.length).to.be.above(0);
  for (const { headers } of posted)
    expect(headers["content-type"]).to.equal("application/x-www-form-urlencoded");
}

/** The browser kept the cookie of the other origin, and gives it back. */
function expectCookies([first, ...later]: readonly Exchange[], id: string): void {
  expect(first?.headers.origin).to.be.a("string");
  expect(first?.response?.getHeader("access-control-allow-credentials")).to.equal("true");
  // A preflight never has any.
  const asked = later.filter(({ method }) => method !== "OPTIONS");
  for (const { headers } of asked) expect(headers.cookie).to.equal(`io=${id}`);
}

export const ENGINE_MODES: readonly EngineMode[] = [
  {
    name: "polling",
    options: { transports: ["polling"] },
    settled: "polling",
    check: (exchanges) => {
      const compressed = exchanges.filter(
        ({ response }) => response?.getHeader("content-encoding") === "gzip",
      );
      expect(compressed.length).to.be.above(0);
    },
  },
  {
    name: "polling with base64",
    options: { transports: ["polling"], forceBase64: true },
    settled: "polling",
    check: expectBase64,
  },
  { name: "websocket", options: { transports: ["websocket"] }, settled: "websocket" },
  {
    name: "websocket with base64",
    options: { transports: ["websocket"], forceBase64: true },
    settled: "websocket",
    encodesLate: true,
  },
  { name: "polling → websocket", options: {}, settled: "websocket" },
  {
    name: "polling → websocket with base64",
    options: { forceBase64: true },
    settled: "websocket",
    encodesLate: true,
    check: expectBase64,
  },
  {
    name: "polling across origins",
    options: { transports: ["polling"], withCredentials: true },
    settled: "polling",
    crossesOrigins: true,
    check: expectCookies,
  },
  {
    name: "polling → websocket across origins",
    options: { withCredentials: true },
    settled: "websocket",
    crossesOrigins: true,
    check: expectCookies,
  },
  {
    name: "polling across origins, without credentials",
    options: { transports: ["polling"], withCredentials: false },
    settled: "polling",
    crossesOrigins: true,
    check: (exchanges) => {
      for (const { headers } of exchanges) expect(headers.cookie).to.equal(undefined);
    },
  },
  {
    name: "JSONP",
    revision: 3,
    options: { transports: ["polling"], forceJSONP: true },
    settled: "polling",
    check: expectJsonp,
  },
  {
    name: "JSONP → websocket",
    revision: 3,
    options: { forceJSONP: true },
    settled: "websocket",
    check: expectJsonp,
  },
  {
    name: "JSONP across origins",
    revision: 3,
    options: { transports: ["polling"], forceJSONP: true },
    settled: "polling",
    crossesOrigins: true,
    check: expectJsonp,
  },
];
