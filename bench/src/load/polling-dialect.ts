/** What the load generator speaks over polling: one revision of Engine.IO. */
export interface PollingDialect {
  readonly revision: 3 | 4;
  encode(packets: readonly string[]): string;
  /** The packets of a text payload; what is no payload comes back as one packet. */
  decode(payload: string): string[];
  readonly heartbeat: PollingHeartbeat;
}

export interface PollingHeartbeat {
  /** The packet that a server sends of itself, or as the answer. */
  readonly server: string;
  readonly client: string;
  /** How often the client sends its packet. Absent where it is the server that begins. */
  readonly clientPeriodMs?: number;
}

const SEPARATOR = "\u001e";

/** Packets between separators. The server pings. */
export const polling4: PollingDialect = {
  revision: 4,
  encode: (packets) => packets.join(SEPARATOR),
  decode: (payload) => payload.split(SEPARATOR),
  heartbeat: { server: "2", client: "3" },
};

/** Packets after their length, of text that is ASCII here. The client pings. */
export const polling3: PollingDialect = {
  revision: 3,
  encode: (packets) => packets.map((packet) => `${packet.length}:${packet}`).join(""),
  decode(payload) {
    const packets: string[] = [];
    for (let at = 0; at < payload.length; ) {
      const start = payload.indexOf(":", at) + 1;
      const end = start + Number(payload.slice(at, start - 1));
      if (start === 0 || !(end > start && end <= payload.length)) return [payload];
      packets.push(payload.slice(start, end));
      at = end;
    }
    return packets;
  },
  heartbeat: { server: "3", client: "2", clientPeriodMs: 20_000 },
};
