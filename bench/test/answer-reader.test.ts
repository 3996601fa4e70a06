import { expect } from "chai";
import { AnswerReader } from "../src/load/answer-reader.ts";
import { socketIo, websocket } from "../src/load/dialect.ts";
import { LoadFailure } from "../src/load/load-failure.ts";
import { MessageRing } from "../src/load/message-ring.ts";
import { binaryPayload, eventPayload } from "../src/load/payload.ts";

const PING = Buffer.from("810132", "hex");

describe("answer reader", () => {
  const ring = new MessageRing(socketIo, eventPayload, 3, 4, 32);
  const answer = (index: number) =>
    ring.answers.subarray(index * ring.answerSize, (index + 1) * ring.answerSize);

  function reader() {
    const pongs: string[] = [];
    const answers = new AnswerReader(ring, socketIo.heartbeat, (pong) => {
      // A masked text frame of one byte.
      pongs.push(pong.subarray(0, 2).toString("hex"));
    });
    return { pongs, accept: (bytes: Buffer) => answers.accept(bytes, bytes.length) };
  }

  it("counts whole answers over the end of the ring", () => {
    const { accept } = reader();
    expect(accept(Buffer.concat([ring.answers, ring.answers, answer(0)]))).to.equal(9);
    expect(accept(answer(1))).to.equal(1);
  });

  it("counts the same however the bytes are split", () => {
    const bytes = Buffer.concat([answer(0), PING, answer(1), answer(2), PING]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { accept, pongs } = reader();
      expect(accept(bytes.subarray(0, cut)) + accept(bytes.subarray(cut)), `cut at ${cut}`).to.equal(3);
      expect(pongs, `cut at ${cut}`).to.have.length(2);
    }
  });

  it("looks only at the bytes that were read, whether or not an answer was cut before", () => {
    const answers = new AnswerReader(ring, undefined, () => {});
    const read = (bytes: Buffer) => answers.accept(Buffer.concat([bytes, Buffer.alloc(200)]), bytes.length);
    expect(read(answer(0))).to.equal(1);
    expect(read(answer(1).subarray(0, 9))).to.equal(0);
    expect(read(answer(1).subarray(9))).to.equal(1);
    expect(read(answer(2))).to.equal(1);
  });

  it("takes no part of an answer for a heartbeat", () => {
    const bytes = Buffer.concat([Buffer.from("8206aabbcc", "hex"), PING]);
    const pongs: Buffer[] = [];
    const lookalike = { length: 1, answers: bytes, answerSize: bytes.length };
    const answers = new AnswerReader(lookalike, socketIo.heartbeat, (pong) => pongs.push(pong));
    expect(answers.accept(bytes, 5) + answers.accept(bytes.subarray(5), 3)).to.equal(1);
    expect(pongs).to.deep.equal([]);
  });

  it("keeps a copy of a cut answer, since the read buffer is used again", () => {
    const { accept } = reader();
    const half = Buffer.from(answer(0).subarray(0, 20));
    expect(accept(half)).to.equal(0);
    half.fill(0);
    expect(accept(answer(0).subarray(20))).to.equal(1);
  });

  it("answers a heartbeat amid a run of answers", () => {
    const { accept, pongs } = reader();
    expect(accept(Buffer.concat([answer(0), answer(1), PING, answer(2), answer(3)]))).to.equal(4);
    expect(pongs).to.deep.equal(["8181"]);
  });

  it("refuses a changed byte and says what it expected", () => {
    const { accept } = reader();
    const changed = Buffer.from(answer(0));
    changed.writeUInt8(0x21, 40);
    expect(() => accept(changed)).to.throw(LoadFailure, /wrong answer: expected .*3\.0\..*, got .*3\.0\..*!/);
  });

  describe("of long answers", () => {
    const long = new MessageRing(websocket, binaryPayload, 3, 2, 1000);
    const feed = (bytes: Buffer, readBytes: number): number => {
      const answers = new AnswerReader(long, undefined, () => {});
      let count = 0;
      for (let at = 0; at < bytes.length; at += readBytes) {
        const read = Buffer.from(bytes.subarray(at, at + readBytes));
        count += answers.accept(read, read.length);
        // As the next read would.
        read.fill(0);
      }
      return count;
    };

    for (const readBytes of [1, 7, 999, 1004, 1500, 4016])
      it(`counts those that come ${readBytes} bytes at a time`, () => {
        expect(feed(Buffer.concat([long.answers, long.answers]), readBytes)).to.equal(4);
      });

    it("refuses a byte changed in the middle at the first read that has it, and shows it", () => {
      const changed = Buffer.from(long.answers);
      changed.write("WRONG", 504, "latin1");
      expect(() => feed(changed.subarray(0, 510), 100)).to.throw(
        LoadFailure,
        /^a wrong answer: expected from byte 484 on ".*, got ".{20,}WRONG/,
      );
    });
  });

  it("refuses an answer that comes twice or out of turn", () => {
    const twice = reader();
    expect(() => twice.accept(Buffer.concat([answer(0), answer(0)]))).to.throw(LoadFailure);
    const early = reader();
    expect(() => early.accept(answer(1))).to.throw(LoadFailure);
  });
});
