import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import { shareStrings } from "../src/shared-strings.ts";

const request = (agent: string): IncomingMessage =>
  ({
    url: "/engine.io/?EIO=4",
    httpVersion: "1.1",
    _query: { EIO: "4", list: ["a"], none: null, number: 1 },
    rawHeaders: ["User-Agent", agent, "Accept", "*/*"],
    headers: { "user-agent": agent, accept: "*/*", "set-cookie": ["a", "b"] },
  }) as unknown as IncomingMessage;

describe("shared strings", () => {
  it("change nothing that can be read", () => {
    for (const agent of ["curl", "x".repeat(500), ...Array.from({ length: 3000 }, (_, i) => `agent ${i}`)]) {
      const shared = request(agent);
      shareStrings(shared);
      expect(shared).to.deep.equal(request(agent));
    }
  });
});
