import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { acceptDeflateOffer, type DeflateAgreement } from "../../src/deflate-negotiation.ts";
import {
  type DeflateSettings,
  type PerMessageDeflateOptions,
  resolveDeflateOptions,
} from "../../src/deflate-options.ts";

export function settingsOf(options: PerMessageDeflateOptions = {}): DeflateSettings {
  const settings = resolveDeflateOptions(options);
  if (settings === undefined) throw new Error("Compression is off");
  return settings;
}

/** What a server with `options` agrees on with a client whose offer has these parameters. */
export function agree(params = "", options: PerMessageDeflateOptions = {}): DeflateAgreement {
  const accepted = acceptDeflateOffer(`permessage-deflate${params}`, settingsOf(options));
  if (accepted === undefined) throw new Error("The offer was declined");
  return accepted.agreement;
}

/** The payload of a compressed message that leans on nothing before it (RFC 7692 §7.2.1). */
export function deflated(data: string | Uint8Array): Buffer {
  const whole = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH });
  return whole.subarray(0, -4);
}

/** What a compressed message says to who has seen none before it. */
export function inflated(payload: Uint8Array): Buffer {
  const whole = Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]);
  return inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH });
}

export interface ParsedFrame {
  readonly first: number;
  readonly payload: Buffer;
}

/** Takes whole frames apart, plainly, masked or not. */
export function framesIn(wire: Buffer): ParsedFrame[] {
  const frames: ParsedFrame[] = [];
  for (let at = 0; at < wire.length; ) {
    const first = wire.readUInt8(at);
    const second = wire.readUInt8(at + 1);
    const short = second & 0x7f;
    const length =
      short < 126 ? short : short === 126 ? wire.readUInt16BE(at + 2) : Number(wire.readBigUInt64BE(at + 2));
    at += short < 126 ? 2 : short === 126 ? 4 : 10;
    const key = second >= 0x80 ? wire.subarray(at, (at += 4)) : Buffer.alloc(4);
    const payload = wire.subarray(at, at + length).map((byte, i) => byte ^ (key[i & 3] as number));
    frames.push({ first, payload: Buffer.from(payload) });
    at += length;
  }
  return frames;
}
