import { expect } from "chai";
import type { Link, Subject } from "./subject.ts";
import { type Sent, show, type WireFrame } from "./wire-frame.ts";
import { type Delivery, settle } from "./wire-peer.ts";

/** How a conversation ends. */
export type Ending =
  /** The connection lives on: the peer then closes it with 1000, and everything is as it should be. */
  | "open"
  /** The peer's own close frame is among what it sent: what is answered, and what the endpoint is told. */
  | { readonly answer: string; readonly told: readonly [code: number, reason: string] }
  /** The endpoint finds a fault and closes with this code. */
  | { readonly fault: number };

export interface Conversation {
  readonly title: string;
  readonly send: readonly Sent[];
  /** What comes back before the end, as `show` has it. */
  readonly answers: readonly string[];
  readonly end: Ending;
}

/** Above it, octet by octet would take too long: a few hundred octets at a time do. */
const OCTETWISE_LIMIT_BYTES = 4096;

/** One test for each conversation, held several times over: in one write, frame by frame, and octet by octet. */
export function holdAll(subject: Subject, talks: readonly Conversation[]): void {
  for (const { title, ...talk } of talks)
    it(title, async () => {
      const bytes = talk.send.reduce((sum, sent) => sum + (Buffer.isBuffer(sent) ? sent : sent[1]).length, 0);
      const smallest = bytes > OCTETWISE_LIMIT_BYTES ? 997 : "octet by octet";
      for (const delivery of ["in one write", "frame by frame", smallest] as const)
        await hold(subject, talk, delivery).catch((error: Error) => {
          error.message = `sent ${delivery}: ${error.message}`;
          throw error;
        });
    });
}

/** Sends, and checks every frame that comes back, the closing handshake, the order in which TCP ends, and `close`. */
export async function hold(
  subject: Subject,
  talk: Omit<Conversation, "title">,
  delivery?: Delivery,
): Promise<Link> {
  const link = await subject.connect();
  const { peer } = link;
  await peer.send(talk.send, delivery);
  const answers = await peer.frames(talk.answers.length);
  for (const frame of answers) checkForm(frame, subject);
  expect(answers.map(({ firstByte, payload }) => show(firstByte, payload))).to.deep.equal(talk.answers);
  if (talk.end === "open") await finish(link, subject);
  else if ("fault" in talk.end) await expectFault(link, subject, talk.end.fault);
  else await expectEnd(link, subject, talk.end.answer, talk.end.told);
  return link;
}

/** Closes from the peer's side, and checks that nothing else comes. */
export async function finish(link: Link, subject: Subject): Promise<void> {
  await link.peer.send([[0x88, Buffer.from([3, 232])]]);
  await expectEnd(link, subject, "close 03e8", [1000, ""]);
}

async function expectEnd(
  link: Link,
  subject: Subject,
  answer: string,
  told: readonly [number, string],
): Promise<void> {
  const { peer } = link;
  const [close] = await peer.frames(1);
  expect(close && show(close.firstByte, close.payload)).to.equal(answer);
  checkForm(close, subject);
  await expectTcpEnd(link, subject.role === "server");
  expect(await link.closed).to.deep.equal(told);
  expect(link.heard.filter((line) => line.startsWith("error"))).to.deep.equal([]);
}

/** A close frame with `code`, the end of TCP, nothing more; and one `close` event, with 1006 for want of a close frame. */
export async function expectFault(link: Link, subject: Subject, code: number): Promise<void> {
  const [close] = await link.peer.frames(1);
  expect(close?.firstByte).to.equal(0x88);
  checkForm(close, subject);
  expect(close?.payload.readUInt16BE()).to.equal(code);
  await expectTcpEnd(link, true);
  expect((await link.closed)[0]).to.equal(1006);
  expect(link.heard.filter((line) => line.startsWith("error"))).to.have.length(1);
}

// RFC 6455 §7.1.1: the server ends TCP first; the client waits for it, unless it is the one who found a fault.
async function expectTcpEnd(link: Link, isFirst: boolean): Promise<void> {
  const { peer } = link;
  if (isFirst) await peer.ended();
  else {
    await settle();
    expect(peer.isEnded, "ended TCP before the server").to.equal(false);
    peer.socket.end();
  }
  expect(await peer.frame(), "a frame after the close frame").to.equal(undefined);
  peer.socket.end();
  await link.closed;
  await settle();
  expect(link.closes).to.have.length(1);
  expect(peer.fault).to.equal(undefined);
}

/** Whatever an endpoint sends: no reserved bit, a known opcode, masked or not by its role, the shortest length. */
export function checkForm(
  frame: WireFrame | undefined,
  { role }: Pick<Subject, "role">,
  compressed = false,
): void {
  if (frame === undefined) throw new Error("TCP ended where a frame was expected");
  const isControl = (frame.firstByte & 8) !== 0;
  // RFC 7692 §6: compression sets RSV1, on the first frame of a message alone.
  const free = compressed && !isControl && (frame.firstByte & 0x0f) !== 0 ? 0x30 : 0x70;
  expect(frame.firstByte & free, "reserved bits").to.equal(0);
  expect([0, 1, 2, 8, 9, 10]).to.include(frame.firstByte & 0x0f);
  expect(frame.key !== undefined, "masked").to.equal(role === "client");
  const { length } = frame.payload;
  expect(frame.lengthBytes, "length field").to.equal(length < 126 ? 0 : length < 65536 ? 2 : 8);
  if (!isControl) return;
  expect(frame.firstByte & 0x80, "FIN of a control frame").to.equal(0x80);
  expect(length, "length of a control frame").to.be.lessThan(126);
}
