import { expect } from "chai";
import { ConnectLoad, visitIn } from "../src/load/connect-load.ts";
import { tcp } from "../src/load/dialect.ts";
import { failure } from "./support/failure.ts";
import { RawServer } from "./support/raw-server.ts";

const LAP_MS = 20;
const SHAPE = { connections: 3 };

describe("connect load", () => {
  let server: RawServer;

  afterEach(() => server.close());

  it("counts every connection that the server saw come and go, and leaves none", async () => {
    let seen = 0;
    let most = 0;
    server = new RawServer((socket) => {
      seen++;
      most = Math.max(most, server.sockets.size);
      socket.resume();
    });
    const load = new ConnectLoad(await server.listen(), visitIn(tcp), SHAPE);
    const { operations, seconds } = await load.run(LAP_MS);
    expect(operations).to.equal(seen);
    expect(operations).to.be.at.least(SHAPE.connections);
    expect(most).to.be.at.most(2 * SHAPE.connections);
    expect(seconds).to.be.at.least((LAP_MS - 1) / 1000);
    expect((await load.run(LAP_MS)).operations).to.equal(seen - operations);
  });

  it("goes on in the first run until the server is warm, and only there", async () => {
    server = new RawServer((socket) => socket.resume());
    const shape = { ...SHAPE, warmupVisits: 40 };
    const load = new ConnectLoad(await server.listen(), visitIn(tcp), shape);
    expect((await load.run(0)).operations).to.be.within(40, 40 + SHAPE.connections);
    expect((await load.run(0)).operations).to.equal(SHAPE.connections);
  });

  it("stops all lanes at the first connection that does not end well", async () => {
    let seen = 0;
    server = new RawServer((socket) => {
      socket.resume();
      if (++seen === 5) socket.write("more");
    });
    const load = new ConnectLoad(await server.listen(), visitIn(tcp), SHAPE);
    expect((await failure(load.run(60_000))).message).to.equal("4 bytes after the last that were due");
    expect(seen).to.be.at.most(5 + SHAPE.connections);
  });
});
