import { connect, type Socket } from "node:net";
import { ConnectionEnd, LoadFailure } from "./load-failure.ts";

/** A value and how many bytes it took. */
export interface Parsed<T> {
  readonly value: T;
  readonly size: number;
}

/** Looks at the start of `bytes`; gives `undefined` while there are too few. Never throws. */
export type Parser<T> = (bytes: Buffer) => Parsed<T> | undefined;

/** Gets every read from the kernel: the first `length` bytes of `bytes`, which are overwritten by the next read. */
export type ByteSink = (bytes: Buffer, length: number) => void;

const OPENING_LIMIT_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

const asFailure = (cause: Error): LoadFailure =>
  cause instanceof LoadFailure
    ? cause
    : new LoadFailure(`the connection was lost (${cause.message})`, { cause });

/**
 * One TCP connection to the server under test. First a conversation (`read`, `write`), then a flood (`stream`).
 * Reads land in one buffer of the connection's own and go past the stream machinery of `net.Socket`, since the load
 * must cost far less than the server it measures.
 */
export class Connection {
  readonly #socket: Socket;
  #sink: ByteSink = (bytes, length) => this.#collect(bytes.subarray(0, length));
  #collected: Buffer = NOTHING;
  #tryToRead: () => void = () => {};
  #onLost: (cause: Error) => void = () => {};
  #lost: Error | undefined;

  /** @param readBytes size of the read buffer. */
  constructor(port: number, readBytes: number) {
    const buffer = Buffer.alloc(readBytes);
    const callback = (length: number): boolean => {
      this.#sink(buffer, length);
      return true;
    };
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer, callback } });
    this.#socket.on("error", (cause) => this.#lose(asFailure(cause)));
    this.#socket.on("close", () => this.#lose(new ConnectionEnd("the server closed the connection")));
  }

  /** Waits until there is a connection. Rejects when there will be none. */
  connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#lost);
      if (!this.#socket.connecting) return resolve();
      this.#onLost = reject;
      this.#socket.once("connect", resolve);
    });
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Waits until `parse` finds a value at the start of what has arrived. Rejects when the connection is lost. */
  read<T>(parse: Parser<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#lost);
      this.#onLost = reject;
      this.#tryToRead = () => {
        const found = parse(this.#collected);
        if (found === undefined) return;
        this.#collected = this.#collected.subarray(found.size);
        this.#tryToRead = () => {};
        resolve(found.value);
      };
      this.#tryToRead();
    });
  }

  /** Sends no more. The server is to close the connection then. */
  end(): void {
    this.#socket.end();
  }

  /** Waits until the server has closed the connection in order. Rejects when it is lost, or when more comes first. */
  closed(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onLost = (cause: Error) => {
        if (!(cause instanceof ConnectionEnd)) reject(cause);
        else if (this.#collected.length === 0) resolve();
        else reject(new LoadFailure(`${this.#collected.length} bytes after the last that were due`));
      };
      if (this.#lost === undefined) this.#onLost = onLost;
      else onLost(this.#lost);
    });
  }

  /** Ends the conversation: from now on `sink` gets the bytes, and `onLost` hears why there will be no more. */
  stream(sink: ByteSink, onLost: (cause: Error) => void): void {
    this.#onLost = onLost;
    if (this.#lost !== undefined) onLost(this.#lost);
    this.#sink = sink;
    if (this.#collected.length > 0) sink(this.#collected, this.#collected.length);
    this.#collected = NOTHING;
  }

  /** Drops the connection. With a `cause` its owner hears of it, without one it does not. */
  close(cause?: Error): void {
    if (cause === undefined) this.#onLost = () => {};
    this.#socket.destroy(cause);
  }

  #collect(bytes: Buffer): void {
    this.#collected = Buffer.concat([this.#collected, bytes]);
    if (this.#collected.length <= OPENING_LIMIT_BYTES) this.#tryToRead();
    else this.close(new LoadFailure("the server sent more than 64 KiB before the first message"));
  }

  #lose(cause: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = cause;
    this.#onLost(cause);
  }
}
