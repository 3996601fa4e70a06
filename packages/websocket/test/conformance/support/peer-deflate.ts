import {
  constants,
  createDeflateRaw,
  createInflateRaw,
  type DeflateRaw,
  type InflateRaw,
  type Zlib,
} from "node:zlib";

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

type Stream = (DeflateRaw | InflateRaw) & Zlib;

export interface PeerDeflateOptions {
  /** Of the window that the peer compresses with. Defaults to 15. */
  readonly deflateBits?: number;
  /** Of the window it decompresses with: a match further back is a fault. Defaults to 15. */
  readonly inflateBits?: number;
  /** Whether the peer starts each of its messages with an empty window. Defaults to false. */
  readonly deflateAfresh?: boolean;
  /** Whether it holds the endpoint to do the same. Defaults to false. */
  readonly inflateAfresh?: boolean;
}

/** The compression of a peer, RFC 7692 §7.2 word by word, by zlib alone. */
export class PeerDeflate {
  readonly #deflate: Stream;
  readonly #inflate: Stream;
  readonly #options: PeerDeflateOptions;

  constructor(options: PeerDeflateOptions = {}) {
    this.#options = options;
    this.#deflate = createDeflateRaw({ windowBits: options.deflateBits ?? 15 }) as Stream;
    this.#inflate = createInflateRaw({ windowBits: options.inflateBits ?? 15 }) as Stream;
  }

  async compress(data: string | Uint8Array): Promise<Buffer> {
    if (this.#options.deflateAfresh === true) this.#deflate.reset();
    const out = await run(this.#deflate, Buffer.from(data as Uint8Array));
    return out.subarray(0, -TAIL.length);
  }

  async decompress(payload: Uint8Array): Promise<Buffer> {
    if (this.#options.inflateAfresh === true) this.#inflate.reset();
    return run(this.#inflate, Buffer.concat([payload, TAIL]));
  }

  close(): void {
    this.#deflate.close();
    this.#inflate.close();
  }
}

function run(stream: Stream, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const onData = (chunk: Buffer) => out.push(chunk);
    stream.on("data", onData).once("error", reject);
    stream.write(input);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off("data", onData).off("error", reject);
      resolve(Buffer.concat(out));
    });
  });
}
