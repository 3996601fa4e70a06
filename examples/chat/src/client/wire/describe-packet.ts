/** Reads what an Engine.IO packet means, for people: never throws, whatever it is given. */

export type EngineType = "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop";

export interface PacketMeaning {
  /** Short and in the protocol's own words: `EVENT`, `ping`. */
  readonly title: string;
  /** The event's name, the namespace, what the packet carries. */
  readonly detail: string;
  readonly kind: "handshake" | "heartbeat" | "upgrade" | "message" | "end";
  readonly namespace?: string;
  readonly ackId?: number;
  /** Binary messages that belong to this packet and follow it. */
  readonly attachments: number;
}

const SOCKET_TYPES = [
  "CONNECT",
  "DISCONNECT",
  "EVENT",
  "ACK",
  "CONNECT ERROR",
  "BINARY EVENT",
  "BINARY ACK",
] as const;

/** type, attachments, namespace, ack id, JSON: the grammar of a Socket.IO packet's text. */
const SOCKET_PACKET = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?([\s\S]*)$/;

const ENGINE: Readonly<Record<Exclude<EngineType, "message">, readonly [string, PacketMeaning["kind"]]>> = {
  open: ["handshake: session id and limits", "handshake"],
  close: ["goodbye", "end"],
  ping: ["are you there?", "heartbeat"],
  pong: ["still here", "heartbeat"],
  upgrade: ["from now on by this transport", "upgrade"],
  noop: ["ends the waiting poll", "upgrade"],
};

/** @param data the packet's data, without the character that tells its type. */
export function describePacket(type: EngineType, data: string | Uint8Array | undefined): PacketMeaning {
  if (type === "message") return typeof data === "string" ? describeMessage(data) : attachment;
  const [detail, kind] = ENGINE[type];
  if (data === "probe") {
    const answer = type === "ping" ? "does this transport work?" : "it does";
    return { title: `${type} probe`, detail: answer, kind: "upgrade", attachments: 0 };
  }
  return { title: type, detail, kind, attachments: 0 };
}

const attachment: PacketMeaning = { title: "binary", detail: "attachment", kind: "message", attachments: 0 };

function describeMessage(text: string): PacketMeaning {
  const match = SOCKET_PACKET.exec(text);
  if (match === null) return { title: "message", detail: text.slice(0, 40), kind: "message", attachments: 0 };
  const [, code = "0", count, namespace = "/", ackId, json = ""] = match;
  const title = SOCKET_TYPES[Number(code)] ?? "message";
  const detail = title.endsWith("EVENT") ? eventName(json) : title.endsWith("ACK") ? "" : namespace;
  return {
    title,
    detail,
    kind:
      title === "CONNECT" || title === "CONNECT ERROR"
        ? "handshake"
        : title === "DISCONNECT"
          ? "end"
          : "message",
    namespace,
    ...(ackId === undefined ? {} : { ackId: Number(ackId) }),
    attachments: Number(count ?? 0),
  };
}

/** The first string of `["name",…]`. Found without parsing the rest, which may be long. */
function eventName(json: string): string {
  const quoted = /^\s*\[\s*("(?:[^"\\]|\\.){0,200}")/.exec(json)?.[1];
  try {
    return quoted === undefined ? "" : String(JSON.parse(quoted));
  } catch {
    return "";
  }
}
