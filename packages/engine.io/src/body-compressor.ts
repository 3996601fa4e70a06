import type { IncomingMessage } from "node:http";
import { deflate, gzip, type ZlibOptions } from "node:zlib";
import type { PacketData } from "@towline/engine.io-parser";
import Negotiator from "negotiator";

const COMPRESS = { gzip, deflate } as const;

export type Encoding = keyof typeof COMPRESS;

const ENCODINGS: readonly string[] = Object.keys(COMPRESS);

export interface CompressionSettings extends ZlibOptions {
  /** Bodies of fewer bytes are left as they are. */
  readonly threshold?: number | undefined;
}

/** Compresses answers to polls, with what the client says it can read (RFC 9110 §12.5.3). */
export class BodyCompressor {
  readonly #thresholdBytes: number;
  readonly #zlib: ZlibOptions;

  constructor({ threshold = 0, ...zlib }: CompressionSettings) {
    this.#thresholdBytes = threshold;
    this.#zlib = zlib;
  }

  /** @returns the coding to use for the answer to `request`, or `undefined` when it stays as it is. */
  encodingFor(request: IncomingMessage, body: PacketData): Encoding | undefined {
    if (request.headers["accept-encoding"] === undefined) return undefined;
    if (Buffer.byteLength(body) < this.#thresholdBytes) return undefined;
    return new Negotiator(request).encodings([...ENCODINGS])[0] as Encoding | undefined;
  }

  compress(
    encoding: Encoding,
    body: PacketData,
    onDone: (error: Error | null, compressed: Buffer) => void,
  ): void {
    COMPRESS[encoding](body, this.#zlib, onDone);
  }
}
