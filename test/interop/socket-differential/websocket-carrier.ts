/** Packets over WebSocket. */
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Carrier, CarrierSink } from "./client.ts";
import type { Message, Revision, Way } from "./step.ts";

/** Revision 3 of Engine.IO puts the type of its packet before bytes. */
const MESSAGE_BYTE = Buffer.from([4]);

export async function openWebSocket(
  port: number,
  { revision, query = "" }: Way,
  sink: CarrierSink,
): Promise<Carrier> {
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/socket.io/?EIO=${revision - 1}&transport=websocket${query}`,
    { perMessageDeflate: false },
  );
  socket.on("error", () => {});
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) sink.onMessage(revision === 5 ? data : data.subarray(1));
    else if (data.toString("latin1", 0, 1) === "4") sink.onMessage(data.toString().slice(1));
  });
  socket.on("close", () => sink.onClose("closed"));
  await once(socket, "open");
  return new WebSocketCarrier(socket, revision);
}

class WebSocketCarrier implements Carrier {
  readonly #socket: WebSocket;
  readonly #revision: Revision;

  constructor(socket: WebSocket, revision: Revision) {
    this.#socket = socket;
    this.#revision = revision;
  }

  send(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#socket.readyState !== WebSocket.OPEN) return;
      if (typeof message === "string") this.#socket.send(`4${message}`);
      else this.#socket.send(this.#revision === 5 ? message : Buffer.concat([MESSAGE_BYTE, message]));
    }
  }

  leave(how: "close" | "cut"): void {
    if (how === "close") this.#socket.close();
    else this.#socket.terminate();
  }

  async isAlive(): Promise<boolean> {
    const { readyState } = this.#socket;
    if (readyState === WebSocket.CLOSED) return false;
    return new Promise((resolve) => {
      this.#socket.once("pong", () => resolve(true));
      this.#socket.once("close", () => resolve(false));
      if (readyState === WebSocket.OPEN) this.#socket.ping();
    });
  }

  destroy(): void {
    this.#socket.terminate();
  }
}
