import type { EventEmitter } from "node:events";

/** Code and reason of the close of a WebSocket, ours or that of `ws`. Errors before it do not matter. */
export function closeOf(socket: EventEmitter): Promise<[code: number, reason: string]> {
  socket.on("error", () => {});
  return new Promise((resolve) =>
    socket.once("close", (code: number, reason: Buffer) => resolve([code, reason.toString()])),
  );
}
