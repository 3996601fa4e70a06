import { expect } from "chai";
import { BINARY, hex, PING, TEXT } from "../support/bytes.ts";
import { expectFault, hold, holdAll } from "./support/conversation.ts";
import { conformance } from "./support/subject.ts";
import { IMPOSSIBLE, INVALID, VALID } from "./support/utf8-vectors.ts";
import { type Sent, show, wire } from "./support/wire-frame.ts";
import { settle } from "./support/wire-peer.ts";

const octets = (bytes: Buffer): Sent[] =>
  [...bytes].map((byte, i) => {
    const fin = i === bytes.length - 1 ? 0x80 : 0;
    return [fin | (i === 0 ? 1 : 0), Buffer.from([byte])] as const;
  });

const FAULT = { fault: 1007 };

conformance("UTF-8 that is valid", (subject) => {
  for (const [name, bytes] of VALID)
    it(`echoes ${name}, whole and a byte a fragment`, async () => {
      const answers = [show(TEXT, bytes)];
      await hold(subject, { send: [[TEXT, bytes]], answers, end: "open" });
      await hold(subject, { send: [[TEXT, bytes]], answers, end: "open" }, "octet by octet");
      await hold(subject, { send: octets(bytes), answers, end: "open" }, "frame by frame");
    });

  holdAll(subject, [
    {
      title: "echoes a text whose characters its fragments do not cut",
      send: [
        [0x01, "Hello-µ"],
        [0x80, "@ßöäüàá-UTF-8!!"],
      ],
      answers: [show(TEXT, "Hello-µ@ßöäüàá-UTF-8!!")],
      end: "open",
    },
    {
      title: "does not look for UTF-8 in binary",
      send: [[BINARY, hex("eda080ff")]],
      answers: ["binary eda080ff"],
      end: "open",
    },
  ]);
});

conformance("UTF-8 that is not valid", (subject) => {
  for (const [name, bytes] of INVALID)
    it(`closes with 1007 on ${name}, whole and a byte a fragment, alone and within text`, async () => {
      for (const text of [bytes, Buffer.concat([Buffer.from("κόσμε"), bytes, Buffer.from("edited")])]) {
        await hold(subject, { send: [[TEXT, text]], answers: [], end: FAULT });
        await hold(subject, { send: octets(text), answers: [], end: FAULT }, "frame by frame");
      }
      await hold(subject, { send: [[TEXT, bytes]], answers: [], end: FAULT }, "octet by octet");
    });

  holdAll(subject, [
    {
      title: "closes with 1007 on a text that ends inside a character",
      send: [[TEXT, hex("41e282")]],
      answers: [],
      end: FAULT,
    },
    {
      title: "closes with 1007 on a fragmented text that ends inside a character",
      send: [
        [0x01, hex("41e2")],
        [0x00, hex("82")],
        [0x80, ""],
      ],
      answers: [],
      end: FAULT,
    },
  ]);
});

conformance("UTF-8 as it arrives", (subject) => {
  for (const [sofar, impossible] of IMPOSSIBLE) {
    it(`closes with 1007 at the fragment ${impossible} after ${sofar || "nothing"}, without waiting for the last`, async () => {
      const link = await subject.connect();
      const { peer } = link;
      // The first fragment is empty where nothing comes before the fault, so that all of these are continuations.
      await peer.send([
        [0x01, hex(sofar)],
        [PING, "alive"],
      ]);
      expect((await peer.frame())?.payload.toString()).to.equal("alive");
      await peer.send([[0x00, hex(impossible)]]);
      await expectFault(link, subject, 1007);
    });

    it(`closes with 1007 at the byte ${impossible} after ${sofar || "nothing"}, in the midst of a frame`, async () => {
      const link = await subject.connect();
      const { peer } = link;
      const whole = wire(
        [TEXT, Buffer.concat([hex(sofar), hex(impossible), Buffer.alloc(50, "x")])],
        subject.role === "server",
      );
      const from = whole.length - 51;
      await peer.send([whole.subarray(0, from)]);
      await settle();
      expect(peer.isEnded, "ended before the fault").to.equal(false);
      await peer.send([whole.subarray(from, from + 1)]);
      await expectFault(link, subject, 1007);
    });
  }
});
