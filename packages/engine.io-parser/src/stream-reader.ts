import { asBytes, fromUtf8 } from "#platform";
import { ByteCollector } from "./byte-collector.ts";
import { ProtocolError } from "./errors.ts";
import type { EnginePacket } from "./packet.ts";
import { revision4 } from "./revision4.ts";
import { headerSize, isBinaryFrame, readPayloadLength } from "./stream-frame.ts";

const NOTHING = new Uint8Array(0);

/**
 * Reads packets out of a stream of bytes, however it is cut. Between two chunks it holds one packet at
 * most, and of that only what has come.
 *
 * @example
 * reader.push(chunk);
 * for (let packet = reader.read(); packet !== undefined; packet = reader.read()) handle(packet);
 */
export class StreamReader {
  readonly #limitBytes: number;
  /** What was pushed, and how far it has been read. */
  #chunk: Uint8Array = NOTHING;
  #position = 0;
  #state: "header" | "payload" | "failed" = "header";
  #isBinary = false;
  /** Of the header or payload that the end of the chunk has cut. */
  #cut: ByteCollector | undefined;
  #payloadLength = 0;

  /** @param limitBytes the longest payload to take. @throws {TypeError} unless it is a positive number. */
  constructor(limitBytes: number) {
    if (typeof limitBytes !== "number" || !(limitBytes > 0))
      throw new TypeError(
        `the limit of a packet must be a positive number of bytes, got ${String(limitBytes)}`,
      );
    this.#limitBytes = limitBytes;
  }

  /** Takes the next bytes of the stream, which are the reader's from now on. What was pushed before must have been read. */
  push(chunk: Uint8Array): void {
    if (this.#state === "failed") return;
    if (this.#position < this.#chunk.length) throw new Error("read() until undefined before the next push()");
    this.#chunk = chunk;
    this.#position = 0;
  }

  /**
   * The next packet, or `undefined` when more bytes are needed.
   *
   * @throws {ProtocolError} when the stream can hold no further packet. From then on there is none.
   */
  read(): EnginePacket | undefined {
    try {
      if (this.#state === "header") this.#readHeader();
      const packet = this.#state === "payload" ? this.#readPayload() : undefined;
      if (packet === undefined) this.#dropChunk();
      return packet;
    } catch (error) {
      this.#state = "failed";
      this.#cut = undefined;
      this.#dropChunk();
      throw error;
    }
  }

  #dropChunk(): void {
    this.#chunk = NOTHING;
    this.#position = 0;
  }

  #readHeader(): void {
    const first = this.#cut?.first ?? this.#chunk[this.#position];
    if (first === undefined) return;
    const bytes = this.#take(headerSize(first));
    if (bytes === undefined) return;
    this.#isBinary = isBinaryFrame(first);
    this.#payloadLength = readPayloadLength(bytes, this.#limitBytes);
    this.#state = "payload";
  }

  #readPayload(): EnginePacket | undefined {
    const bytes = this.#take(this.#payloadLength);
    if (bytes === undefined) return undefined;
    this.#state = "header";
    if (this.#isBinary) return { type: "message", data: asBytes(unpinned(bytes)) };
    const text = fromUtf8(bytes);
    if (text === undefined) throw new ProtocolError("EIO_BAD_UTF8");
    return revision4.decodePacket(text);
  }

  /** The next `length` bytes, as a view where they lie in one chunk; `undefined` while they are not all here. */
  #take(length: number): Uint8Array | undefined {
    const start = this.#position;
    const end = Math.min(this.#chunk.length, start + length - (this.#cut?.length ?? 0));
    this.#position = end;
    if (this.#cut === undefined) {
      if (end - start === length) return this.#chunk.subarray(start, end);
      this.#cut = new ByteCollector(length);
    }
    this.#cut.append(this.#chunk, start, end);
    if (this.#cut.length < length) return undefined;
    const bytes = this.#cut.take();
    this.#cut = undefined;
    return bytes;
  }
}

/** A small view keeps all of its chunk in memory for as long as the application keeps the packet. */
const unpinned = (bytes: Uint8Array): Uint8Array =>
  bytes.length * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
