import type { Connection } from "./connection.ts";
import type { Exchanger } from "./dialect.ts";
import { expectStart } from "./expect-start.ts";
import { type HttpAnswer, readHttpAnswer } from "./http-answer.ts";
import { LoadFailure } from "./load-failure.ts";
import type { PollingDialect } from "./polling-dialect.ts";

/** As much of a head as the official clients send from Node. `t` differs there from request to request. */
const COMMON_HEADERS =
  "User-Agent: node-XMLHttpRequest\r\nAccept: */*\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n";

const target = (revision: number, transport: string, sid?: string): string =>
  `/engine.io/?EIO=${revision}&transport=${transport}&t=6mzoen5l${sid === undefined ? "" : `&sid=${sid}`}`;

const getRequest = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\n${COMMON_HEADERS}\r\n`);

const postRequest = (path: string, body: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\n${COMMON_HEADERS}Content-Type: text/plain;charset=UTF-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

/** One line of an answer, as failures name it and as it is expected. */
export const lineOf = ({ status, body }: HttpAnswer): string => `${status} ${body.toString("latin1")}`;

/** Waits for the answer to a request, and checks how it begins. */
export async function expectAnswer(connection: Connection, what: string, start: string): Promise<string> {
  const line = lineOf(await connection.read(readHttpAnswer));
  expectStart(what, line, start);
  return line;
}

/** The requests of one session, ASCII all through. */
export class PollingSession {
  readonly dialect: PollingDialect;
  readonly id: string;
  /** What waits for packets. */
  readonly poll: Buffer;
  readonly #path: string;

  private constructor(dialect: PollingDialect, id: string) {
    this.dialect = dialect;
    this.id = id;
    this.#path = target(dialect.revision, "polling", id);
    this.poll = getRequest(this.#path);
  }

  /** Asks for a session. Rejects with `LoadFailure` when there is none in the answer. */
  static async open(connection: Connection, dialect: PollingDialect): Promise<PollingSession> {
    connection.write(getRequest(target(dialect.revision, "polling")));
    const answer = await expectAnswer(connection, "Engine.IO handshake", "200 ");
    const [packet = ""] = dialect.decode(answer.slice("200 ".length));
    const id = /^0\{"sid":"([\w-]{1,64})"/.exec(packet)?.[1];
    if (id === undefined)
      throw new LoadFailure(`Engine.IO handshake: no session in ${JSON.stringify(answer)}`);
    return new PollingSession(dialect, id);
  }

  /** Where its WebSocket is asked for. */
  get upgradePath(): string {
    return target(this.dialect.revision, "websocket", this.id);
  }

  post(packets: readonly string[]): Buffer {
    return postRequest(this.#path, this.dialect.encode(packets));
  }

  /** A message goes up in one request, and comes back as the body of an answer. */
  readonly exchange: Exchanger = ({ bytes }) => {
    const packet = bytes.toString("latin1");
    return { request: this.post([packet]), answer: Buffer.from(this.dialect.encode([packet])) };
  };
}
