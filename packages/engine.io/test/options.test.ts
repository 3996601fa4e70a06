import { Server } from "@towline/engine.io";
import { expect } from "chai";

const optsOf = (options: object) => new Server(options).opts;

describe("options that mean one thing only", () => {
  it("are taken as they are meant", () => {
    expect(optsOf({ cors: "*" }).cors).to.equal(true);
    expect(optsOf({ transports: "websocket" }).transports).to.deep.equal(["websocket"]);
    expect(optsOf({ maxHttpBufferSize: Number.POSITIVE_INFINITY }).maxHttpBufferSize).to.equal(2 ** 29);
    expect(optsOf({ pingInterval: null }).pingInterval).to.equal(25_000);
  });

  it("are refused where they are not", () => {
    expect(() => optsOf({ cors: "https://example.com" })).to.throw(
      TypeError,
      'or options of the cors package such as { origin: "https://example.com" }',
    );
  });
});

describe("cookie", () => {
  for (const cookie of ["a b", "", { name: "a b" }, { maxAge: "1d" }, { sameSite: "perhaps" }, 1])
    it(`cannot be made from ${JSON.stringify(cookie)}, which is found out at once`, () => {
      expect(() => optsOf({ cookie })).to.throw(TypeError, "cookie must be a boolean, a name, or options");
    });

  for (const cookie of [true, "sid", {}, { name: "sid", maxAge: 60, sameSite: "strict", path: "/" }])
    it(`can be made from ${JSON.stringify(cookie)}`, () => {
      expect(() => optsOf({ cookie })).not.to.throw();
    });
});
