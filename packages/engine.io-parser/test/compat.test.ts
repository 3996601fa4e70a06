import {
  decodePacket,
  decodePayload,
  encodePacket,
  encodePayload,
  type Packet,
  type PacketType,
  protocol,
} from "@towline/engine.io-parser";
import { expect } from "chai";

describe("the functions of engine.io-parser 5", () => {
  it("name the revision they speak", () => {
    expect(protocol).to.equal(4);
  });

  it("encode by callback, ArrayBuffers and views included", () => {
    const seen: unknown[] = [];
    encodePacket({ type: "message", data: Uint8Array.of(1, 2, 3, 4).buffer }, false, (wire) =>
      seen.push(wire),
    );
    encodePacket({ type: "message", data: Uint16Array.of(0x0201, 0x0403) }, false, (wire) => seen.push(wire));
    encodePayload([{ type: "open", data: "{}" }, { type: "noop" }], (wire) => seen.push(wire));
    expect(seen).to.deep.equal(["bAQIDBA==", "bAQIDBA==", "0{}\x1e6"]);
  });

  it("give errors as packets, and stop a payload at the first", () => {
    expect(decodePacket("z")).to.deep.equal({ type: "error", data: "parser error" });
    expect(decodePayload("4a\x1ez\x1e4b")).to.deep.equal([
      { type: "message", data: "a" },
      { type: "error", data: "parser error" },
    ]);
  });

  it("give bytes as an ArrayBuffer when asked to", () => {
    const { data } = decodePacket("bAQIDBA==", "arraybuffer");
    expect(data).to.be.instanceOf(ArrayBuffer);
    expect(new Uint8Array(data as ArrayBuffer)).to.deep.equal(Uint8Array.of(1, 2, 3, 4));
  });

  it("give bytes as a Buffer unless asked otherwise, without a copy", () => {
    const bytes = Uint8Array.of(1, 2, 3).subarray(1);
    const { data } = decodePacket(bytes);
    expect(data).to.be.instanceOf(Buffer);
    expect([...data]).to.deep.equal([2, 3]);
    expect(data.buffer).to.equal(bytes.buffer);
  });

  it("read the bytes of any view, not its elements", () => {
    expect(decodePacket(Uint16Array.of(0x0201)).data).to.deep.equal(Buffer.of(1, 2));
    expect(decodePacket(new DataView(Uint8Array.of(0, 1, 2).buffer, 1)).data).to.deep.equal(Buffer.of(1, 2));
  });

  it("hand on bytes and Blobs as they are where bytes may go", () => {
    const given = [Buffer.of(1), Uint16Array.of(1), new ArrayBuffer(1), new Blob(["x"])];
    const seen: unknown[] = [];
    for (const data of given) encodePacket({ type: "message", data }, true, (encoded) => seen.push(encoded));
    expect(seen.map((encoded, index) => encoded === given[index])).to.deep.equal([true, true, true, true]);
  });

  it("read a Blob where only text may go", async () => {
    const blob = new Blob([Uint8Array.of(1, 2, 3, 4)]);
    const packet: Packet = { type: "message", data: blob };
    expect(await new Promise((resolve) => encodePacket(packet, false, resolve))).to.equal("bAQIDBA==");
    const payload = new Promise((resolve) => encodePayload([packet, { type: "noop" }], resolve));
    expect(await payload).to.equal("bAQIDBA==\x1e6");
  });

  it("write what is neither text nor bytes as text, and nothing for null, false and 0", () => {
    const wires: unknown[] = [];
    for (const data of [5, true, null, false, 0])
      encodePacket({ type: "message", data }, true, (wire) => wires.push(wire));
    expect(wires).to.deep.equal(["45", "4true", "4", "4", "4"]);
  });

  for (const type of ["error", "constructor", "__proto__"])
    it(`refuse to write a packet of the type ${type}`, () => {
      expect(() => encodePacket({ type: type as PacketType, data: "x" }, true, () => {})).to.throw(
        TypeError,
        type,
      );
    });

  it("call back with an empty body for no packets", () => {
    let body: string | undefined;
    encodePayload([], (encoded) => {
      body = encoded;
    });
    expect(body).to.equal("");
  });

  for (const odd of [null, undefined, 5, 1e9, true, {}, [4]])
    it(`give an error for ${JSON.stringify(odd)}, which is neither text nor bytes`, () => {
      expect(decodePacket(odd)).to.deep.equal({ type: "error", data: "parser error" });
    });

  it("give an error that is nobody else's", () => {
    decodePacket("z").data = "changed";
    expect(decodePacket("z").data).to.equal("parser error");
  });

  it("hand on a Blob that came from a browser's WebSocket", () => {
    const blob = new Blob(["x"]);
    expect(decodePacket(blob, "blob")).to.deep.equal({ type: "message", data: blob });
  });
});
