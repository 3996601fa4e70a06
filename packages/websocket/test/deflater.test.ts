import { expect } from "chai";
import { Deflater, deflateOnce } from "../src/deflater.ts";
import { PeerDeflate } from "./conformance/support/peer-deflate.ts";
import { inflated, settingsOf } from "./support/deflated.ts";

const run = (deflater: Deflater, data: string, fin = true): Promise<string> =>
  new Promise((resolve, reject) =>
    deflater.deflate(Buffer.from(data), fin, (error, output) =>
      error === undefined ? resolve(output.toString("hex")) : reject(error),
    ),
  );

describe("deflater", () => {
  it("leaves out the four octets at a message's end, and leans on the message before (RFC 7692 §7.2.3.2)", async () => {
    const deflater = new Deflater(settingsOf(), 15, false);
    expect(await run(deflater, "Hello")).to.equal("f248cdc9c90700");
    expect(await run(deflater, "Hello")).to.equal("f200110000");
    deflater.close();
  });

  it("leans on nothing without context takeover", async () => {
    const deflater = new Deflater(settingsOf(), 15, true);
    for (let i = 0; i < 3; i++) expect(await run(deflater, "Hello")).to.equal("f248cdc9c90700");
    deflater.close();
  });

  it("compresses an empty message to one octet, also after one that was empty as well (RFC 7692 §7.2.3.6)", async () => {
    for (const noContextTakeover of [false, true]) {
      const deflater = new Deflater(settingsOf(), 15, noContextTakeover);
      const peer = new PeerDeflate({ inflateAfresh: noContextTakeover });
      for (const data of ["", "", "Hello", "", "", "Hello"]) {
        const output = await run(deflater, data);
        if (data === "") expect(output).to.equal("00");
        expect((await peer.decompress(Buffer.from(output, "hex"))).toString()).to.equal(data);
      }
      deflater.close();
      peer.close();
    }
  });

  it("compresses a message in pieces, empty ones among them", async () => {
    for (const noContextTakeover of [false, true])
      for (const pieces of [
        ["Hel", "lo"],
        ["", "Hello"],
        ["Hello", ""],
        ["He", "", "llo", ""],
        ["", ""],
      ]) {
        const deflater = new Deflater(settingsOf(), 15, noContextTakeover);
        const peer = new PeerDeflate({ inflateAfresh: noContextTakeover });
        for (let message = 0; message < 2; message++) {
          const parts: string[] = [];
          for (const [i, piece] of pieces.entries())
            parts.push(await run(deflater, piece, i === pieces.length - 1));
          const text = await peer.decompress(Buffer.from(parts.join(""), "hex"));
          expect(text.toString()).to.equal(pieces.join(""));
        }
        deflater.close();
        peer.close();
      }
  });

  for (const bits of [8, 9, 10, 11, 12, 13, 14, 15])
    it(`reaches no further back than a window of 2^${bits} bytes`, async () => {
      const deflater = new Deflater(settingsOf(), bits, false);
      const peer = new PeerDeflate({ inflateBits: bits });
      // Matches are to be had at every distance.
      const data = Array.from({ length: 3000 }, (_, i) => (i * i * 7 + (i >> 3)) % 251)
        .map((n) => n.toString(36))
        .join("");
      for (let message = 0; message < 4; message++) {
        const text = data.slice(message * 100) + data;
        const output = Buffer.from(await run(deflater, text), "hex");
        expect((await peer.decompress(output)).toString() === text, "the message").to.equal(true);
        expect(output.length).to.be.lessThan(text.length);
      }
      deflater.close();
      peer.close();
    });

  it("hands the options for zlib on, and no window of theirs", async () => {
    const stored = new Deflater(settingsOf({ zlibDeflateOptions: { level: 0, windowBits: 9 } }), 15, true);
    expect(await run(stored, "Hello")).to.equal("000500faff48656c6c6f00");
    stored.close();
  });

  it("compresses once, on its own", async () => {
    const output = await new Promise<Buffer>((resolve) =>
      deflateOnce(settingsOf(), 15, Buffer.from("Hello"), (_error, data) => resolve(data)),
    );
    expect(inflated(output).toString()).to.equal("Hello");
  });

  it("calls nobody back once closed, and can be closed twice", async () => {
    const settings = settingsOf({ concurrencyLimit: 1 });
    const closed = new Deflater(settings, 15, false);
    let calls = 0;
    closed.deflate(Buffer.alloc(100_000), true, () => calls++);
    closed.close();
    closed.close();
    const other = new Deflater(settings, 15, false);
    expect(await run(other, "Hello")).to.equal("f248cdc9c90700");
    expect(calls).to.equal(0);
    other.close();
  });
});
