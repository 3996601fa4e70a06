import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import { queryOf } from "../src/compat.ts";
import { Refusal } from "../src/errors.ts";
import { checkRequest, type RequestFacts, type SessionFacts } from "../src/request-check.ts";

const SESSIONS = new Map<string, SessionFacts>([
  ["polled", { protocol: 4, transport: { name: "polling" } }],
  ["socketed", { protocol: 4, transport: { name: "websocket" } }],
  ["old", { protocol: 3, transport: { name: "polling" } }],
]);

const check = (query: string, facts: Partial<RequestFacts> = {}, allowEIO3 = true) =>
  checkRequest(
    {
      method: "GET",
      origin: undefined,
      channel: "polling",
      query: queryOf({ url: `/?${query}` } as IncomingMessage),
      ...facts,
    },
    { transports: ["polling", "websocket"], allowEIO3 },
    SESSIONS,
  );

describe("request check", () => {
  for (const [query, facts, route] of [
    ["EIO=4&transport=polling", {}, { transport: "polling", revision: 4, sid: undefined }],
    ["EIO=3&transport=polling", {}, { transport: "polling", revision: 3, sid: undefined }],
    ["transport=polling", {}, { transport: "polling", revision: 3, sid: undefined }],
    [
      "EIO=4&transport=websocket",
      { channel: "websocket" },
      { transport: "websocket", revision: 4, sid: undefined },
    ],
    [
      "EIO=4&transport=polling&sid=polled",
      { method: "POST" },
      { transport: "polling", revision: 4, sid: "polled" },
    ],
    [
      "EIO=4&transport=websocket&sid=polled",
      { channel: "websocket" },
      { transport: "websocket", revision: 4, sid: "polled" },
    ],
  ] as const)
    it(`passes ${query}`, () => {
      expect(check(query, facts)).to.deep.equal(route);
    });

  for (const [query, facts, code] of [
    ["EIO=4", {}, 0],
    ["EIO=4&transport=carrier", {}, 0],
    ["EIO=4&transport=__proto__", {}, 0],
    ["EIO=4&transport=polling&transport=carrier", {}, 0],
    ["EIO=4&transport=polling&sid=nobody", {}, 1],
    ["EIO=4&transport=polling&sid=__proto__", {}, 1],
    ["EIO=4&transport=polling&sid=constructor", {}, 1],
    ["EIO=4&transport=polling&sid=polled&sid=nobody", {}, 1],
    ["EIO=4&transport=polling", { method: "POST" }, 2],
    ["EIO=4&transport=polling", { origin: "http://a\nb" }, 3],
    ["EIO=4&transport=websocket", {}, 3],
    ["EIO=4&transport=polling", { channel: "websocket" }, 3],
    ["EIO=4&transport=polling&sid=socketed", {}, 3],
    ["EIO=4&transport=websocket&sid=socketed", { channel: "websocket" }, 3],
    ["EIO=4&transport=websocket&sid=polled", {}, 3],
    ["EIO=3&transport=polling&sid=polled", {}, 3],
    ["EIO=4&transport=polling&sid=old", {}, 3],
  ] as [string, Partial<RequestFacts>, number][])
    it(`refuses ${query} ${JSON.stringify(facts)} with code ${code}`, () => {
      const refusal = check(query, facts);
      expect(refusal).to.be.instanceOf(Refusal);
      expect((refusal as Refusal).code).to.equal(code);
    });

  it("refuses revision 3 with code 5 where it is not allowed", () => {
    expect((check("EIO=3&transport=polling", {}, false) as Refusal).toJSON()).to.deep.equal({
      code: 5,
      message: "Unsupported protocol version",
    });
  });
});
