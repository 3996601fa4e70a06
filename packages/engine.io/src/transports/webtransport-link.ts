import type {
  ByteReader,
  ByteWriter,
  ChunkReader,
  WebTransportCloseInfo,
  WebTransportSession,
  WebTransportStream,
} from "../webtransport-types.ts";

/** A session of WebTransport and the one stream of it that is used. None of its promises rejects. */
export class WebTransportLink {
  readonly session: WebTransportSession;
  /** Settles when the session or our side of its stream has come to an end, whoever ended it. */
  readonly over: Promise<void>;
  readonly #reader: ByteReader;
  readonly #writer: ByteWriter;
  #isClosed = false;

  /** @param others further streams of the session: they are refused as they come. */
  constructor(
    session: WebTransportSession,
    { readable, writable }: WebTransportStream,
    others: ChunkReader<WebTransportStream>,
  ) {
    this.session = session;
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.over = Promise.race([settled(session.closed), settled(this.#writer.closed)]);
    void this.over.then(() => this.close());
    void refuseAll(others);
  }

  /** Whether it was closed, by us or by the client. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The next bytes, or `undefined` when there will be no more. */
  read(): Promise<Uint8Array | undefined> {
    return nextOf(this.#reader);
  }

  /** @returns a promise of whether the network has taken `chunk`. */
  async write(chunk: Uint8Array): Promise<boolean> {
    try {
      if (!this.#isClosed) await this.#writer.write(chunk);
      return !this.#isClosed;
    } catch {
      return false;
    }
  }

  /** Ends our side of the stream, behind all that was written. */
  finish(): Promise<void> {
    return settled(this.#writer.close());
  }

  /** Ends the session, and the streams with it: what has not arrived yet may be lost. */
  close(info?: WebTransportCloseInfo): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSession(this.session, info);
    void settled(this.#reader.cancel());
    void settled(this.#writer.abort());
  }
}

/** The next chunk, or `undefined` when the stream has ended or failed. */
export async function nextOf<T>(reader: ChunkReader<T>): Promise<T | undefined> {
  try {
    const { done, value } = await reader.read();
    return done ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Not by cancelling the stream of streams: a server of HTTP/3 may not expect that, and fail when its session ends. */
async function refuseAll(streams: ChunkReader<WebTransportStream>): Promise<void> {
  for (let one = await nextOf(streams); one !== undefined; one = await nextOf(streams)) refuseStream(one);
}

export function refuseStream({ readable, writable }: WebTransportStream): void {
  void settled(readable.cancel());
  void settled(writable.abort());
}

export function closeSession(session: WebTransportSession, info?: WebTransportCloseInfo): void {
  try {
    session.close(info);
  } catch {
    // It never got as far as to be open, or has failed.
  }
}

/** Waits for `promise`, and leaves it to others what came of it. */
export const settled = (promise: Promise<unknown>): Promise<void> => promise.then(ignore, ignore);

function ignore(): void {}
