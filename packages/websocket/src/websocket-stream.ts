import type { EventEmitter } from "node:events";
import { Duplex, type DuplexOptions } from "node:stream";

const CONNECTING = 0;
const CLOSED = 3;

/** What a stream needs of a WebSocket. That of `ws` has it too. */
export interface StreamedWebSocket extends Pick<EventEmitter, "on" | "once" | "off"> {
  readonly readyState: number;
  readonly isPaused: boolean;
  send(data: string | Buffer, callback: (error?: Error) => void): void;
  close(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

/**
 * A stream of what a WebSocket receives and sends. Each message is a chunk, each chunk a message; a reader that is slow
 * pauses the WebSocket. What is written while it connects waits for it. `end` closes the WebSocket, `destroy` cuts it, and
 * its error is the stream's.
 *
 * @param options those of `Duplex`. Chunks are bytes and are sent as binary messages. `readableObjectMode` gives text
 *   messages as strings and binary ones as `binaryType` says; `decodeStrings: false` sends strings as text. Only the
 *   readable side may be in object mode, and `autoDestroy` and `emitClose` are always on.
 * @example
 * const stream = createWebSocketStream(new WebSocket("ws://localhost:3000"), { encoding: "utf8" });
 * stream.on("error", console.error);
 * process.stdin.pipe(stream).pipe(process.stdout);
 */
export function createWebSocketStream(webSocket: StreamedWebSocket, options: DuplexOptions = {}): Duplex {
  let failure: Error | undefined;
  const stream = new Duplex({
    ...options,
    objectMode: false,
    writableObjectMode: false,
    autoDestroy: true,
    emitClose: true,
    // A message is one chunk: nothing may join them, nor take the place of what follows.
    construct: undefined,
    writev: undefined,
    read: () => resume(webSocket),
    write: (chunk: string | Buffer, _encoding, callback) =>
      afterConnecting(webSocket, () => webSocket.send(chunk, callback)),
    final: (callback) =>
      afterConnecting(webSocket, () => {
        afterClose(webSocket, () => callback());
        webSocket.close();
      }),
    destroy: (error, callback) => {
      webSocket.off("message", onMessage);
      afterClose(webSocket, () => callback(error ?? failure ?? null));
      // One that failed closes by itself, and tells the peer why.
      if (failure === undefined) webSocket.terminate();
      resume(webSocket);
    },
  });

  const onMessage = (data: unknown, isBinary: boolean): void => {
    const chunk = stream.readableObjectMode ? (isBinary ? data : String(data)) : toBytes(data);
    if (!stream.push(chunk)) webSocket.pause();
  };
  webSocket.on("message", onMessage);
  // It stays until the end: what goes wrong after `destroy` must not be unhandled.
  webSocket.on("error", (error: Error) => {
    failure ??= error;
    stream.destroy(error);
  });
  afterClose(webSocket, () => {
    if (!stream.destroyed) stream.push(null);
  });
  return stream;
}

// Asked of `ws` while it has no socket, `resume` throws.
function resume(webSocket: StreamedWebSocket): void {
  if (webSocket.isPaused) webSocket.resume();
}

function afterConnecting(webSocket: StreamedWebSocket, action: () => void): void {
  if (webSocket.readyState !== CONNECTING) {
    action();
    return;
  }
  const proceed = (): void => {
    webSocket.off("open", proceed);
    webSocket.off("close", proceed);
    action();
  };
  webSocket.on("open", proceed);
  webSocket.on("close", proceed);
}

function afterClose(webSocket: StreamedWebSocket, action: () => void): void {
  if (webSocket.readyState === CLOSED) action();
  else webSocket.once("close", action);
}

/** Bytes, whatever `binaryType` is. What is neither, a `Blob`, is for the stream to refuse. */
function toBytes(data: unknown): unknown {
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  return Array.isArray(data) ? Buffer.concat(data as Buffer[]) : data;
}
