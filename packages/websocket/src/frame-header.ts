import { ProtocolError } from "./errors.ts";
import { CONTROL_LIMIT_BYTES, FIN, isControl, OPCODE, RSV1 } from "./opcodes.ts";

/** The longest header: two octets, a 64-bit length and a masking key. */
export const HEADER_LIMIT_BYTES = 14;

const KNOWN_OPCODES = new Set<number>(Object.values(OPCODE));

/** A frame header (RFC 6455 §5.2). Mutable and used over and over, so that a frame costs no object. */
export class FrameHeader {
  fin = false;
  /** RSV1: this frame begins a compressed message (RFC 7692 §6). */
  compressed = false;
  opcode = 0;
  masked = false;
  /** The masking key as a little-endian integer; 0 when there is none. */
  key = 0;
  /** Payload length in bytes. */
  length = 0;

  /**
   * Reads the header that starts at `bytes[at]`.
   *
   * @param mayCompress whether compression was agreed on.
   * @returns the header's size in bytes, or 0 while `bytes[at..end)` is too short to hold it.
   * @throws {ProtocolError} as soon as the bytes at hand can start no valid frame.
   */
  read(bytes: Uint8Array, at: number, end: number, mayCompress: boolean): number {
    if (end - at < 2) return 0;
    const first = bytes[at] as number;
    const second = bytes[at + 1] as number;
    this.fin = first >= FIN;
    this.compressed = (first & RSV1) !== 0;
    this.opcode = first & 0x0f;
    this.masked = second >= 0x80;
    this.length = second & 0x7f;
    if ((first & 0x70) !== 0 || !KNOWN_OPCODES.has(this.opcode)) checkFlags(first, mayCompress);
    if (isControl(this.opcode)) this.#checkControl();

    let size = 2;
    if (this.length > 125) {
      size = this.length === 126 ? 4 : 10;
      if (end - at < size) return 0;
      this.length = size === 4 ? readUint16(bytes, at + 2) : readUint64(bytes, at + 2);
    }
    if (!this.masked) {
      this.key = 0;
      return size;
    }
    if (end - at < size + 4) return 0;
    this.key = readKey(bytes, at + size);
    return size + 4;
  }

  // RFC 6455 §5.5: control frames carry 125 bytes or less and must not be fragmented.
  #checkControl(): void {
    if (!this.fin) throw new ProtocolError("WS_ERR_EXPECTED_FIN", { opcode: this.opcode });
    if (this.length > CONTROL_LIMIT_BYTES)
      throw new ProtocolError("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", { opcode: this.opcode });
  }
}

// RFC 6455 §5.2: a reserved bit that no extension has given a meaning, or a reserved opcode, fails the connection.
function checkFlags(first: number, mayCompress: boolean): void {
  const opcode = first & 0x0f;
  // RFC 7692 §6: RSV1 is for the first frame of a data message alone.
  const mayHaveRsv1 = mayCompress && (opcode === OPCODE.text || opcode === OPCODE.binary);
  if ((first & RSV1) !== 0 && !mayHaveRsv1)
    throw new ProtocolError("WS_ERR_UNEXPECTED_RSV_1", { firstByte: first });
  if ((first & 0x30) !== 0) throw new ProtocolError("WS_ERR_UNEXPECTED_RSV_2_3", { firstByte: first });
  if (!KNOWN_OPCODES.has(opcode)) throw new ProtocolError("WS_ERR_INVALID_OPCODE", { opcode });
}

// RFC 6455 §5.2: the minimal number of bytes must be used to encode the length.
function readUint16(bytes: Uint8Array, at: number): number {
  const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (length < 126) throw new ProtocolError("WS_ERR_NON_MINIMAL_LENGTH", { length });
  return length;
}

function readUint64(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  const high = view.getUint32(0);
  const low = view.getUint32(4);
  // Takes in the most significant bit too, which must be 0.
  if (high > 0x1f_ffff) throw new ProtocolError("WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", { high, low });
  if (high === 0 && low < 0x1_0000) throw new ProtocolError("WS_ERR_NON_MINIMAL_LENGTH", { length: low });
  return high * 2 ** 32 + low;
}

function readKey(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
