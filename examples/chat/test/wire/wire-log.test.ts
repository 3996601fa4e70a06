import { expect } from "chai";
import type { TraceEvent } from "../../src/client/wire/trace-event.ts";
import { KEPT_BYTES, type Row, WireLog } from "../../src/client/wire/wire-log.ts";

type Transport = "polling" | "websocket";
type State = "opening" | "open" | "paused" | "closed";

const change = (timeMs: number, transport: Transport, state: State, reason?: string): TraceEvent => ({
  kind: "transport",
  transport,
  state,
  timeMs,
  ...(reason === undefined ? {} : { reason }),
});

const event = (timeMs: number, data: string | Uint8Array, direction: "up" | "down" = "down"): TraceEvent => ({
  kind: "packet",
  direction,
  transport: "websocket",
  type: "message",
  data,
  wire: typeof data === "string" ? `4${data}` : data,
  timeMs,
});

const feed = (log: WireLog, ...events: readonly TraceEvent[]): readonly Row[] =>
  events.flatMap((each) => log.add(each));

describe("rows of the wire view", () => {
  it("begin a connection with its first transport, and count time from there", () => {
    const rows = feed(new WireLog(), change(5_000, "polling", "opening"), change(5_030, "polling", "open"));
    expect(rows.map(({ kind, timeMs }) => [kind, timeMs])).to.deep.equal([
      ["break", 0],
      ["transport", 0],
      ["transport", 30],
    ]);
    expect(rows[0]).to.include({ connection: 1, lost: false });
  });

  it("show both transports through an upgrade, which is no break", () => {
    const rows = feed(
      new WireLog(),
      change(0, "polling", "opening"),
      change(1, "polling", "open"),
      change(2, "websocket", "opening"),
      change(3, "websocket", "open"),
      change(4, "polling", "paused"),
      change(5, "polling", "closed"),
      event(6, '2["x"]'),
    );
    expect(rows.map(({ tracks }) => `${tracks.polling}/${tracks.websocket}`)).to.deep.equal([
      "none/none",
      "opening/none",
      "open/none",
      "open/opening",
      "open/open",
      "paused/open",
      "closed/open",
      "none/open",
    ]);
  });

  it("break when the last transport closes, and tell how long there was none", () => {
    const rows = feed(
      new WireLog(),
      change(0, "websocket", "opening"),
      change(100, "websocket", "closed", "transport close"),
      change(1_600, "websocket", "opening"),
    );
    const breaks = rows.filter((row) => row.kind === "break");
    expect(
      breaks.map(({ lost, connection, reason, silentMs }) => ({ lost, connection, reason, silentMs })),
    ).to.deep.equal([
      { lost: false, connection: 1, reason: "", silentMs: 0 },
      { lost: true, connection: 1, reason: "transport close", silentMs: 0 },
      { lost: false, connection: 2, reason: "", silentMs: 1_500 },
    ]);
  });

  it("number the binary messages of a packet, each direction for itself", () => {
    const log = new WireLog();
    feed(log, event(0, '52-["p",0,1]', "up"), event(0, '51-["q",0]'));
    const rows = feed(
      log,
      event(1, Uint8Array.of(1), "up"),
      event(2, Uint8Array.of(2)),
      event(3, Uint8Array.of(3), "up"),
    );
    expect(rows.map((row) => row.kind === "packet" && row.meaning.detail)).to.deep.equal([
      "attachment 1 of 2",
      "attachment",
      "attachment 2 of 2",
    ]);
  });

  it("tell the size in bytes of UTF-8", () => {
    const [row] = feed(new WireLog(), event(0, '2["é"]'));
    expect(row).to.include({ sizeBytes: 8 });
  });

  it("keep the start of a large packet only, as a copy", () => {
    const large = new Uint8Array(KEPT_BYTES + 5);
    const [row] = feed(new WireLog(), event(0, large));
    if (row?.kind !== "packet") throw new Error("expected a packet row");
    expect(row.sizeBytes).to.equal(KEPT_BYTES + 5);
    expect(row.bytes.buffer.byteLength).to.equal(KEPT_BYTES);
  });
});
