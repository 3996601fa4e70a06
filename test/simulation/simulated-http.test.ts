import { expect } from "chai";
import type { HttpRequest } from "../../packages/engine.io-client/src/network.ts";
import { Coverage } from "./coverage.ts";
import { FAULTS, type FaultRates } from "./faults.ts";
import { SimulatedCall } from "./simulated-http.ts";
import { World } from "./world.ts";

const GET: HttpRequest = { method: "GET", url: "" };
const POST: HttpRequest = { method: "POST", url: "", body: "4hello" };
const OK = { status: 200, contentType: "text/plain", compress: false, endsConnection: false };

/** Makes a request over a network with these faults. `told` gets a line for all that either end hears. */
function request(
  what: HttpRequest,
  faults: Partial<FaultRates> = {},
  onCall?: (call: SimulatedCall) => void,
) {
  const world = new World(1, new Coverage(), undefined);
  world.rates = { ...FAULTS.none, ...faults };
  const told: string[] = [];
  const sink = {
    onResponse: (status: number, body: Uint8Array) => told.push(`client: ${status} ${Buffer.from(body)}`),
    onError: (cause: unknown) => told.push(`client: ${(cause as Error).message}`),
  };
  const call = new SimulatedCall(world, 1, what, sink, (arrived) => {
    told.push("server: request");
    arrived.whenOver((isWritten) => told.push(`server: over, ${isWritten}`));
    onCall?.(arrived);
  });
  const runUntil = (untilMs: number) => {
    while (world.scheduler.step(untilMs));
  };
  return { world, told, call, runUntil, run: () => runUntil(60_000) };
}

const echo = (told: () => string[]) => (call: SimulatedCall) => {
  call.readBody(100, ({ kind }) => {
    told().push(`server: body ${kind}`);
    call.answer({ ...OK, body: "ok" });
  });
};

describe("a simulated HTTP request", () => {
  it("is answered, and the server hears that the answer was written", () => {
    const { told, call, run } = request(GET, {}, (arrived) => arrived.answer({ ...OK, body: "6" }));
    run();
    expect(told).to.have.members(["server: request", "server: over, true", "client: 200 6"]);
    expect([call.isAwaited, call.isOwed]).to.deep.equal([false, false]);
  });

  it("brings its body, or says at once that it is too large", () => {
    const posted = request(POST, {}, (arrived) => echo(() => posted.told)(arrived));
    posted.run();
    expect(posted.told).to.include.members(["server: body complete", "client: 200 ok"]);
    const kinds: string[] = [];
    request(POST, {}, (arrived) => arrived.readBody(5, ({ kind }) => kinds.push(kind))).run();
    expect(kinds).to.deep.equal(["too large"]);
  });

  it("that is refused never comes to the server", () => {
    const { told, run } = request(GET, { requestRefused: 1 });
    run();
    expect(told).to.deep.equal(["client: refused"]);
  });

  it("that is stuck is not heard of", () => {
    const { told, call, run } = request(GET, { requestStuck: 1 });
    run();
    expect(told).to.deep.equal([]);
    expect(call.isAwaited).to.equal(true);
  });

  it("that is stuck ends by its own timeout", () => {
    const { told, run } = request({ ...GET, timeoutMs: 50 }, { requestStuck: 1 });
    run();
    expect(told).to.deep.equal(["client: timed out"]);
  });

  it("is aborted: the client hears nothing more, the server that it is over", () => {
    const { told, call, run, runUntil } = request(GET);
    runUntil(1000);
    call.abort();
    run();
    expect(told).to.deep.equal(["server: request", "server: over, false"]);
    expect(call.isGone).to.equal(true);
  });

  it("that breaks while it waits fails at both ends", () => {
    const { told, run } = request(GET, { resetWaiting: 1 });
    run();
    expect(told).to.have.members(["server: request", "server: over, false", "client: reset"]);
  });

  it("that breaks while it waits with a deaf end fails at the other alone", () => {
    const { told, run } = request(GET, { resetWaiting: 1, halfOpen: 1 });
    run();
    expect(told).to.have.length(2);
  });

  it("whose body is cut fails at both ends", () => {
    const cut = request(POST, { bodyCut: 1 }, (arrived) => echo(() => cut.told)(arrived));
    cut.run();
    expect(cut.told).to.include.members(["server: body aborted", "client: reset"]);
  });

  it("whose answer is lost fails at the client, whatever the server believes", () => {
    const { told, run } = request(GET, { answerLost: 1 }, (arrived) => arrived.answer({ ...OK, body: "6" }));
    run();
    expect(told).to.include("client: reset before the answer");
    expect(told.some((line) => line.startsWith("server: over"))).to.equal(true);
  });

  it("comes nowhere in a silent network", () => {
    const { world, told, run } = request(GET);
    world.isSilent = true;
    run();
    expect(told).to.deep.equal([]);
  });
});
