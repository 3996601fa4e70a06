import type { Codec, PacketData } from "@towline/engine.io-parser";
import { type PreparedMessage as PreparedFrame, prepareBinary, prepareText } from "@towline/websocket";

/** A message for many sessions, encoded and framed at most once per revision of the protocol. */
export class PreparedMessage {
  readonly data: PacketData;
  #frames: [PreparedFrame | undefined, PreparedFrame | undefined] = [undefined, undefined];

  constructor(data: PacketData) {
    this.data = data;
  }

  /** The message as a WebSocket frame. Text is written alike by both revisions. */
  frameFor(codec: Codec): PreparedFrame {
    const slot = typeof this.data === "string" || codec.revision === 4 ? 0 : 1;
    return (this.#frames[slot] ??= frame(codec.encodePacket({ type: "message", data: this.data }, true)));
  }
}

const frame = (wire: PacketData): PreparedFrame =>
  typeof wire === "string" ? prepareText(wire) : prepareBinary(wire);
