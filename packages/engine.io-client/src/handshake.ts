import type { EnginePacket } from "@towline/engine.io-parser";

/** What the server says when it opens a session. */
export interface HandshakeData {
  readonly sid: string;
  readonly upgrades: readonly string[];
  /** Milliseconds. */
  readonly pingInterval: number;
  /** Milliseconds. */
  readonly pingTimeout: number;
  /** Largest polling body the server takes, in bytes. Servers before Socket.IO 4.5 do not tell. */
  readonly maxPayload?: number;
}

const isDelay = (value: unknown): value is number =>
  typeof value === "number" && value > 0 && value < 2 ** 30;

/**
 * Reads the open packet.
 *
 * @throws {Error} saying what the server sent instead.
 */
export function readHandshake({ type, data }: EnginePacket): HandshakeData {
  if (type !== "open" || typeof data !== "string")
    throw new Error(`the server must begin with an open packet, not with "${type}"`);
  const handshake: unknown = JSON.parse(data);
  if (!isHandshake(handshake))
    throw new Error("the server's open packet lacks sid, upgrades or heartbeat times");
  return handshake;
}

function isHandshake(value: unknown): value is HandshakeData {
  if (typeof value !== "object" || value === null) return false;
  const { sid, upgrades, pingInterval, pingTimeout, maxPayload } = value as Partial<Record<string, unknown>>;
  return (
    typeof sid === "string" &&
    sid !== "" &&
    Array.isArray(upgrades) &&
    isDelay(pingInterval) &&
    isDelay(pingTimeout) &&
    (maxPayload === undefined || typeof maxPayload === "number")
  );
}
