import { type Codec, type EnginePacket, revision3, revision4 } from "@towline/engine.io-parser";
import { expect } from "chai";
import type { HttpRequest, HttpSink } from "../src/network.ts";
import { polling } from "../src/polling.ts";
import type { TraceEvent } from "../src/trace.ts";
import type { CloseDetails, Transport } from "../src/transport.ts";

const OPEN4 = '0{"sid":"a"}';

interface Call extends HttpRequest {
  readonly sink: HttpSink;
  isAborted: boolean;
}

/** A polling transport whose requests the test answers. */
function openPolling(
  options: { codec?: Codec; onPackets?: (packets: readonly EnginePacket[]) => void } = {},
) {
  const calls: Call[] = [];
  const packets: EnginePacket[] = [];
  const codecs: (number | undefined)[] = [];
  const closes: (Error | CloseDetails)[] = [];
  const traced: TraceEvent[] = [];
  const told: string[] = [];
  const context = {
    codec: options.codec,
    supportsBinary: true,
    trace: (event: TraceEvent) => void traced.push(event),
    url: () => "http://server/",
    nowMs: () => 0,
  };
  const factory = polling((request, sink) => {
    const call: Call = { ...request, sink, isAborted: false };
    calls.push(call);
    return {
      abort() {
        call.isAborted = true;
      },
    };
  });
  const transport: Transport = factory.create(context, {
    onOpen: () => told.push("open"),
    onPackets: (batch, codec) => {
      packets.push(...batch);
      codecs.push(codec?.revision);
      context.codec = codec;
      options.onPackets?.(batch);
    },
    onDrain: () => told.push("drain"),
    onClose: (cause) => closes.push(cause),
  });
  transport.open();
  const running = (method: "GET" | "POST") => calls.filter((call) => call.method === method);
  /** Answers the newest request of that method. */
  const answer = (method: "GET" | "POST", body: string | Uint8Array, status = 200): void =>
    running(method)
      .at(-1)
      ?.sink.onResponse(status, typeof body === "string" ? new TextEncoder().encode(body) : body);
  return { transport, calls, packets, codecs, closes, traced, told, running, answer };
}

describe("polling transport", () => {
  it("opens with a GET and starts the next one when that is answered", () => {
    const { running, answer, packets, transport } = openPolling();
    expect(running("GET")).to.have.lengthOf(1);
    expect(transport.writable).to.equal(false);
    answer("GET", OPEN4);
    expect(packets).to.deep.equal([{ type: "open", data: '{"sid":"a"}' }]);
    expect(running("GET")).to.have.lengthOf(2);
    expect(transport.writable).to.equal(true);
  });

  for (const [what, body, revision, expected] of [
    ["revision 4 text", '0{"sid":"é"}\x1e4hi\x1ebAQI=', 4, ['{"sid":"é"}', "hi", Buffer.from([1, 2])]],
    ["revision 3 text", '12:0{"sid":"é"}3:4hi', 3, ['{"sid":"é"}', "hi"]],
    [
      "revision 3 bytes",
      Buffer.concat([Buffer.from([0, 3, 0xff]), Buffer.from("0{}"), Buffer.from([1, 3, 0xff, 4, 1, 2])]),
      3,
      ["{}", Buffer.from([1, 2])],
    ],
  ] as const)
    it(`reads ${what} and tells the revision`, () => {
      const { answer, packets, codecs } = openPolling();
      answer("GET", body);
      expect(packets.map(({ data }) => data)).to.deep.equal(expected);
      expect(codecs).to.deep.equal([revision]);
    });

  it("posts a batch as one body, one at a time, and tells when it is taken", () => {
    const { transport, answer, running, told } = openPolling();
    answer("GET", OPEN4);
    transport.send([
      { type: "message", data: "1" },
      { type: "message", data: Buffer.from([1, 2]) },
    ]);
    expect(running("POST").map(({ body }) => body)).to.deep.equal(["41\x1ebAQI="]);
    expect(transport.writable).to.equal(false);
    answer("POST", "ok");
    expect(transport.writable).to.equal(true);
    expect(told).to.deep.equal(["drain"]);
  });

  it("posts bytes to a revision 3 server as they are", () => {
    const { transport, answer, running } = openPolling({ codec: revision3 });
    answer("GET", "3:0{}");
    transport.send([{ type: "message", data: Buffer.from([7]) }]);
    expect(Buffer.from(running("POST")[0]?.body ?? "")).to.deep.equal(Buffer.from([1, 2, 0xff, 4, 7]));
  });

  it("pauses only when both requests are answered and delivered, and then makes no more", () => {
    const { transport, answer, running, packets } = openPolling();
    let isPaused = false;
    answer("GET", OPEN4);
    transport.send([{ type: "message", data: "1" }]);
    transport.pause(() => {
      isPaused = true;
    });
    answer("GET", "4last");
    expect(packets.at(-1)?.data).to.equal("last");
    expect(isPaused).to.equal(false);
    expect(transport.writable).to.equal(false);
    answer("POST", "ok");
    expect(isPaused).to.equal(true);
    expect(running("GET")).to.have.lengthOf(2);
  });

  it("polls on after it was paused, or about to be, and resumed", () => {
    const { transport, answer, running } = openPolling();
    answer("GET", OPEN4);
    transport.pause(() => expect.fail("must not pause"));
    transport.resume();
    answer("GET", "6");
    expect(running("GET")).to.have.lengthOf(3);
    transport.pause(() => {});
    answer("GET", "6");
    expect(running("GET")).to.have.lengthOf(3);
    transport.resume();
    expect(running("GET")).to.have.lengthOf(4);
  });

  for (const status of [200, 400])
    it(`says goodbye when closed gracefully, and keeps the poll until that is answered with ${status}`, () => {
      const { transport, answer, running, closes } = openPolling();
      answer("GET", OPEN4);
      transport.close("graceful");
      transport.close("discard");
      expect(running("POST").map(({ body, isAborted }) => [body, isAborted])).to.deep.equal([["1", false]]);
      const poll = running("GET").at(-1);
      expect(poll?.isAborted).to.equal(false);
      answer("POST", "ok", status);
      expect(poll?.isAborted).to.equal(true);
      expect(closes).to.deep.equal([]);
    });

  it("just stops when discarded", () => {
    const { transport, answer, running } = openPolling();
    answer("GET", OPEN4);
    transport.send([{ type: "message", data: "1" }]);
    transport.close("discard");
    expect(running("POST").map(({ isAborted }) => isAborted)).to.deep.equal([true]);
    expect(running("GET").at(-1)?.isAborted).to.equal(true);
  });

  it("closes once with the status and the answer of a refused request", () => {
    const { answer, closes, running } = openPolling();
    const body = '{"code":1,"message":"Session ID unknown"}';
    answer("GET", body, 400);
    running("GET").at(-1)?.sink.onError(new Error("late"));
    expect(closes).to.have.lengthOf(1);
    expect(closes[0]).to.include({ message: "xhr poll error", type: "TransportError", description: 400 });
    expect(closes[0]).to.have.deep.property("context", { status: 400, responseText: body });
  });

  it("closes with the cause when a request cannot be made", () => {
    const { transport, answer, closes, running } = openPolling();
    answer("GET", OPEN4);
    transport.send([{ type: "message", data: "1" }]);
    const cause = new Error("ECONNRESET");
    running("POST")[0]?.sink.onError(cause);
    expect(closes[0]).to.include({ message: "xhr post error", description: 0, cause });
    expect(running("GET").at(-1)?.isAborted).to.equal(true);
  });

  for (const body of ["", "<html>busy</html>", "9", "5:4hi"])
    it(`closes when the answer is no payload: ${JSON.stringify(body)}`, () => {
      const { answer, closes, packets } = openPolling();
      answer("GET", body);
      expect(closes).to.have.lengthOf(1);
      expect(closes[0]).to.be.instanceOf(Error);
      expect(packets).to.deep.equal([]);
    });

  it("polls on although a listener throws", () => {
    const { answer, running } = openPolling({
      onPackets: () => {
        throw new Error("listener");
      },
    });
    expect(() => answer("GET", OPEN4)).to.throw("listener");
    expect(running("GET")).to.have.lengthOf(2);
  });

  it("traces every packet, as encoded, and each change of state", () => {
    const { transport, answer, traced } = openPolling();
    answer("GET", `${OPEN4}\x1ebAQI=`);
    transport.send([{ type: "pong" }]);
    answer("POST", "ok");
    transport.pause(() => {});
    answer("GET", "6");
    transport.close("discard");
    expect(
      traced.map((event) =>
        event.kind === "packet" ? `${event.direction} ${event.type} ${event.wire}` : event.state,
      ),
    ).to.deep.equal([
      "opening",
      "open",
      `down open ${OPEN4}`,
      "down message bAQI=",
      "up pong 3",
      "down noop 6",
      "paused",
      "closed",
    ]);
  });

  it("takes the codec of the session for later answers", () => {
    const { answer, packets } = openPolling({ codec: revision4 });
    answer("GET", OPEN4);
    answer("GET", "4" + "1:x");
    expect(packets.at(-1)).to.deep.equal({ type: "message", data: "1:x" });
  });
});
