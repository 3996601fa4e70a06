import { expect } from "chai";
import { Inbox } from "../events.ts";
import type { Data } from "./peers.ts";
import type { Pair } from "./rig.ts";

const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** Text and bytes, the shapes that framings have gone wrong on among them. */
export const SAMPLES: readonly (string | Buffer)[] = [
  "plain",
  every,
  "bAQID look-alike of base64",
  "naïve 日本語 👩‍👩‍👧 \u2028 \\n\n\\\\n \u0000",
  Buffer.from([0]),
  "é".repeat(70_000),
  Buffer.alloc(70_000, every),
  "last",
];

/** Whatever a client gives out for bytes, as a Buffer. */
export const plain = (data: unknown): unknown => (data instanceof ArrayBuffer ? Buffer.from(data) : data);

/** Sends everything from one end, and gives what has come to the other. */
export async function carried(
  from: { send(data: Data): unknown },
  to: Pair["client"] | Pair["server"],
  messages: readonly Data[],
): Promise<unknown[]> {
  const inbox = new Inbox(to, "message");
  for (const message of messages) from.send(message);
  return (await inbox.holding(messages.length)).map(([data]) => plain(data));
}

/** Expects the samples to arrive both ways. */
export async function expectMessages({ client, server }: Pair): Promise<void> {
  expect(await carried(client, server, SAMPLES)).to.deep.equal(SAMPLES);
  expect(await carried(server, client, SAMPLES)).to.deep.equal(SAMPLES);
}
