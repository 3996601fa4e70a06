import { type Codec, type EnginePacket, revision3 } from "@towline/engine.io-parser";
import { expect } from "chai";
import type { WebSocketSink } from "../src/network.ts";
import type { TraceEvent } from "../src/trace.ts";
import type { CloseDetails } from "../src/transport.ts";
import { websocket } from "../src/websocket.ts";

/** A WebSocket transport whose far end is the test. */
function openTransport(codec?: Codec) {
  const sent: (string | Uint8Array)[] = [];
  const packets: EnginePacket[] = [];
  const closes: (Error | CloseDetails)[] = [];
  const told: string[] = [];
  const traced: TraceEvent[] = [];
  const far: { sink?: WebSocketSink } = {};
  const factory = websocket((_url, sink) => {
    far.sink = sink;
    return { bufferedAmount: 7, send: (data) => sent.push(data), close: () => told.push("closed") };
  });
  const transport = factory.create(
    {
      codec,
      supportsBinary: true,
      trace: (event) => void traced.push(event),
      url: () => "ws://server/",
      nowMs: () => 0,
    },
    {
      onOpen: () => told.push("open"),
      onPackets: (batch) => packets.push(...batch),
      onDrain: () => told.push("drain"),
      onClose: (cause) => closes.push(cause),
    },
  );
  transport.open();
  const { sink } = far;
  if (sink === undefined) throw new Error("no WebSocket was opened");
  return { transport, sink, sent, packets, closes, told, traced };
}

describe("WebSocket transport", () => {
  it("is writable once open", () => {
    const { transport, sink, told } = openTransport();
    expect(transport.writable).to.equal(false);
    sink.onOpen();
    expect(transport.writable).to.equal(true);
    expect(told).to.deep.equal(["open"]);
  });

  it("sends one message per packet, and tells once, later, that all has gone", async () => {
    const { transport, sink, sent, told } = openTransport();
    sink.onOpen();
    transport.send([{ type: "message", data: "1" }]);
    transport.send([{ type: "message", data: Buffer.from([1, 2]) }]);
    expect(sent).to.deep.equal(["41", Buffer.from([1, 2])]);
    expect(told).to.deep.equal(["open"]);
    await Promise.resolve();
    expect(told).to.deep.equal(["open", "drain"]);
  });

  it("writes bytes for revision 3 with their type in front", () => {
    const { transport, sink, sent } = openTransport(revision3);
    sink.onOpen();
    transport.send([{ type: "message", data: Buffer.from([1, 2]) }]);
    expect(Buffer.from(sent[0] ?? "")).to.deep.equal(Buffer.from([4, 1, 2]));
  });

  it("reads text and bytes", () => {
    const { sink, packets } = openTransport();
    sink.onOpen();
    sink.onMessage("4hi");
    sink.onMessage(Buffer.from([1]));
    expect(packets).to.deep.equal([
      { type: "message", data: "hi" },
      { type: "message", data: Buffer.from([1]) },
    ]);
  });

  it("closes with the error, and only once, when the connection fails", () => {
    const { sink, closes } = openTransport();
    const cause = new Error("ECONNREFUSED");
    sink.onError(cause);
    sink.onClose({});
    expect(closes).to.have.lengthOf(1);
    expect(closes[0]).to.include({ message: "websocket error", type: "TransportError", cause });
  });

  it("closes with what is known when the connection ends", () => {
    const { sink, closes } = openTransport();
    sink.onOpen();
    sink.onClose({ code: 1006 });
    expect(closes).to.deep.equal([{ description: "websocket connection closed", context: { code: 1006 } }]);
  });

  it("closes on a message that is no packet", () => {
    const { sink, closes, packets, told } = openTransport();
    sink.onOpen();
    sink.onMessage("x");
    expect(closes[0]).to.include({ name: "ProtocolError" });
    expect(packets).to.deep.equal([]);
    expect(told).to.include("closed");
  });

  it("tells nothing once closed by its session", () => {
    const { transport, sink, closes, packets } = openTransport();
    sink.onOpen();
    transport.close("discard");
    sink.onMessage("4late");
    sink.onClose({});
    expect(packets).to.deep.equal([]);
    expect(closes).to.deep.equal([]);
  });

  it("fails when the platform refuses to open it", async () => {
    const closes: unknown[] = [];
    const refused = new Error("blocked by policy");
    const factory = websocket(() => {
      throw refused;
    });
    const context = {
      codec: undefined,
      supportsBinary: true,
      trace: undefined,
      url: () => "",
      nowMs: () => 0,
    };
    factory
      .create(context, {
        onOpen() {},
        onPackets() {},
        onDrain() {},
        onClose: (cause) => closes.push(cause),
      })
      .open();
    await Promise.resolve();
    expect(closes[0]).to.include({ message: "websocket error", cause: refused });
  });

  it("knows what the network has not taken yet", () => {
    expect(openTransport().transport.bufferedBytes).to.equal(7);
  });

  it("traces each message as it is on the wire", () => {
    const { transport, sink, traced } = openTransport(revision3);
    sink.onOpen();
    sink.onMessage("3probe");
    transport.send([{ type: "upgrade" }]);
    sink.onClose({});
    expect(
      traced.map((event) =>
        event.kind === "packet"
          ? [event.direction, event.type, event.data, event.wire]
          : [event.state, event.reason],
      ),
    ).to.deep.equal([
      ["opening", undefined],
      ["open", undefined],
      ["down", "pong", "probe", "3probe"],
      ["up", "upgrade", undefined, "5"],
      ["closed", "websocket connection closed"],
    ]);
  });
});
