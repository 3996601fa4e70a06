import { expect } from "chai";
import { MessageSender } from "../src/message-sender.ts";
import { Outbox } from "../src/outbox.ts";
import { prepareText } from "../src/prepared-message.ts";
import { agree, framesIn, inflated } from "./support/deflated.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";

function sender(deflate?: ReturnType<typeof agree>) {
  const socket = new FakeSocket(1 << 20);
  const outbox = new Outbox(socket, undefined, { onOutboxFlushed() {} });
  const faults: Error[] = [];
  const subject = new MessageSender(outbox, "server", deflate, (error) => faults.push(error));
  const firsts = () => framesIn(Buffer.concat(socket.writes)).map(({ first }) => first.toString(16));
  const send = (data: string | Blob, fin = true, compress = true, opcode = 1) =>
    new Promise<Error | undefined>((resolve) =>
      subject.send(
        { opcode, data: typeof data === "string" ? Buffer.from(data) : data, fin, compress },
        resolve,
      ),
    );
  return { socket, outbox, subject, faults, firsts, send };
}

describe("message sender", () => {
  it("marks the first fragment of a compressed message alone, and control frames never", async () => {
    const { subject, outbox, send, firsts, socket } = sender(agree("", { threshold: 0 }));
    const sent = [send("Hel", false, true, 2), send("l", false, false)];
    subject.inTurn(() => outbox.frame(0x89, Buffer.alloc(0)));
    await Promise.all([...sent, send("o"), send("next", true, false)]);
    expect(firsts()).to.deep.equal(["42", "0", "89", "80", "81"]);
    const frames = framesIn(Buffer.concat(socket.writes)).filter(({ first }) => (first & 0x0f) < 8);
    expect(inflated(Buffer.concat(frames.slice(0, 3).map(({ payload }) => payload))).toString()).to.equal(
      "Hello",
    );
  });

  it("compresses no fragment of a message that began uncompressed", async () => {
    const { send, firsts } = sender(agree("", { threshold: 0 }));
    await Promise.all([send("a", false, false), send("b", true, true), send("c")]);
    expect(firsts()).to.deep.equal(["1", "80", "c1"]);
  });

  it("goes by the threshold where messages do not lean on one another", async () => {
    const { send, firsts } = sender(agree("; server_no_context_takeover", { threshold: 6 }));
    await Promise.all([send("Hello"), send("Hello!"), send(new Blob(["Hello"])), send(new Blob(["Hello!"]))]);
    expect(firsts()).to.deep.equal(["81", "c1", "81", "c1"]);
  });

  it("frames at once what takes no time", async () => {
    const { send, outbox } = sender();
    const sent = send("a");
    expect(outbox.bytes).to.equal(3);
    await sent;
  });

  it("counts what waits, and nothing once it is abandoned", async () => {
    const { send, subject, socket, outbox } = sender(agree("", { threshold: 0 }));
    const sent = [send("x".repeat(1000)), send(new Blob(["y".repeat(10)])), send("z", true, false)];
    expect(subject.bytes).to.equal(1011);
    subject.abandon(() => new Error("gone"));
    expect(subject.bytes).to.equal(0);
    outbox.abandon(() => new Error("gone too"));
    expect((await Promise.all(sent)).map((error) => error?.message)).to.deep.equal(["gone", "gone", "gone"]);
    for (let i = 0; i < 10; i++) await nextTurn();
    expect(socket.writes).to.have.length(0);
  });

  it("sends no Blob that was still read when it was abandoned", async () => {
    for (const deflate of [undefined, agree("", { threshold: 0 })]) {
      const { send, subject, outbox, firsts } = sender(deflate);
      void send(new Blob(["late"]));
      subject.abandon(() => new Error("gone"));
      subject.inTurn(() => outbox.frame(0x88, Buffer.alloc(0)));
      for (let i = 0; i < 20; i++) await nextTurn();
      expect(firsts()).to.deep.equal(["88"]);
    }
  });

  it("sends no prepared message that was still compressed when it was abandoned", async () => {
    const agreement = agree("; server_no_context_takeover", { threshold: 0 });
    const { subject, outbox, firsts } = sender(agreement);
    const message = prepareText("late");
    subject.sendPrepared(message);
    subject.abandon(() => new Error("gone"));
    subject.inTurn(() => outbox.frame(0x88, Buffer.alloc(0)));
    await new Promise<void>((resolve) => message.compress(agreement, () => resolve()));
    await nextTurn();
    expect(firsts()).to.deep.equal(["88"]);
  });

  it("can be used after it was abandoned", async () => {
    const { send, subject, firsts } = sender(agree("", { threshold: 0 }));
    void send("x");
    subject.abandon(() => new Error("gone"));
    expect(await send("y")).to.be.oneOf([undefined]);
    expect(firsts()).to.deep.equal(["c1"]);
  });
});
