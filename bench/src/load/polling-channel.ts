import type { Channel, ChannelOwner } from "./channel.ts";
import type { Connection } from "./connection.ts";
import { type HttpAnswer, HttpAnswerReader } from "./http-answer.ts";
import { LoadFailure } from "./load-failure.ts";
import { MessageRing } from "./message-ring.ts";
import type { PayloadMaker } from "./payload.ts";
import { lineOf, type PollingSession } from "./polling-session.ts";

/** Different messages of a session, so that one which comes twice, or late, is seen to be wrong. */
const RING_LENGTH = 4;
const OK = "200 ok";

/** What a session is to send. */
export interface PollingShape {
  readonly payloadBytes: number;
  readonly makePayload: PayloadMaker;
}

/**
 * One session of a polling load: a connection on which a poll waits at any time, and one for what is posted. A message
 * is answered when its post is, and the message has come back by a poll, and the next poll is under way.
 */
export class PollingChannel implements Channel {
  readonly #session: PollingSession;
  readonly #polls: Connection;
  readonly #owner: ChannelOwner;
  readonly #ring: MessageRing;
  #posts: Connection | undefined;
  #next = 0;
  #awaitsPost = false;
  #awaitsEcho = false;
  #owesHeartbeat = false;
  #lastHeartbeatMs = performance.now();

  constructor(
    session: PollingSession,
    polls: Connection,
    owner: ChannelOwner,
    index: number,
    { payloadBytes, makePayload }: PollingShape,
  ) {
    this.#session = session;
    this.#polls = polls;
    this.#owner = owner;
    this.#ring = new MessageRing(session, makePayload, index, RING_LENGTH, payloadBytes);
    this.#attach(polls, (answer) => this.#onPollAnswer(answer));
    polls.write(session.poll);
  }

  get canPost(): boolean {
    return this.#posts !== undefined;
  }

  /** Takes the connection that it is to post on. */
  postOn(connection: Connection): void {
    this.#posts = connection;
    this.#attach(connection, (answer) => this.#onPostAnswer(answer));
  }

  send(): void {
    this.#awaitsPost = true;
    this.#awaitsEcho = true;
    this.#posts?.write(this.#takesHeartbeat() ? this.#requestWithHeartbeat() : this.#request());
  }

  close(): void {
    this.#polls.close();
    this.#posts?.close();
  }

  #attach(connection: Connection, onAnswer: (answer: HttpAnswer) => void): void {
    const reader = new HttpAnswerReader(onAnswer);
    connection.stream(
      (bytes, length) => {
        try {
          reader.accept(bytes, length);
        } catch (cause) {
          if (!(cause instanceof LoadFailure)) throw cause;
          connection.close(cause);
        }
      },
      (cause) => this.#owner.onFailure(cause),
    );
  }

  #onPostAnswer(answer: HttpAnswer): void {
    const got = lineOf(answer);
    if (got !== OK) throw new LoadFailure(`a post was answered with ${JSON.stringify(got)}`);
    if (!this.#awaitsPost) throw new LoadFailure("more answers than posts");
    this.#awaitsPost = false;
    this.#goOn();
  }

  #onPollAnswer(answer: HttpAnswer): void {
    const isEcho = this.#isEcho(answer.body);
    if (answer.status !== 200 || !(isEcho || this.#isHeartbeat(answer.body))) throw this.#wrong(answer);
    this.#polls.write(this.#session.poll);
    if (!isEcho) return;
    if (!this.#awaitsEcho) throw new LoadFailure("more answers than messages");
    this.#awaitsEcho = false;
    this.#next = (this.#next + 1) % RING_LENGTH;
    this.#goOn();
  }

  #goOn(): void {
    if (!this.#awaitsPost && !this.#awaitsEcho && this.#owner.onAnswers(1)) this.send();
  }

  /** Whether the message under way is in `body`, alone or beside a heartbeat. */
  #isEcho(body: Buffer): boolean {
    const { answers, answerSize } = this.#ring;
    const start = this.#next * answerSize;
    if (answers.compare(body, 0, body.length, start, start + answerSize) === 0) return true;
    if (body.length <= answerSize) return false;
    const packets = this.#session.dialect.decode(body.toString("latin1"));
    const others = packets.filter((packet) => packet !== this.#packet);
    return others.length === packets.length - 1 && this.#areHeartbeats(others);
  }

  #isHeartbeat(body: Buffer): boolean {
    return this.#areHeartbeats(this.#session.dialect.decode(body.toString("latin1")));
  }

  #areHeartbeats(packets: readonly string[]): boolean {
    const { server, clientPeriodMs } = this.#session.dialect.heartbeat;
    if (!packets.every((packet) => packet === server)) return false;
    this.#owesHeartbeat = clientPeriodMs === undefined;
    return true;
  }

  /** Whether what is sent next is to carry the client's heartbeat; it is not due so soon that it could not wait for that. */
  #takesHeartbeat(): boolean {
    const { clientPeriodMs } = this.#session.dialect.heartbeat;
    if (clientPeriodMs === undefined) return this.#owesHeartbeat;
    return performance.now() - this.#lastHeartbeatMs >= clientPeriodMs;
  }

  #request(): Buffer {
    const { requests, requestSize } = this.#ring;
    return requests.subarray(this.#next * requestSize, (this.#next + 1) * requestSize);
  }

  #requestWithHeartbeat(): Buffer {
    this.#owesHeartbeat = false;
    this.#lastHeartbeatMs = performance.now();
    return this.#session.post([this.#session.dialect.heartbeat.client, this.#packet]);
  }

  /** The message under way, as its packet. */
  get #packet(): string {
    const { answers, answerSize } = this.#ring;
    const answer = answers.toString("latin1", this.#next * answerSize, (this.#next + 1) * answerSize);
    return this.#session.dialect.decode(answer)[0] ?? "";
  }

  #wrong(answer: HttpAnswer): LoadFailure {
    const expected = JSON.stringify(`200 ${this.#session.dialect.encode([this.#packet])}`);
    return new LoadFailure(
      `a wrong answer to a poll: expected ${expected}, got ${JSON.stringify(lineOf(answer).slice(0, 200))}`,
    );
  }
}
