import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG of a sun over the sea, grained so that it does not shrink to nothing: about 100 KB, with every byte value. */
export function testPicture(width = 320, height = 200): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // 8 bits each of red, green and blue
  const rows: number[] = [];
  let grain = 1;
  for (let y = 0; y < height; y++) {
    rows.push(0); // this row is not filtered
    for (let x = 0; x < width; x++) {
      grain = (grain * 1_103_515_245 + 12_345) % 2_147_483_648;
      const noise = (grain >> 16) & 15;
      const isSea = y > height * 0.62;
      const isSun = !isSea && Math.hypot(x - width * 0.68, y - height * 0.45) < height * 0.16;
      const [red, green, blue] = isSun
        ? [238, 214, 150]
        : isSea
          ? [28, 84 + y / 6, 120]
          : [226 - y / 2, 150, 120 + y / 2];
      rows.push(red + noise, green + noise, blue + noise);
    }
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
