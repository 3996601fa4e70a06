import type { IncomingMessage } from "node:http";
import { Server, Transport, transports, uServer } from "@towline/engine.io";
import { expect } from "chai";
import { queryOf, recordOf } from "../src/compat.ts";

describe("names of engine.io", () => {
  it("gives sockets by id as an object, for whoever iterates over engine.clients", () => {
    const map = new Map([
      ["a", 1],
      ["__proto__", 2],
    ]);
    const record = recordOf(map);
    expect(Object.keys(record)).to.deep.equal(["a", "__proto__"]);
    const named = "__proto__";
    expect([record.a, record[named], record.toString]).to.deep.equal([1, 2, undefined]);
    expect(["a" in record, "b" in record]).to.deep.equal([true, false]);
    map.set("b", 3);
    expect(Object.values(record)).to.deep.equal([1, 2, 3]);
    expect(() => Object.assign(record, { c: 4 })).to.throw(TypeError);
  });

  it("takes the last of a repeated parameter, and a query that somebody has parsed already", () => {
    expect(queryOf({ url: "/?a=1&a=2&__proto__=x" } as IncomingMessage)).to.deep.equal(
      Object.assign(Object.create(null), { a: "2", ["__proto__"]: "x" }),
    );
    const parsed = { EIO: "4" };
    expect(queryOf({ url: "/?EIO=3", _query: parsed } as unknown as IncomingMessage)).to.equal(parsed);
  });

  it("has the protocol's error codes on the class", () => {
    expect(Server.errors).to.deep.equal({
      UNKNOWN_TRANSPORT: 0,
      UNKNOWN_SID: 1,
      BAD_HANDSHAKE_METHOD: 2,
      BAD_REQUEST: 3,
      FORBIDDEN: 4,
      UNSUPPORTED_PROTOCOL_VERSION: 5,
    });
    expect(Server.errorMessages[1]).to.equal("Session ID unknown");
  });

  it("says what to use in place of uServer", () => {
    expect(() => new uServer()).to.throw(/use Server/);
  });

  it("has transports that know nothing of a common ancestor and are instances of Transport all the same", () => {
    expect(Object.keys(transports)).to.include.members(["polling", "websocket"]);
    expect(Object.create(transports.polling.prototype)).to.be.instanceOf(Transport);
    expect({}).not.to.be.instanceOf(Transport);
  });
});
