import type { Clock } from "@towline/core";
import { type EnginePacket, ProtocolError, StreamReader } from "@towline/engine.io-parser";
import {
  closeSession,
  nextOf,
  refuseStream,
  settled,
  WebTransportLink,
} from "./transports/webtransport-link.ts";
import type { ChunkReader, WebTransportSession, WebTransportStream } from "./webtransport-types.ts";

export interface ArrivalLimits {
  readonly clock: Clock;
  readonly upgradeTimeoutMs: number;
  readonly maxHttpBufferSize: number;
}

/** A session of WebTransport that has said what it wants. */
export interface Arrival {
  readonly link: WebTransportLink;
  /** Reader of its stream, past the first packet. */
  readonly packets: StreamReader;
  /** The session to move, or `undefined` for a new one. */
  readonly sid: string | undefined;
}

/** Sessions of WebTransport that have yet to open a stream and say on it what they want. */
export class WebTransportArrivals {
  readonly #limits: ArrivalLimits;
  readonly #waiting = new Set<() => void>();

  constructor(limits: ArrivalLimits) {
    this.#limits = limits;
  }

  /** @returns a promise of what the session wants; of `undefined` when it was closed, as it did not say so in time. */
  async receive(session: WebTransportSession): Promise<Arrival | undefined> {
    const { clock, upgradeTimeoutMs, maxHttpBufferSize } = this.#limits;
    if (session.ready !== undefined) void settled(session.ready);
    const opening = new Opening(session, maxHttpBufferSize);
    let giveUp = () => {};
    const gone = new Promise<undefined>((resolve) => {
      giveUp = () => resolve(undefined);
    });
    void settled(session.closed).then(giveUp);
    this.#waiting.add(giveUp);
    const timer = clock.setTimeout(giveUp, upgradeTimeoutMs);
    const arrival = await Promise.race([opening.arrival(), gone]);
    clock.clearTimeout(timer);
    this.#waiting.delete(giveUp);
    if (arrival === undefined) opening.close();
    return arrival;
  }

  /** Closes them all. */
  close(): void {
    for (const giveUp of this.#waiting) giveUp();
  }
}

class Opening {
  readonly #session: WebTransportSession;
  readonly #streams: ChunkReader<WebTransportStream>;
  readonly #packets: StreamReader;
  #link: WebTransportLink | undefined;
  #isClosed = false;

  constructor(session: WebTransportSession, limitBytes: number) {
    this.#session = session;
    this.#streams = session.incomingBidirectionalStreams.getReader();
    this.#packets = new StreamReader(limitBytes);
  }

  async arrival(): Promise<Arrival | undefined> {
    const stream = await nextOf(this.#streams);
    if (stream === undefined) return undefined;
    if (this.#isClosed) {
      refuseStream(stream);
      return undefined;
    }
    const link = new WebTransportLink(this.#session, stream, this.#streams);
    this.#link = link;
    const packet = await this.#firstPacket(link);
    return packet && toArrival(packet, link, this.#packets);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#link === undefined) closeSession(this.#session);
    else this.#link.close();
  }

  async #firstPacket(link: WebTransportLink): Promise<EnginePacket | undefined> {
    for (let chunk = await link.read(); chunk !== undefined; chunk = await link.read()) {
      this.#packets.push(chunk);
      try {
        const packet = this.#packets.read();
        if (packet !== undefined) return packet;
      } catch (error) {
        if (error instanceof ProtocolError) return undefined;
        throw error;
      }
    }
    return undefined;
  }
}

/** The first packet is an open one: with nothing for a new session, or with the id of the one to move. */
function toArrival(
  { type, data }: EnginePacket,
  link: WebTransportLink,
  packets: StreamReader,
): Arrival | undefined {
  if (type !== "open") return undefined;
  if (data === undefined) return { link, packets, sid: undefined };
  const sid = readSid(String(data));
  return sid === undefined ? undefined : { link, packets, sid };
}

function readSid(json: string): string | undefined {
  try {
    const { sid } = JSON.parse(json);
    return typeof sid === "string" && sid !== "" ? sid : undefined;
  } catch {
    return undefined;
  }
}
