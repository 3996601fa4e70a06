import { Emitter } from "@socket.io/component-emitter";
import { Decoder, Encoder, type Packet, PacketType } from "socket.io-parser";

// A format of one's own, in the shape that the option `parser` takes.
class JsonEncoder {
  encode(packet: Packet): string[] {
    return [JSON.stringify(packet)];
  }
}
class JsonDecoder extends Emitter<
  Record<never, never>,
  Record<never, never>,
  { decoded: (packet: Packet) => void }
> {
  add(chunk: string): void {
    const packet: Packet = JSON.parse(chunk);
    if (packet.type < PacketType.CONNECT || packet.type > PacketType.CONNECT_ERROR)
      throw new Error("invalid type");
    this.emitReserved("decoded", packet);
  }
  destroy(): void {
    this.removeAllListeners();
  }
}

// biome-ignore-start lint/suspicious/noExplicitAny: as code for the reference is written.
// The classes, extended.
class CountingEncoder extends Encoder {
  count = 0;
  override encode(packet: Packet): any[] {
    this.count++;
    return super.encode(packet);
  }
}
class LoggingDecoder extends Decoder {
  constructor(private readonly log: (message: unknown) => void) {
    super({ maxAttachments: 100 });
  }
  override add(message: any): void {
    this.log(message);
    super.add(message);
  }
  override destroy(): void {
    this.log("destroyed");
    super.destroy();
  }
}

interface Parser {
  Encoder: new () => { encode(packet: Packet): unknown[] };
  Decoder: new () => {
    add(chunk: any): void;
    destroy(): void;
    on(event: "decoded", listener: (packet: Packet) => void): unknown;
  };
}
const parsers: Parser[] = [
  { Encoder, Decoder },
  { Encoder: JsonEncoder, Decoder: JsonDecoder },
];

class Client {
  private readonly encoder: Encoder;
  private readonly decoder: Decoder;
  private readonly acks = new Map<number, (...args: any[]) => void>();
  constructor(private readonly write: (message: string | Buffer) => void) {
    this.encoder = new CountingEncoder();
    this.decoder = new LoggingDecoder(console.log);
    this.decoder.on("decoded", this.ondecoded);
  }
  send(packet: Partial<Packet> & Pick<Packet, "type">): void {
    for (const part of this.encoder.encode({ nsp: "/", ...packet })) this.write(part);
  }
  private readonly ondecoded = (packet: Packet): void => {
    if (packet.id !== undefined) this.acks.get(packet.id)?.apply(this, packet.data);
    this.send({ type: PacketType.ACK, id: packet.id, data: [] } as Packet);
  };
  close(): void {
    this.decoder.off("decoded", this.ondecoded);
    this.decoder.destroy();
  }
}
// biome-ignore-end lint/suspicious/noExplicitAny: .
console.log(parsers, new Client(console.log));
