import { expect } from "chai";
import { serverEnvironment } from "../src/server/server-environment.ts";

describe("environment of a server process", () => {
  it("is a production one, without debugging and without native helpers of ws", () => {
    expect(serverEnvironment({ PATH: "/bin", DEBUG: "*", NODE_ENV: "test" })).to.deep.equal({
      PATH: "/bin",
      NODE_ENV: "production",
      WS_NO_BUFFER_UTIL: "1",
      WS_NO_UTF_8_VALIDATE: "1",
    });
  });
});
