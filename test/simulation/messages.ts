import type { PacketData } from "../../packages/engine.io-parser/src/packet.ts";
import type { Random } from "./random.ts";

const LETTERS = ["", "a", "é", "€", "😀", "\n", "4", ":"];
const NUMBER_BYTES = 4;

/** The message of that number: text or bytes, recognisable, and of about `limitBytes` at most. */
export function makeMessage(number: number, random: Random, limitBytes: number): PacketData {
  const length = Math.min(limitBytes, random.pick([0, 1, 3, 10, 40, 150]));
  if (random.chance(0.6)) return `${number}:${random.pick(LETTERS).repeat(length >> 2)}`;
  const bytes = new Uint8Array(NUMBER_BYTES + length).fill(random.between(0, 255), NUMBER_BYTES);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

export function areEqual(one: PacketData | undefined, other: PacketData | undefined): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
