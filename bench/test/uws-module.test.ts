import { expect } from "chai";
import { PeerAbsent } from "../src/peers/peer.ts";
import { loadUws } from "../src/peers/uws-module.ts";

describe("loading uWebSockets.js", () => {
  it("says that it is not installed when there is none of its packages", () => {
    expect(() => loadUws(["no-such-package"])).to.throw(PeerAbsent, /^uWebSockets\.js is not installed$/);
  });

  it("takes no package for it that does the work in JavaScript", () => {
    expect(() => loadUws(["ws"])).to.throw(PeerAbsent, /^ws has no binary for this machine$/);
  });
});
