import type { WebTransportCloseInfo, WebTransportSession, WebTransportStream } from "@towline/engine.io";

const BINARY = 0x80;

/** A packet of fewer than 126 bytes as the stream has it. Text is given with its type, bytes as they are. */
export function frame(packet: string | Uint8Array): Uint8Array {
  const payload = Buffer.from(packet as string);
  if (payload.length > 125) throw new Error("frame() is for short packets");
  return Buffer.concat(
    [[(typeof packet === "string" ? 0 : BINARY) | payload.length], payload].map(Buffer.from),
  );
}

/** The client's end of a stream. */
export class ClientStream {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  #unread = Buffer.alloc(0);

  constructor(readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>) {
    this.reader = readable.getReader();
    this.writer = writable.getWriter();
    this.reader.closed.catch(ignore);
    this.writer.closed.catch(ignore);
  }

  /** Hands `packets` to the stream in one chunk. */
  send(...packets: readonly (string | Uint8Array)[]): void {
    this.write(Buffer.concat(packets.map(frame)));
  }

  write(bytes: Uint8Array): void {
    this.writer.write(bytes).catch(ignore);
  }

  /** The next bytes, as hexadecimal digits. */
  async hex(count: number): Promise<string> {
    return (await this.#take(count)).toString("hex");
  }

  /** The next packet: as text with its type, or as bytes. */
  async packet(): Promise<string | Buffer> {
    const [first = 0] = await this.#take(1);
    const short = first & ~BINARY;
    const length =
      short === 127
        ? Number((await this.#take(8)).readBigUInt64BE())
        : short === 126
          ? (await this.#take(2)).readUInt16BE()
          : short;
    const payload = await this.#take(length);
    return first & BINARY ? payload : payload.toString();
  }

  /** Reads on to the end: gives the packets until there. */
  async rest(): Promise<(string | Buffer)[]> {
    const packets: (string | Buffer)[] = [];
    try {
      for (;;) packets.push(await this.packet());
    } catch {
      return packets;
    }
  }

  async #take(count: number): Promise<Buffer> {
    while (this.#unread.length < count) {
      const { done, value } = await this.reader.read();
      if (done) throw new Error("the stream has ended");
      this.#unread = Buffer.concat([this.#unread, value]);
    }
    const taken = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return taken;
  }
}

export interface FakeSessionOptions {
  /** Chunks that a stream holds for a reader that does not read. */
  readonly capacity?: number;
  readonly ready?: Promise<unknown>;
  readonly header?: object;
  readonly peerAddress?: string;
}

/** Both ends of a session of WebTransport in one process: `server` is what a server of HTTP/3 would hand out. */
export class FakeSession {
  readonly server: WebTransportSession;
  /** What the server closed it with, once for each call. */
  readonly closes: (WebTransportCloseInfo | undefined)[] = [];
  readonly closed: Promise<WebTransportCloseInfo | undefined>;
  readonly #incoming: WritableStreamDefaultWriter<WebTransportStream>;
  readonly #capacity: number;
  #end: { resolve(info: WebTransportCloseInfo | undefined): void; reject(error: Error): void } | undefined;

  constructor({ capacity = 16, ...more }: FakeSessionOptions = {}) {
    this.#capacity = capacity;
    const incoming = new TransformStream<WebTransportStream>({}, { highWaterMark: 16 });
    this.#incoming = incoming.writable.getWriter();
    this.#incoming.closed.catch(ignore);
    this.closed = new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    this.server = {
      ...more,
      closed: this.closed,
      incomingBidirectionalStreams: incoming.readable,
      close: (info) => {
        this.closes.push(info);
        this.close(info);
      },
    };
  }

  /** Opens a stream, and sends `packets` on it. */
  open(...packets: readonly (string | Uint8Array)[]): ClientStream {
    const { readable, writable } = this.openStream();
    const stream = new ClientStream(readable, writable);
    if (packets.length > 0) stream.send(...packets);
    return stream;
  }

  openStream(): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> } {
    const strategy = { highWaterMark: this.#capacity };
    const up = new TransformStream<Uint8Array, Uint8Array>({}, strategy);
    const down = new TransformStream<Uint8Array, Uint8Array>({}, strategy);
    this.#incoming.write({ readable: up.readable, writable: down.writable }).catch(ignore);
    return { readable: down.readable, writable: up.writable };
  }

  /** Ends the streams that come, as a session does that is over. */
  endStreams(): void {
    this.#incoming.close().catch(ignore);
  }

  close(info?: WebTransportCloseInfo): void {
    this.#end?.resolve(info);
  }

  fail(error: Error): void {
    this.#end?.reject(error);
  }
}

function ignore(): void {}
