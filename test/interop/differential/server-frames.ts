/** Reads the frames of a WebSocket server, and says them as lines. */
import { constants, inflateRawSync } from "node:zlib";
import { quote } from "./quote.ts";

const NAMES = new Map([
  [0x0, "continuation"],
  [0x1, "text"],
  [0x2, "binary"],
  [0x8, "close"],
  [0x9, "ping"],
  [0xa, "pong"],
]);
const WINDOW_BYTES = 32_768;

export class ServerFrames {
  /** What compressed messages may refer to. */
  #window: Buffer = Buffer.alloc(0);

  /** @returns the first frame of `bytes` and what is behind it, or `undefined` while it is not whole. */
  read(bytes: Buffer): { readonly line: string; readonly rest: Buffer } | undefined {
    if (bytes.length < 2) return undefined;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
    const headSize = second < 126 ? 2 : second === 126 ? 4 : 10;
    if (bytes.length < headSize) return undefined;
    const length =
      second < 126 ? second : second === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < headSize + length) return undefined;
    const payload = bytes.subarray(headSize, headSize + length);
    return { line: this.#describe(first, payload), rest: bytes.subarray(headSize + length) };
  }

  #describe(first: number, payload: Buffer): string {
    const name = NAMES.get(first & 0x0f) ?? `opcode ${first & 0x0f}`;
    const isCompressed = (first & 0x40) !== 0;
    const data = isCompressed ? this.#inflate(payload) : payload;
    const marks = `${(first & 0x80) === 0 ? " without FIN" : ""}${isCompressed ? " compressed" : ""}`;
    if (name === "close")
      return data.length < 2
        ? "close without a code"
        : `close ${data.readUInt16BE(0)} ${quote(data.toString("utf8", 2))}`;
    return `${name}${marks} ${name === "text" ? quote(data.toString()) : quote(data)}`;
  }

  #inflate(payload: Buffer): Buffer {
    const whole = Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]);
    const data = inflateRawSync(whole, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#window.length > 0 && { dictionary: this.#window }),
    });
    this.#window = Buffer.concat([this.#window, data]).subarray(-WINDOW_BYTES);
    return data;
  }
}
