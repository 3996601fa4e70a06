import { expect } from "chai";
import { BINARY, TEXT } from "../support/bytes.ts";
import { checkForm, finish } from "./support/conversation.ts";
import { conformance } from "./support/subject.ts";
import { type Sent, show } from "./support/wire-frame.ts";

const MIB = 1024 * 1024;
const TYPES = [
  ["text", TEXT],
  ["binary", BINARY],
] as const;

function fragments(firstByte: number, data: Buffer, size: number): Sent[] {
  const count = Math.ceil(data.length / size);
  return Array.from({ length: count }, (_, i) => {
    const fin = i === count - 1 ? 0x80 : 0;
    return [fin | (i === 0 ? firstByte & 0x0f : 0), data.subarray(i * size, (i + 1) * size)] as const;
  });
}

const large = (bytes: number): Buffer => Buffer.alloc(bytes, "BAsd7&jh23");

conformance("large messages and many", (subject) => {
  for (const [name, firstByte] of TYPES) {
    for (const size of [64 * 1024, 256 * 1024, MIB, 4 * MIB, 8 * MIB, 16 * MIB])
      it(`echoes ${name} of ${size / 1024} KiB`, async () => {
        const link = await subject.connect();
        const data = large(size);
        const [echo] = await Promise.all([link.peer.frame(), link.peer.send([[firstByte, data]])]);
        checkForm(echo, subject);
        expect(echo && show(echo.firstByte, echo.payload)).to.equal(show(firstByte, data));
        await finish(link, subject);
      });

    for (const size of [64, 256, 1024, 4096, 16_384, 65_536, MIB, 4 * MIB])
      it(`echoes ${name} of 4 MiB in fragments of ${size} bytes`, async () => {
        const link = await subject.connect();
        const data = large(4 * MIB);
        const [echo] = await Promise.all([
          link.peer.frame(),
          link.peer.send(fragments(firstByte, data, size)),
        ]);
        checkForm(echo, subject);
        expect(echo && show(echo.firstByte, echo.payload)).to.equal(show(firstByte, data));
        await finish(link, subject);
      });

    for (const octets of [64, 128, 256, 512, 1024, 2048])
      it(`echoes ${name} of 4 MiB that comes in writes of ${octets} octets`, async () => {
        const link = await subject.connect();
        const data = large(4 * MIB);
        const [echo] = await Promise.all([link.peer.frame(), link.peer.send([[firstByte, data]], octets)]);
        expect(echo && show(echo.firstByte, echo.payload)).to.equal(show(firstByte, data));
        await finish(link, subject);
      });

    for (const size of [0, 16, 64, 256, 1024, 4096])
      it(`echoes ${name} of ${size} bytes a thousand times, one in flight and then all at once`, async () => {
        const link = await subject.connect();
        const { peer } = link;
        const data = large(size);
        const expected = show(firstByte, data);
        for (let i = 0; i < 500; i++) {
          const [echo] = await Promise.all([peer.frame(), peer.send([[firstByte, data]])]);
          expect(echo && show(echo.firstByte, echo.payload)).to.equal(expected);
        }
        const all: Sent[] = Array.from({ length: 500 }, () => [firstByte, data] as const);
        const [echoes] = await Promise.all([peer.frames(500), peer.send(all)]);
        expect(echoes.map((echo) => show(echo.firstByte, echo.payload))).to.deep.equal(
          Array(500).fill(expected),
        );
        await finish(link, subject);
      });
  }
});
