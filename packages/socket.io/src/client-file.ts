import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Codings of content (RFC 9110 §8.4.1), the one that makes the fewest bytes first. */
export const CODINGS = ["br", "gzip", "identity"] as const;

export type Coding = (typeof CODINGS)[number];

export interface Representation {
  readonly body: Buffer;
  readonly etag: string;
}

/** In zlib's threads: the best compression of a bundle takes a good part of a second. */
const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** One file that is served: read, hashed and compressed once each, when first asked for. */
export class ClientFile {
  readonly #path: string;
  readonly #made = new Map<Coding, Promise<Representation>>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejected when the file cannot be read; the next time it is tried again. */
  in(coding: Coding): Promise<Representation> {
    let making = this.#made.get(coding);
    if (making === undefined) {
      making = this.#make(coding);
      this.#made.set(coding, making);
      making.catch(() => this.#made.delete(coding));
    }
    return making;
  }

  async #make(coding: Coding): Promise<Representation> {
    if (coding === "identity") {
      const body = await readFile(this.#path);
      return { body, etag: `"${createHash("sha256").update(body).digest("base64url")}"` };
    }
    const { body, etag } = await this.in("identity");
    return {
      body: await compress(body, coding),
      // A strong tag names bytes, so that the compressed ones need their own (RFC 9110 §8.8.1).
      etag: `${etag.slice(0, -1)}-${coding}"`,
    };
  }
}

const compress = (body: Buffer, coding: "br" | "gzip"): Promise<Buffer> =>
  coding === "gzip"
    ? compressGzip(body, { level: constants.Z_BEST_COMPRESSION })
    : compressBrotli(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
