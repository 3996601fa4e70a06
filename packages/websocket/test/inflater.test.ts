import { constants, deflateRawSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { Inflater } from "../src/inflater.ts";
import { hex } from "./support/bytes.ts";
import { deflated, settingsOf } from "./support/deflated.ts";
import { cpuMsOf, growthOf } from "./support/memory.ts";

/** What a piece comes to, or the code of what is wrong with it. */
const run = (inflater: Inflater, piece: Buffer, fin = true, limitBytes = 1 << 20): Promise<string> =>
  new Promise((resolve) =>
    inflater.inflate(piece, fin, limitBytes, (error, chunks) =>
      resolve(error === undefined ? Buffer.concat(chunks).toString("latin1") : error.code),
    ),
  );

const inflater = (bits = 15, noContextTakeover = false): Inflater =>
  new Inflater(settingsOf(), bits, noContextTakeover);

/** Some twenty bytes of it for each 16 KiB. */
const bomb = (bytes: number): Buffer => deflated(Buffer.alloc(bytes));

describe("inflater", () => {
  const EXAMPLES: readonly [name: string, payloads: readonly string[], texts: readonly string[]][] = [
    ["a block", ["f248cdc9c90700"], ["Hello"]],
    ["a message out of the window", ["f248cdc9c90700", "f200110000"], ["Hello", "Hello"]],
    ["a stored block", ["000500faff48656c6c6f00"], ["Hello"]],
    ["BFINAL", ["f348cdc9c9070000", "f348cdc9c9070000"], ["Hello", "Hello"]],
    ["BFINAL with nothing after it", ["f348cdc9c90700", "f348cdc9c90700"], ["Hello", "Hello"]],
    ["two blocks", ["f24805000000ffffcac9c90700"], ["Hello"]],
    ["nothing", ["00", "00", "f248cdc9c90700", "00"], ["", "", "Hello", ""]],
    ["two streams in a message", ["f348cdc9c90700f348cdc9c90700"], ["HelloHello"]],
    ["a stream that ends, and a stored block", ["f348cdc9c90700000500faff48656c6c6f00"], ["HelloHello"]],
  ];
  for (const [name, payloads, texts] of EXAMPLES)
    it(`inflates ${name}, whole and cut at every point (RFC 7692 §7.2.3)`, async () => {
      const most = Math.max(...payloads.map(({ length }) => length / 2));
      for (let cut = 0; cut <= most; cut++) {
        const subject = inflater();
        for (const [i, payload] of payloads.entries()) {
          const bytes = hex(payload);
          const at = Math.min(cut, bytes.length);
          const head = at === 0 ? "" : await run(subject, bytes.subarray(0, at), false);
          expect(head + (await run(subject, bytes.subarray(at))), `cut at ${cut}`).to.equal(texts[i]);
        }
        subject.close();
      }
    });

  it("takes what looks like a message's end for data, in the midst of one", async () => {
    const subject = inflater();
    // A stream ends; then a stored block of 0xff00 bytes begins, and the piece ends where that is half said.
    const block = Buffer.concat([
      hex("000 0ff ff00".replaceAll(" ", "")),
      Buffer.alloc(0xff00, "x"),
      hex("00"),
    ]);
    const payload = Buffer.concat([hex("f348cdc9c90700"), block]);
    const cut = 7 + 4;
    expect(payload.subarray(7, cut).toString("hex")).to.equal("0000ffff");
    const head = await run(subject, payload.subarray(0, cut), false);
    const rest = await run(subject, payload.subarray(cut));
    expect(head).to.equal("Hello");
    expect(rest === "x".repeat(0xff00), rest.slice(0, 40)).to.equal(true);
    subject.close();
  });

  for (const payload of ["07", "ffffff", "000500ffff48656c6c6f00", "f200110000", "f248cdc9c9070007"])
    it(`refuses ${payload} as invalid`, async () => {
      const subject = inflater();
      expect(await run(subject, hex(payload))).to.equal("WS_ERR_INVALID_DEFLATE_DATA");
      subject.close();
    });

  it("finds a fault after valid data, however long that is", async () => {
    for (const bytes of [10, 16_384, 100_000]) {
      const subject = inflater();
      const valid = deflateRawSync(Buffer.alloc(bytes), { finishFlush: constants.Z_SYNC_FLUSH });
      const wire = Buffer.concat([valid, hex("07ffff")]);
      expect(await run(subject, wire)).to.equal("WS_ERR_INVALID_DEFLATE_DATA");
      subject.close();
    }
  });

  it("refuses a match that reaches far beyond the window agreed on", async () => {
    let seed = 1;
    const random = Buffer.alloc(20_000).map(() => (seed = (seed * 16_807) % 2_147_483_647) & 0xff);
    const wire = deflated(Buffer.concat([random, random]));
    expect(wire.length).to.be.lessThan(21_000);
    for (const [bits, outcome] of [
      [15, 40_000],
      [9, "WS_ERR_INVALID_DEFLATE_DATA"],
    ] as const) {
      const subject = inflater(bits);
      const text = await run(subject, wire);
      expect(text.startsWith("WS_ERR") ? text : text.length).to.equal(outcome);
      subject.close();
    }
  });

  it("forgets a message without context takeover, and a lean on it is a fault", async () => {
    const subject = inflater(15, true);
    expect(await run(subject, hex("f248cdc9c90700"))).to.equal("Hello");
    expect(await run(subject, hex("f248cdc9c90700"))).to.equal("Hello");
    expect(await run(subject, hex("f200110000"))).to.equal("WS_ERR_INVALID_DEFLATE_DATA");
    subject.close();
  });

  for (const bytes of [0, 1, 16_383, 16_384, 16_385, 32_768, 100_000])
    it(`gives ${bytes} bytes to who takes as many, and a fault to who takes one less`, async () => {
      const subject = inflater(15, true);
      const wire = bomb(bytes);
      expect(await run(subject, wire, true, bytes)).to.have.length(bytes);
      if (bytes > 0)
        expect(await run(subject, wire, true, bytes - 1)).to.equal("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
      subject.close();
    });

  it("stops at the limit of a bomb, whatever it would have come to", async () => {
    const wire = bomb(200 << 20);
    const subject = inflater();
    let most = 0;
    const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 1);
    const before = process.memoryUsage().arrayBuffers;
    const { bytes } = await growthOf(async () => {
      const ms = await cpuMsOf(async () => {
        const outcome = await run(subject, wire, true, 1_000_000);
        expect(outcome).to.equal("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
      });
      expect(ms).to.be.lessThan(200);
    });
    clearInterval(sampling);
    expect(most - before).to.be.lessThan(8_000_000);
    expect(bytes).to.be.lessThan(1_000_000);
    subject.close();
  });

  it("refuses a message of many tiny streams, in bounded time", async () => {
    const subject = inflater();
    // An empty stream in two octets.
    const wire = Buffer.from("0300".repeat(500_000), "hex");
    const ms = await cpuMsOf(async () => {
      expect(await run(subject, wire)).to.equal("WS_ERR_TOO_MANY_BUFFERED_PARTS");
    });
    expect(ms).to.be.lessThan(300);
    subject.close();
  });

  it("can be used again after a fault", async () => {
    const subject = inflater();
    expect(await run(subject, hex("ffffff"))).to.equal("WS_ERR_INVALID_DEFLATE_DATA");
    expect(await run(subject, bomb(100_000), true, 10)).to.equal("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
    expect(await run(subject, hex("f248cdc9c90700"))).to.equal("Hello");
    subject.close();
  });

  it("calls nobody back once closed, and gives its turn to others", async () => {
    const settings = settingsOf({ concurrencyLimit: 1 });
    const wire = bomb(1 << 20);
    let calls = 0;
    for (let i = 0; i < 20; i++) {
      const subject = new Inflater(settings, 15, false);
      subject.inflate(wire, true, 1 << 20, () => calls++);
      subject.close();
      subject.close();
    }
    const other = new Inflater(settings, 15, false);
    expect(await run(other, hex("f248cdc9c90700"))).to.equal("Hello");
    expect(calls).to.equal(0);
    other.close();
  });

  it("gives the same however a message is cut, and never throws on arbitrary bytes", async () => {
    const texts = fc.array(fc.string({ maxLength: 300 }), { minLength: 1, maxLength: 4 });
    const spoilt = fc.option(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })));
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat({ max: 60 })), spoilt, async (messages, cuts, spoil) => {
        const wires = messages.map((text) => Buffer.from(deflated(Buffer.from(text, "latin1"))));
        const last = wires.at(-1) as Buffer;
        if (spoil !== null)
          last[spoil[0] % last.length] = (last[spoil[0] % last.length] as number) ^ spoil[1];
        const outcomes: string[] = [];
        for (const points of [[], cuts]) {
          const subject = inflater();
          let outcome = "";
          for (const wire of wires) {
            const ends = [...points.filter((cut) => cut < wire.length), wire.length].sort((a, b) => a - b);
            for (const [i, end] of ends.entries()) {
              const answer = await run(subject, wire.subarray(ends[i - 1] ?? 0, end), i === ends.length - 1);
              outcome = answer.startsWith("WS_ERR") ? answer : outcome + answer;
              if (answer.startsWith("WS_ERR")) break;
            }
          }
          outcomes.push(outcome);
          subject.close();
        }
        if (spoil === null)
          expect(outcomes[0]).to.equal(
            messages.map((text) => Buffer.from(text, "latin1").toString("latin1")).join(""),
          );
        expect(outcomes[1]).to.equal(outcomes[0]);
      }),
      { numRuns: 60 },
    );
  });
});
