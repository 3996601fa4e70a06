import { expect } from "chai";
import fc from "fast-check";
import type { Role } from "../src/reader-rules.ts";
import { agreementWith } from "./support/agreement.ts";
import { hex } from "./support/bytes.ts";
import { nextTurn } from "./support/fake-socket.ts";
import { anyBytes, cutPoints, EVERY_BYTE, frameStream } from "./support/frame-streams.ts";
import { cutInto, type Heard, hear, type Listening, listenTo } from "./support/hear.ts";
import { growthOf } from "./support/memory.ts";

const MAX_PAYLOAD = 400;
const RUNS = 150;

const MODES: readonly [title: string, role: Role, deflate: boolean][] = [
  ["a server", "server", false],
  ["a server with permessage-deflate", "server", true],
  ["a client", "client", false],
  ["a client with permessage-deflate", "client", true],
];

/** A compressed fragment that is no deflate data, and behind it a frame that is not allowed there. */
const FAULT_BEHIND_FAULT = {
  server: hex("4183 00000000 fc0000 8180 00000000"),
  client: hex("4103 fc0000 8100"),
} as const;

/** What can be wrong inside a compressed message. */
const COMPRESSED_FAULTS = new Set<unknown>([
  "WS_ERR_INVALID_DEFLATE_DATA",
  "WS_ERR_INVALID_UTF8",
  "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
]);

/**
 * zlib gives nothing of the input that has a fault in it. Which fault of several is found, in a message compressed,
 * thus hangs on where it was cut; that one is found, and after what, does not.
 */
function comparable({ events, written }: Heard, deflate: boolean): Heard {
  const last = events.at(-1);
  if (!deflate || last?.[0] !== "close" || !COMPRESSED_FAULTS.has(last[3])) return { events, written };
  const fault = ["close", 1006, "", "a fault inside a message"] as const;
  return { events: [...events.slice(0, -1), fault], written: written.slice(0, written.lastIndexOf("88")) };
}

for (const [title, role, deflate] of MODES)
  describe(`any frames, read by ${title}`, () => {
    const listening: Listening = {
      role,
      options: { maxPayload: MAX_PAYLOAD, maxFragments: 6 },
      opening: deflate ? { deflate: agreementWith() } : {},
    };
    const shape = { role, deflate };

    it("give the same events, answers and end however they are cut", () =>
      fc.assert(
        fc.asyncProperty(frameStream(shape), cutPoints, fc.boolean(), async (wire, cuts, pausing) => {
          const whole = await hear(listening, cutInto(wire, []), false);
          const cut = await hear(listening, cutInto(wire, cuts), pausing);
          expect(comparable(cut, deflate)).to.deep.equal(comparable(whole, deflate));
        }),
        { numRuns: RUNS, examples: [[FAULT_BEHIND_FAULT[role], EVERY_BYTE, false]] },
      ));

    it("end in one close, whatever the bytes are", () =>
      fc.assert(
        fc.asyncProperty(anyBytes(shape), cutPoints, async (wire, cuts) => {
          const { events } = await hear(listening, cutInto(wire, cuts), false);
          expect(events.filter(([type]) => type === "close")).to.have.length(1);
          expect(events.at(-1)?.[0]).to.equal("close");
          for (const [type, data] of events)
            if (type === "text" || type === "binary")
              expect(Buffer.byteLength(data, type === "text" ? "utf8" : "hex")).to.be.at.most(MAX_PAYLOAD);
        }),
        { numRuns: RUNS },
      ));

    it("keep no more memory than the limits allow while the rest is on its way", async () => {
      // The reader has a message, a cut frame and a cut header to keep, and zlib what it works with.
      const boundBytes = MAX_PAYLOAD * 2 + (deflate ? 90_000 : 14_000);
      const streams = fc.sample(fc.oneof(frameStream(shape), anyBytes(shape)), { numRuns: 200, seed: 8 });
      // Whatever is made once for all is made before.
      await close(await open(streams.slice(0, 20)));
      const { bytes, result } = await growthOf(() => open(streams));
      expect(bytes / streams.length).to.be.below(boundBytes);
      await close(result);
    });

    type Opened = ReturnType<typeof listenTo>;

    /** Connections that have read a stream each, and wait for more. */
    async function open(wires: readonly Buffer[]): Promise<Opened[]> {
      const opened = wires.map((wire) => {
        const one = listenTo(listening);
        for (const piece of cutInto(wire, [wire.length >> 1])) one.socket.push(piece);
        return one;
      });
      for (let turn = 0; turn < 10; turn++) await nextTurn();
      return opened;
    }

    async function close(opened: readonly Opened[]): Promise<void> {
      for (const { socket, recorder } of opened) {
        socket.destroy();
        await recorder.closed();
      }
    }
  });
