import {
  type Attachment,
  Encoder,
  encode,
  isPacketValid,
  type SocketPacket as Packet,
  PacketReader,
  type PacketReaderOptions,
  ProtocolError,
} from "@towline/socket.io-parser";

/** A part of a packet on its way out: a message of its own. */
export type PacketPart = string | Uint8Array;

/** How packets are put together from what a connection brings. */
export interface IncomingReader {
  /** @returns the packet, when this was its last part. @throws {Error} when the peer sent what is no packet. */
  addText(text: string): Packet | undefined;
  addBinary(data: Uint8Array): Packet | undefined;
  /** Whether a packet still wants attachments. */
  readonly isWaiting: boolean;
  /** A further packet that the last part has brought. */
  next?(): Packet | undefined;
  reset(): void;
}

/** How packets are written and read by a server. */
export interface PacketCodec {
  /** The object with an `encode` method that adapters and tools look for. */
  readonly encoder: { encode(packet: Packet): unknown[] };
  encode(packet: Packet): readonly PacketPart[];
  /**
   * @param onPacket gets packets that a reader of another make hands out by itself, later.
   * @param limits other than those for clients.
   */
  createReader(onPacket: (packet: Packet) => void, limits?: PacketReaderOptions): IncomingReader;
}

/** What the option `parser` may be: the classes that `socket.io-parser` has, of another format. */
export interface Parser {
  // biome-ignore-start lint/suspicious/noExplicitAny: as in the reference; parsers of others have types of their own.
  readonly Encoder: new (
    ...args: any[]
  ) => { encode(packet: any): any };
  readonly Decoder: new (
    ...args: any[]
  ) => {
    add(data: any): unknown;
    destroy?(): unknown;
    on(event: "decoded", listener: (packet: any) => void): unknown;
  };
  // biome-ignore-end lint/suspicious/noExplicitAny: .
}

export function isParser(value: unknown): value is Parser {
  const { Encoder, Decoder } = Object(value) as Partial<Parser>;
  return typeof Encoder === "function" && typeof Decoder === "function";
}

/** @param limits on what a client may send in the format of Socket.IO; a parser of another has its own. */
export const codecOf = (parser: Parser | undefined, limits: PacketReaderOptions): PacketCodec =>
  parser === undefined ? nativeCodec(limits) : foreignCodec(parser);

const nativeCodec = (limits: PacketReaderOptions): PacketCodec => ({
  encoder: new Encoder(),
  encode(packet) {
    const { text, attachments } = encode(packet);
    return attachments.length === 0 ? [text] : [text, ...attachments.map(toBytes)];
  },
  createReader: (_onPacket, others) => new PacketReader(others ?? limits),
});

function foreignCodec({ Encoder, Decoder }: Parser): PacketCodec {
  const encoder = new Encoder();
  return {
    encoder,
    encode: (packet) => (encoder.encode(packet) as unknown[]).map(toPart),
    createReader: (onPacket) => new ForeignReader(new Decoder(), onPacket),
  };
}

/** Hands out what a decoder of another make has decoded, once that has been found to be a packet. */
class ForeignReader implements IncomingReader {
  readonly #decoder: InstanceType<Parser["Decoder"]>;
  /** What comes out while a part is put in is handed over afterwards: nobody else's errors are taken for the peer's. */
  readonly #decoded: Packet[] = [];
  #isAdding = false;

  constructor(decoder: InstanceType<Parser["Decoder"]>, onPacket: (packet: Packet) => void) {
    this.#decoder = decoder;
    decoder.on("decoded", (packet: Packet) => {
      if (!isPacketValid(packet)) throw new ProtocolError("SIO_BAD_PAYLOAD");
      if (this.#isAdding) this.#decoded.push(packet);
      else onPacket(packet);
    });
  }

  addText(text: string): Packet | undefined {
    return this.#add(text);
  }

  addBinary(data: Uint8Array): Packet | undefined {
    return this.#add(data);
  }

  next(): Packet | undefined {
    return this.#decoded.shift();
  }

  /** A decoder that stands on ours knows; others do not say. */
  get isWaiting(): boolean {
    return (this.#decoder as { readonly isWaiting?: boolean }).isWaiting === true;
  }

  reset(): void {
    this.#decoded.length = 0;
    this.#decoder.destroy?.();
  }

  #add(part: string | Uint8Array): Packet | undefined {
    this.#isAdding = true;
    try {
      this.#decoder.add(part);
    } finally {
      this.#isAdding = false;
    }
    return this.next();
  }
}

function toPart(part: unknown): PacketPart {
  if (typeof part === "string" || part instanceof Uint8Array) return part;
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  throw new TypeError("An encoder gave what is neither text nor bytes: a Blob cannot be emitted");
}

/** An attachment as bytes. @throws {TypeError} for a `Blob`, whose bytes would have to be waited for. */
function toBytes(attachment: Attachment): Uint8Array {
  if (attachment instanceof Uint8Array) return attachment;
  throw new TypeError("A server cannot emit a Blob: emit the result of its arrayBuffer() instead");
}
