import { type Codec, type PacketData, revision3, revision4 } from "@towline/engine.io-parser";
import { decodeUtf8 } from "#platform";

const ZERO = "0".charCodeAt(0);
const HIGHEST_MARKER = 1;
const MOST_ORIGINS = 100;

/**
 * Tells the revision from the first answer to a polling handshake. Revision 4 starts with the open packet itself,
 * `0{…`; revision 3 with the packet's length, which never starts with a zero, or with the marker of a binary payload.
 */
export const revisionOf = (body: Uint8Array): Codec => (body[0] === ZERO ? revision4 : revision3);

/** A polling body as its codec takes it: text, but for revision 3's binary payloads. */
export function payloadOf(body: Uint8Array, codec: Codec): PacketData {
  const isBinary = codec.revision === 3 && body.length > 0 && (body[0] as number) <= HIGHEST_MARKER;
  return isBinary ? body : decodeUtf8(body);
}

/**
 * Which origins are known to speak revision 4, so that a WebSocket to a server that does not tell needs no second
 * attempt. Revision 3 needs no memory: it answers the question on the open connection.
 */
export class RevisionMemory {
  readonly #origins = new Set<string>();

  isRevision4(origin: string): boolean {
    return this.#origins.has(origin);
  }

  remember(origin: string): void {
    if (this.#origins.size >= MOST_ORIGINS) this.#origins.clear();
    this.#origins.add(origin);
  }

  forget(origin: string): void {
    this.#origins.delete(origin);
  }
}
