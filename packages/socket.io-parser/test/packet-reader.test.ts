import {
  ATTACHMENT_OPTIONS,
  encode,
  PACKET_TYPE,
  PacketReader,
  ProtocolError,
} from "@towline/socket.io-parser";
import { expect } from "chai";
import fc from "fast-check";

const reader = (options = {}): PacketReader =>
  new PacketReader({ maxAttachments: 10, maxAttachmentBytes: 1000, ...options });
const B = (...bytes: number[]): Buffer => Buffer.from(bytes);
const HOLE = '{"_placeholder":true,"num":0}';

const refusal = (run: () => unknown): ProtocolError => {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error("it was taken");
};

describe("packet reader", () => {
  it("gives a packet with its text, and a binary one with the last of its attachments", () => {
    const one = reader();
    expect(one.addText('2["a"]')).to.deep.equal({ type: PACKET_TYPE.EVENT, nsp: "/", data: ["a"] });
    expect(one.addText(`52-["b",{"_placeholder":true,"num":1},${HOLE}]`)).to.equal(undefined);
    expect(one.addBinary(B(1))).to.equal(undefined);
    expect(one.addBinary(B(2))?.data).to.deep.equal(["b", B(2), B(1)]);
    expect(one.addText('2["c"]')?.data).to.deep.equal(["c"]);
  });

  it("gives an attachment wherever it is asked for, and none where it is not", () => {
    const one = reader();
    one.addText(`51-["a",${HOLE},${HOLE}]`);
    expect(one.addBinary(B(1))?.data).to.deep.equal(["a", B(1), B(1)]);
    one.addText('51-["a"]');
    expect(one.addBinary(B(1))?.data).to.deep.equal(["a"]);
  });

  it("hands on bytes of every kind as they came", () => {
    for (const bytes of [B(1), Uint8Array.of(1), new ArrayBuffer(1), new Blob(["a"])]) {
      const one = reader();
      one.addText(`51-["a",${HOLE}]`);
      expect(one.addBinary(bytes)).to.have.nested.property("data[1]", bytes);
    }
  });

  it("tells whether a packet waits for its attachments", () => {
    const one = reader();
    const states = [one.isWaiting];
    one.addText('52-["x"]');
    states.push(one.isWaiting);
    one.addBinary(B(1));
    states.push(one.isWaiting);
    one.addBinary(B(1));
    states.push(one.isWaiting);
    expect(states).to.deep.equal([false, true, true, false]);
  });

  it("forgets a packet that waits when it is reset", () => {
    const one = reader();
    one.addText('51-["x"]');
    one.reset();
    expect(one.isWaiting).to.equal(false);
    expect(one.addText('2["y"]')?.data).to.deep.equal(["y"]);
  });

  it("refuses bytes that no packet waits for", () => {
    const one = reader();
    expect(refusal(() => one.addBinary(B(1))).code).to.equal("SIO_TEXT_EXPECTED");
    one.addText('51-["x"]');
    one.addBinary(B(1));
    expect(refusal(() => one.addBinary(B(1))).code).to.equal("SIO_TEXT_EXPECTED");
  });

  it("refuses text while a packet waits for its bytes", () => {
    const one = reader();
    one.addText('51-["x"]');
    expect(refusal(() => one.addText('2["y"]')).code).to.equal("SIO_BYTES_EXPECTED");
  });

  it("bounds the attachments of a packet, whatever text follows their number", () => {
    expect(refusal(() => reader({ maxAttachments: 2 }).addText("53-{")).code).to.equal(
      "SIO_TOO_MANY_ATTACHMENTS",
    );
    expect(refusal(() => reader({ maxAttachments: 0 }).addText("51-{")).code).to.equal(
      "SIO_TOO_MANY_ATTACHMENTS",
    );
    expect(reader({ maxAttachments: 2 }).addText('52-["x"]')).to.equal(undefined);
  });

  it("bounds the bytes of a packet's attachments together", () => {
    const one = reader({ maxAttachmentBytes: 10 });
    one.addText('52-["x"]');
    one.addBinary(new Blob(["123456"]));
    expect(refusal(() => one.addBinary(new ArrayBuffer(5))).code).to.equal("SIO_ATTACHMENTS_TOO_BIG");
    const other = reader({ maxAttachmentBytes: 10 });
    for (let round = 0; round < 3; round++) {
      other.addText('52-["x"]');
      other.addBinary(B(1, 2, 3, 4, 5));
      expect(other.addBinary(B(1, 2, 3, 4, 5))?.data).to.deep.equal(["x"]);
    }
  });

  it("takes ten attachments and 100 MB unless told otherwise", () => {
    const one = new PacketReader();
    expect(refusal(() => one.addText('511-["x"]')).code).to.equal("SIO_TOO_MANY_ATTACHMENTS");
    one.addText('510-["x"]');
    expect(one.addBinary({ byteLength: 100_000_000 })).to.equal(undefined);
    expect(refusal(() => one.addBinary(B(1))).code).to.equal("SIO_ATTACHMENTS_TOO_BIG");
  });

  it("has a row for each bound, for tables of options", () => {
    const defaults = Object.entries(ATTACHMENT_OPTIONS).map(([name, row]) => [name, row.default]);
    expect(Object.fromEntries(defaults)).to.deep.equal({
      maxAttachments: 10,
      maxAttachmentBytes: 100_000_000,
      attachmentTimeout: 45_000,
    });
    expect(ATTACHMENT_OPTIONS.maxAttachments.check(0)).to.equal(undefined);
    for (const { check } of Object.values(ATTACHMENT_OPTIONS)) expect(check(-1)).to.be.a("string");
  });
});

describe("packet reader with a reviver", () => {
  const revived = (reviver: (this: unknown, key: string, value: unknown) => unknown, wire = '2["x",1]') => {
    const one = reader({ reviver });
    const packet = one.addText(wire);
    return packet ?? one.addBinary(B(1));
  };

  it("gives it every value, with placeholders for bytes", () => {
    const seen: unknown[] = [];
    const packet = revived((key, value) => {
      seen.push([key, structuredClone(value)]);
      return value;
    }, `51-["x",${HOLE}]`);
    expect(seen).to.deep.equal([
      ["0", "x"],
      ["_placeholder", true],
      ["num", 0],
      ["1", { _placeholder: true, num: 0 }],
      ["", ["x", { _placeholder: true, num: 0 }]],
    ]);
    expect(packet?.data).to.deep.equal(["x", B(1)]);
  });

  it("takes what it makes of the data", () => {
    expect(revived((_key, value) => (value === 1 ? new Date(0) : value))?.data).to.deep.equal([
      "x",
      new Date(0),
    ]);
  });

  it("refuses the packet when it makes something else of it than the type has", () => {
    expect(refusal(() => revived(() => 5)).code).to.equal("SIO_BAD_PAYLOAD");
    const rename = (_key: string, value: unknown): unknown => (value === "x" ? "connect" : value);
    expect(refusal(() => revived(rename)).code).to.equal("SIO_BAD_PAYLOAD");
  });

  it("refuses the packet when it throws, and keeps what it threw", () => {
    const cause = new RangeError("not for me");
    const { code, cause: kept } = refusal(() =>
      revived(() => {
        throw cause;
      }),
    );
    expect({ code, kept }).to.deep.equal({ code: "SIO_REVIVER_FAILED", kept: cause });
  });

  it("refuses the packet when what it made takes no bytes", () => {
    const close = (_key: string, value: unknown): unknown =>
      Array.isArray(value) ? new Proxy(value, { set: () => expect.fail("closed") }) : value;
    expect(refusal(() => revived(close, `51-["x",${HOLE}]`)).code).to.equal("SIO_REVIVER_FAILED");
  });

  it("refuses the packet when what it made goes round in a circle", () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    const knot = (_key: string, value: unknown): unknown => (value === 1 ? loop : value);
    expect(refusal(() => revived(knot, '51-["x",1]')).code).to.equal("SIO_TOO_DEEP");
  });
});

describe("packet reader: properties", () => {
  const wire = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'0123456789-/,[]{}":a \\_'.split("")) }),
    fc.json().map((json) => `2["e",${json}]`),
    fc.tuple(fc.nat(12), fc.json()).map(([count, json]) => `5${count}-["e",${json}]`),
    fc.nat(3).map((num) => `51-["e",{"_placeholder":true,"num":${num}}]`),
    fc.uint8Array({ maxLength: 20 }),
  );

  it("throws nothing but a ProtocolError, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(wire), (inputs) => {
        const one = reader({ maxAttachmentBytes: 50 });
        for (const input of inputs)
          try {
            if (typeof input === "string") one.addText(input);
            else one.addBinary(input);
          } catch (error) {
            expect(error).to.be.instanceOf(ProtocolError);
          }
      }),
    );
  });

  it("gives back any data with bytes in it", () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.string({ unit: "binary" }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(
          fc.oneof(fc.string(), fc.constant("__proto__")).filter((key) => key !== "_placeholder"),
          tie("node"),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
    })).node;
    const type = fc.constantFrom(PACKET_TYPE.EVENT, PACKET_TYPE.ACK);
    const nsp = fc.constantFrom("/", "/a", "/__proto__", "/a?b=c");
    fc.assert(
      fc.property(type, nsp, fc.maxSafeNat(), fc.array(value, { maxLength: 3 }), (kind, name, id, args) => {
        const packet = { type: kind, nsp: name, id, data: ["e", ...args] };
        const one = reader({ maxAttachments: 1000, maxAttachmentBytes: 1e6 });
        const { text, attachments } = encode(packet);
        const given = [one.addText(text), ...attachments.map((attachment) => one.addBinary(attachment))];
        expect(given.at(-1)).to.deep.equal(packet);
      }),
    );
  });
});

describe("packet reader: time", () => {
  /** How many times as long the second takes as the first, by the best of several runs. */
  function growthOf(...runs: [() => void, () => void]): number {
    const best = [Infinity, Infinity];
    for (let round = 0; round < 4; round++)
      for (const [index, run] of runs.entries()) {
        const startMs = performance.now();
        run();
        best[index] = Math.min(best[index] as number, performance.now() - startMs);
      }
    return (best[1] as number) / (best[0] as number);
  }

  const read = (text: string): void => {
    try {
      reader().addText(text);
    } catch (error) {
      expect(error).to.be.instanceOf(ProtocolError);
    }
  };

  for (const [name, of] of Object.entries<(size: number) => string>({
    "digits for an id": (size) => `2${"1".repeat(size)}["x"]`,
    "digits for a count": (size) => `5${"1".repeat(size)}-["x"]`,
    "zeros for a count": (size) => `5${"0".repeat(size)}1-["x"]`,
    "a namespace without an end": (size) => `2/${"a".repeat(size)}`,
    "open brackets": (size) => `2${"[".repeat(size)}`,
    "nested lists": (size) => `2["x",${"[".repeat(size / 2)}${"]".repeat(size / 2)}]`,
    "empty lists side by side": (size) => `2["x",[0${",[]".repeat(size / 3)}]]`,
    "a text of quotes": (size) => `2["${'\\"'.repeat(size / 2)}"]`,
  }))
    it(`grows with the length of ${name}, and not with its square`, () => {
      const [short, long] = [of(20_000), of(640_000)];
      // 32 times the text. Memory is collected meanwhile; were it quadratic, it would take 1024 times as long.
      expect(
        growthOf(
          () => read(short),
          () => read(long),
        ),
      ).to.be.below(256);
    });
});
