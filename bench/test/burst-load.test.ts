import type { Socket } from "node:net";
import { expect } from "chai";
import { burstTexts } from "../src/burst-texts.ts";
import { BurstLoad } from "../src/load/burst-load.ts";
import { failure } from "./support/failure.ts";
import { GREETING, greetingDialect } from "./support/greeting-dialect.ts";
import { RawServer } from "./support/raw-server.ts";

const SHAPE = { connections: 3, payloadBytes: 32 };
const LAP_MS = 20;
const TIMEOUT_MS = 50;

describe("burst load", () => {
  let server: RawServer;
  let load: BurstLoad | undefined;

  /** A server that sends to every socket what `answer` makes of a request. */
  async function run(answer: (texts: string[], index: number, burst: number) => readonly string[]) {
    let bursts = 0;
    const broadcast = (request: string) => {
      const burst = bursts++;
      const sockets: Socket[] = [...server.sockets];
      for (const [index, socket] of sockets.entries())
        socket.write(answer(burstTexts(request), index, burst).join(""));
    };
    server = new RawServer((socket) => {
      socket.on("data", (request) => broadcast(request.toString())).write(GREETING);
    });
    load = await BurstLoad.open(await server.listen(), greetingDialect, SHAPE, TIMEOUT_MS);
    return { lap: await load.run(LAP_MS), bursts: () => bursts };
  }

  afterEach(async () => {
    load?.close();
    load = undefined;
    await server.close();
  });

  it("counts twenty deliveries of a burst to each connection", async () => {
    const { lap, bursts } = await run((texts) => texts);
    expect(lap.operations).to.equal(bursts() * SHAPE.connections * 20);
    expect(lap.operations).to.be.at.least(60);
    expect(lap.seconds).to.be.at.least((LAP_MS - 1) / 1000);
  });

  it("has texts of one size, each different from all others", () => {
    const texts = ["a", "b"].flatMap((request) => burstTexts(request));
    expect(texts).to.have.length(40);
    expect(new Set(texts).size).to.equal(40);
    expect(new Set(texts.map(({ length }) => length))).to.deep.equal(new Set([4]));
  });

  it("fails when one connection misses one broadcast", async () => {
    const cause = await failure(run((texts, index) => (index === 2 ? texts.slice(0, -1) : texts)));
    expect(cause.message).to.equal("1 deliveries missing 50 ms after the burst began");
  });

  it("fails when broadcasts come out of order", async () => {
    const cause = await failure(run((texts) => texts.toReversed()));
    expect(cause.message).to.match(/^a wrong answer: expected "00\.0\.0\..*, got "19\.0\.0\./);
  });

  it("fails when a burst comes again in place of the next one", async () => {
    let first: string[] | undefined;
    const cause = await failure(
      run((texts) => {
        first ??= texts;
        return first;
      }),
    );
    expect(cause.message).to.match(/^a wrong answer: expected "00\.0\.1\..*, got "00\.0\.0\./);
  });

  it("fails when more comes than was asked for", async () => {
    // The next bursts' texts are right byte by byte, but nobody has asked for them.
    const cause = await failure(
      run((texts, index) =>
        index > 0 ? texts : [...texts, ...texts.map((text) => text.replace(".0.0.", ".0.1."))],
      ),
    );
    expect(cause.message).to.equal("more answers than messages");
  });
});
