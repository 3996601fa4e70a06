/** What we need of the sessions that a server of HTTP/3 hands out: a part of the W3C's WebTransport. */

export interface ChunkReader<T> {
  read(): Promise<{ readonly done: boolean; readonly value?: T | undefined }>;
}

export interface ByteReader extends ChunkReader<Uint8Array> {
  cancel(reason?: unknown): Promise<unknown>;
}

export interface ByteWriter {
  readonly closed: Promise<unknown>;
  /** @returns a promise that waits for as long as the peer's flow control does. */
  write(chunk: Uint8Array): Promise<unknown>;
  close(): Promise<unknown>;
  abort(reason?: unknown): Promise<unknown>;
}

/** A stream of bytes in either direction. */
export interface WebTransportStream {
  readonly readable: { getReader(): ByteReader; cancel(reason?: unknown): Promise<unknown> };
  readonly writable: { getWriter(): ByteWriter; abort(reason?: unknown): Promise<unknown> };
}

/** What the peer is told when a session is closed. */
export interface WebTransportCloseInfo {
  readonly closeCode: number;
  readonly reason: string;
}

export interface WebTransportSession {
  readonly ready?: Promise<unknown> | undefined;
  readonly closed: Promise<unknown>;
  readonly incomingBidirectionalStreams: { getReader(): ChunkReader<WebTransportStream> };
  close(info?: WebTransportCloseInfo): void;
  /** The fields of the request, pseudo-header fields included, where the server knows them. */
  readonly header?: object | null | undefined;
  /** Address and port of the client, where the server knows them. */
  readonly peerAddress?: string | undefined;
}

/** @throws {TypeError} when `session` is none. Servers type theirs in ways of their own. */
export function toWebTransportSession(session: object): WebTransportSession {
  const { incomingBidirectionalStreams: streams, closed, close } = session as Partial<WebTransportSession>;
  if (typeof streams?.getReader !== "function" || closed === undefined || typeof close !== "function")
    throw new TypeError(
      "A WebTransport session has the members closed, close() and incomingBidirectionalStreams of the W3C's WebTransport",
    );
  return session as WebTransportSession;
}
