import { encode, PACKET_TYPE, type SocketPacket } from "@towline/socket.io-parser";
import { expect } from "chai";
import fc from "fast-check";

const B = (...bytes: number[]): Buffer => Buffer.from(bytes);
const event = (...data: unknown[]) => encode({ type: PACKET_TYPE.EVENT, nsp: "/", data });
const textOf = (...data: unknown[]): string => event(...data).text;
const HOLE = '{"_placeholder":true,"num":0}';

/** An object whose `toJSON` gives `json`, and what it was asked with. */
const asking = (json: unknown) => {
  const keys: string[] = [];
  const toJSON = (key: string): unknown => {
    keys.push(key);
    return json;
  };
  return { keys, toJSON };
};

describe("encoding", () => {
  it("takes ArrayBuffers, views and Blobs as bytes", () => {
    const blob = new Blob(["a"]);
    const { text, attachments } = event(
      Uint8Array.of(1, 2).buffer,
      Uint16Array.of(0x0201),
      new DataView(new ArrayBuffer(2), 1),
      blob,
    );
    expect(text).to.match(/^54-/);
    expect(attachments.slice(0, 3).map((each) => [...(each as Uint8Array)])).to.deep.equal([
      [1, 2],
      [1, 2],
      [0],
    ]);
    expect(attachments[3]).to.equal(blob);
  });

  it("does not copy bytes", () => {
    const bytes = B(1);
    expect(event("x", bytes).attachments[0]).to.equal(bytes);
  });

  it("sends bytes that stand in two places twice", () => {
    const bytes = B(1);
    expect(event("x", bytes, bytes).attachments).to.deep.equal([bytes, bytes]);
  });

  it("leaves the data of the caller as it was", () => {
    const data = { picture: B(1), list: [B(2), "text"] };
    event("x", data);
    expect(data).to.deep.equal({ picture: B(1), list: [B(2), "text"] });
  });

  it("takes bytes out of instances, of objects without a prototype and of lists with holes", () => {
    class Upload {
      readonly file = B(1);
    }
    expect(textOf(new Upload())).to.equal(`51-[{"file":${HOLE}}]`);
    expect(textOf(Object.assign(Object.create(null), { b: B(1) }))).to.equal(`51-[{"b":${HOLE}}]`);
    // biome-ignore lint/suspicious/noSparseArray: as applications may have them.
    expect(textOf([, B(1)])).to.equal(`51-[[null,${HOLE}]]`);
  });

  it("leaves out what JSON leaves out, bytes that are inherited among it", () => {
    expect(
      textOf(Object.create({ b: B(1) }), new Map([["a", B(1)]]), undefined, () => {}, Number.NaN),
    ).to.equal("2[{},{},null,null,null]");
  });

  it("finds bytes in what toJSON gives", () => {
    expect(textOf("x", asking({ b: B(1) }))).to.equal(`51-["x",{"b":${HOLE}}]`);
    expect(textOf("x", asking([B(1)]))).to.equal(`51-["x",[${HOLE}]]`);
    expect(textOf("x", asking(B(1)))).to.equal(`51-["x",${HOLE}]`);
    class Picture {
      toJSON() {
        return { b: B(1) };
      }
    }
    expect(textOf("x", new Picture())).to.equal(`51-["x",{"b":${HOLE}}]`);
  });

  it("asks each toJSON as often however deep it stands, also where it is the last member", () => {
    let asked = 0;
    let data: object = { end: true };
    for (let level = 0; level < 50; level++) {
      const inner = data;
      data = {
        inner,
        toJSON() {
          asked++;
          return { inner };
        },
      };
    }
    event(data);
    expect(asked).to.be.at.most(2 * 50);
  });

  it("takes only what toJSON gives, not what stands beside it", () => {
    const { text, attachments } = event({ before: B(1), toJSON: () => ({ b: B(2) }), after: B(3) });
    expect(text).to.equal(`51-[{"b":${HOLE}}]`);
    expect(attachments).to.deep.equal([B(2)]);
  });

  it("does not ask what toJSON gives for its own", () => {
    const own = { b: B(1), toJSON: () => own };
    expect(textOf(own)).to.equal(`51-[{"b":${HOLE}}]`);
    const plain = { a: 1, toJSON: () => plain };
    expect(textOf(plain)).to.equal('2[{"a":1}]');
    expect(plain.toJSON, "what the caller has").to.be.a("function");
    expect(own.toJSON, "what the caller has").to.be.a("function");
  });

  it("tells toJSON where it stands", () => {
    const inList = asking(B(1));
    const inFields = asking("text");
    textOf(inList, { field: inFields });
    const besideText = asking("text");
    textOf("x".repeat(5000), besideText);
    expect(inList.keys).to.deep.equal(["0"]);
    expect(new Set(besideText.keys)).to.deep.equal(new Set(["1"]));
    expect(new Set(inFields.keys)).to.deep.equal(new Set(["field"]));
  });

  it("writes dates, and what else has a form in JSON, as JSON does", () => {
    expect(textOf(new Date(0), new URL("http://a/"), new String("s"), asking("plain"))).to.equal(
      '2["1970-01-01T00:00:00.000Z","http://a/","s","plain"]',
    );
  });

  it("keeps a key named __proto__ a key", () => {
    expect(textOf("x", JSON.parse('{"__proto__":{"a":1}}'), B(1))).to.equal(
      `51-["x",{"__proto__":{"a":1}},${HOLE}]`,
    );
    const bytes = Object.defineProperty({}, "__proto__", { value: B(1), enumerable: true });
    expect(textOf("x", bytes)).to.equal(`51-["x",{"__proto__":${HOLE}}]`);
  });

  it("says what is wrong with data that refers to itself", () => {
    const list: unknown[] = [];
    list.push(list);
    const fields: Record<string, unknown> = {};
    fields.self = { fields };
    class Node {
      next: unknown = this;
    }
    for (const loop of [list, fields, new Node(), { toJSON: () => list }])
      expect(() => event("x", loop)).to.throw(
        TypeError,
        /deeper than 1100 levels: does it refer to itself\?/,
      );
  });

  it("takes data nested 1100 levels deep, and no deeper", () => {
    const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
    // The list of arguments is one level.
    expect(textOf(nested(1099))).to.have.length(1 + 2200);
    expect(() => textOf(nested(1100))).to.throw(TypeError, /deeper than 1100 levels/);
  });

  it("refuses what JSON refuses", () => {
    expect(() => event("x", 10n)).to.throw(TypeError, /BigInt/);
  });

  it("gives the replacer what is left when the bytes are out", () => {
    const seen: unknown[] = [];
    const replacer = (_key: string, value: unknown) => {
      seen.push(value);
      return value === "secret" ? undefined : value;
    };
    const data = ["x", { file: B(1), password: "secret" }];
    const { text } = encode({ type: PACKET_TYPE.EVENT, nsp: "/", data }, replacer);
    expect(text).to.equal(`51-["x",{"file":${HOLE}}]`);
    expect(seen).to.deep.include({ _placeholder: true, num: 0 });
  });

  it("asks the replacer about long texts as well", () => {
    const shorten = (_key: string, value: unknown) => (typeof value === "string" ? value.slice(0, 2) : value);
    const { text } = encode({ type: PACKET_TYPE.EVENT, nsp: "/", data: ["x".repeat(5000)] }, shorten);
    expect(text).to.equal('2["xx"]');
  });

  it("chooses between the two kinds of event by the data, whichever it is told", () => {
    const of = (type: SocketPacket["type"], data: unknown) => encode({ type, nsp: "/", id: 1, data }).text;
    expect(of(PACKET_TYPE.BINARY_EVENT, ["x"])).to.equal('21["x"]');
    expect(of(PACKET_TYPE.BINARY_ACK, ["x"])).to.equal('31["x"]');
    expect(of(PACKET_TYPE.BINARY_EVENT, [B(1)])).to.equal(`51-1[${HOLE}]`);
    expect(of(PACKET_TYPE.BINARY_ACK, [B(1)])).to.equal(`61-1[${HOLE}]`);
  });

  it("writes neither an id, a namespace nor data of null", () => {
    const odd = { type: PACKET_TYPE.DISCONNECT, nsp: "", id: null, data: null } as unknown as SocketPacket;
    expect(encode(odd).text).to.equal("1");
  });

  it("refuses a type that does not exist", () => {
    for (const type of [7, -1, "2", undefined])
      expect(() => encode({ type, nsp: "/", data: ["x"] } as unknown as SocketPacket)).to.throw(
        TypeError,
        /no packet of type/,
      );
  });

  it("writes long texts as JSON does", () => {
    const filler = "x".repeat(2000);
    for (const special of ['"', "\\", "\n", "\0", "\u001f", "\u007f", "\u2028", "é", "€", "😀", "\ud800"])
      for (const text of [special + filler, filler + special, filler])
        expect(textOf("x", text, 1, undefined, null)).to.equal(
          `2${JSON.stringify(["x", text, 1, null, null])}`,
        );
  });

  it("writes any list of texts and numbers as JSON does", () => {
    const item = fc.oneof(
      fc.string({ unit: "binary" }).map((each) => "x".repeat(1500) + each),
      fc.double(),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 3 }), (data) => {
        expect(textOf(...data)).to.equal(`2${JSON.stringify(data)}`);
      }),
      { numRuns: 30 },
    );
  });
});
