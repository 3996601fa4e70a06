import { Connection, type Opening } from "../../src/connection.ts";
import type { ConnectionOptions } from "../../src/connection-options.ts";
import type { Role } from "../../src/reader-rules.ts";
import { FakeSocket, nextTurn } from "./fake-socket.ts";
import { type Recorded, Recorder } from "./recorder.ts";

/** All that became of some bytes: what the owner was told, and what the peer was sent. */
export interface Heard {
  readonly events: readonly Recorded[];
  readonly written: string;
}

export interface Listening {
  readonly role: Role;
  readonly options?: ConnectionOptions;
  readonly opening?: Opening;
}

/** `wire` in pieces that end at `cuts`, each a copy, for a reader changes what it is given. */
export function cutInto(wire: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set([...cuts.filter((cut) => cut > 0 && cut < wire.length), wire.length])];
  ends.sort((a, b) => a - b);
  return ends.map((end, index) => Buffer.from(wire.subarray(ends[index - 1] ?? 0, end)));
}

/** A connection over a stream without a network, and what it tells. */
export function listenTo({ role, options = {}, opening = {} }: Listening): {
  readonly socket: FakeSocket;
  readonly recorder: Recorder;
  readonly connection: Connection;
} {
  // Masks of zeros, so that what a client writes is known; never behind, so that every ping is answered.
  const socket = new FakeSocket(1 << 20);
  const recorder = new Recorder();
  const generateMask = (mask: Buffer) => void mask.fill(0);
  const connection = new Connection(socket, role, { generateMask, ...options }, recorder, opening);
  return { socket, recorder, connection };
}

/**
 * Has a connection read the pieces and then the end of the stream.
 *
 * @param pausing whether each piece comes in its own turn of the event loop.
 */
export async function hear(
  listening: Listening,
  pieces: readonly Buffer[],
  pausing: boolean,
): Promise<Heard> {
  const { socket, recorder } = listenTo(listening);
  for (const piece of pieces) {
    socket.push(piece);
    if (pausing) await nextTurn();
  }
  // A socket tells of data and of its end in turns of their own.
  await nextTurn();
  socket.push(null);
  await recorder.closed();
  await nextTurn();
  return { events: recorder.events, written: socket.taken().join("") };
}
