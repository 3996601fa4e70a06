import { expect } from "chai";
import { HttpAnswerReader, readHttpAnswer } from "../src/load/http-answer.ts";
import { LoadFailure } from "../src/load/load-failure.ts";

const FIRST =
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 6\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\n\r\n4hello";
const SECOND = "HTTP/1.1 400 Bad Request\r\ncontent-length:0\r\n\r\n";

describe("HTTP answers to the load generator", () => {
  function reader() {
    const answers: string[] = [];
    const http = new HttpAnswerReader(({ status, body }) => answers.push(`${status} ${body}`));
    return { answers, accept: (bytes: Buffer) => http.accept(bytes, bytes.length) };
  }

  it("are read the same wherever the reads cut them, though the read buffer is used again", () => {
    const bytes = Buffer.from(FIRST + SECOND + FIRST);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { answers, accept } = reader();
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        const read = Buffer.from(part);
        accept(read);
        read.fill(0);
      }
      expect(answers, `cut at ${cut}`).to.deep.equal(["200 4hello", "400 ", "200 4hello"]);
    }
  });

  it("are read byte by byte", () => {
    const { answers, accept } = reader();
    for (const byte of Buffer.from(FIRST + SECOND)) accept(Buffer.of(byte));
    expect(answers).to.deep.equal(["200 4hello", "400 "]);
  });

  it("are handed on as soon as they are complete", () => {
    const { answers, accept } = reader();
    accept(Buffer.from(`${FIRST}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n4hell`));
    expect(answers).to.have.length(1);
    accept(Buffer.from("o"));
    expect(answers).to.have.length(2);
  });

  it("end where the read ended, whatever else is in the buffer", () => {
    const answers: number[] = [];
    const http = new HttpAnswerReader(({ status }) => answers.push(status));
    const bytes = Buffer.from(FIRST + SECOND);
    http.accept(bytes, FIRST.length);
    expect(answers).to.deep.equal([200]);
  });

  for (const [what, head] of [
    ["no length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"],
    ["no status", "ICY 200 OK\r\nContent-Length: 2"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: 2x"],
  ] as const)
    it(`have status 0 and their head as the body when they have ${what}`, () => {
      const { value, size } = readHttpAnswer(Buffer.from(`${head}\r\n\r\nok`)) ?? expect.fail("not read");
      expect([value.status, value.body.toString(), size]).to.deep.equal([0, head, head.length + 4]);
    });

  it("may not be endless", () => {
    const { accept } = reader();
    expect(() => accept(Buffer.alloc(64 * 1024 + 1, "x"))).to.throw(
      LoadFailure,
      "an answer of more than 65536 bytes",
    );
  });
});
