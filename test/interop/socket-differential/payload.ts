/** Messages in payloads of polling. */
import type { Message, Revision } from "./step.ts";

/** Ends a packet in revision 4 of Engine.IO. */
const SEPARATOR = "\x1e";

export function writePayload(revision: Revision, messages: readonly Message[]): string {
  if (revision === 5)
    return messages
      .map((message) => (typeof message === "string" ? `4${message}` : `b${message.toString("base64")}`))
      .join(SEPARATOR);
  const packets = messages.map((message) =>
    typeof message === "string" ? `4${message}` : `b4${message.toString("base64")}`,
  );
  return packets.map((packet) => `${packet.length}:${packet}`).join("");
}

/** @returns the packets; a message of bytes as its bytes. */
export function readPayload(revision: Revision, payload: string): readonly (string | Buffer)[] {
  const packets = revision === 5 ? payload.split(SEPARATOR) : splitByLength(payload);
  const head = revision === 5 ? "b" : "b4";
  return packets.map((packet) =>
    packet.startsWith(head) ? Buffer.from(packet.slice(head.length), "base64") : packet,
  );
}

function splitByLength(payload: string): string[] {
  const packets: string[] = [];
  for (let rest = payload; rest !== ""; ) {
    const colon = rest.indexOf(":");
    const end = colon + 1 + Number(rest.slice(0, colon));
    packets.push(rest.slice(colon + 1, end));
    rest = rest.slice(end);
  }
  return packets;
}
