import { Connection } from "./connection.ts";
import { EchoLoad } from "./echo-load.ts";
import type { Lap, Load } from "./load.ts";
import { converse, openInBatches } from "./open-connections.ts";
import { PollingChannel, type PollingShape } from "./polling-channel.ts";
import type { PollingDialect } from "./polling-dialect.ts";
import { PollingSession } from "./polling-session.ts";

const READ_BYTES = 4 * 1024;

export interface PollingSessions extends PollingShape {
  readonly sessions: number;
}

/** Many sessions on polling, each with a waiting poll, that post a message, get it back, and post the next. */
export class PollingLoad implements Load {
  readonly #port: number;
  readonly #channels: readonly PollingChannel[];
  readonly #echo: EchoLoad;

  private constructor(port: number, channels: readonly PollingChannel[], echo: EchoLoad) {
    this.#port = port;
    this.#channels = channels;
    this.#echo = echo;
  }

  /**
   * Opens every session. What it is to post on is opened by the first run: a session that posts nothing has no such
   * connection.
   *
   * @param drainTimeoutMs how long to wait for answers after the last message.
   */
  static async open(
    port: number,
    dialect: PollingDialect,
    { sessions, ...shape }: PollingSessions,
    drainTimeoutMs?: number,
  ): Promise<PollingLoad> {
    const channels: PollingChannel[] = [];
    const echo = await EchoLoad.over(
      (owner, add) =>
        openInBatches(sessions, async (index) => {
          const polls = new Connection(port, READ_BYTES);
          const session = await converse([polls], "handshake", PollingSession.open(polls, dialect));
          const channel = new PollingChannel(session, polls, owner, index, shape);
          channels.push(channel);
          add(channel);
        }),
      1,
      drainTimeoutMs,
    );
    return new PollingLoad(port, channels, echo);
  }

  async run(durationMs: number): Promise<Lap> {
    const silent = this.#channels.filter(({ canPost }) => !canPost);
    await openInBatches(silent.length, async (index) => {
      const posts = new Connection(this.#port, READ_BYTES);
      await converse([posts], "connection", posts.connected());
      silent[index]?.postOn(posts);
    });
    return this.#echo.run(durationMs);
  }

  close(): void {
    this.#echo.close();
  }
}
