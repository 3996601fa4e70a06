import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { EngineSocket } from "./peers.ts";
import type { Rig } from "./rig.ts";

const REVISIONS = [3, 4] as const;

/** A poll's answer that only says goodbye, or a body that does. */
const GOODBYE = { 3: "1:1", 4: "1" } as const;

/** What closes a session, and how the close event tells of it. */
interface Cause {
  readonly title: string;
  readonly reason: string;
  /** Part of the message of an error. Whether there is one for a parse error is left open. */
  readonly description?: RegExp | "any";
  readonly options?: Behaviour["options"];
  prepare(rig: Rig, revision: 3 | 4): Promise<{ readonly socket: EngineSocket; happen(): unknown }>;
}

const CAUSES: readonly Cause[] = [
  {
    title: "the client says goodbye by polling",
    reason: "transport close",
    async prepare(rig, revision) {
      const { socket, post } = await rig.poll(revision);
      return { socket, happen: () => post(GOODBYE[revision]) };
    },
  },
  {
    title: "the client closes its WebSocket",
    reason: "transport close",
    async prepare(rig, revision) {
      const { socket, webSocket } = await rig.connect(revision);
      return { socket, happen: () => webSocket.close() };
    },
  },
  {
    title: "the client's connection is cut",
    reason: "transport close",
    async prepare(rig, revision) {
      const { socket, webSocket } = await rig.connect(revision);
      return { socket, happen: () => webSocket.terminate() };
    },
  },
  {
    title: "the client breaks the protocol of WebSockets",
    reason: "transport error",
    description: /WebSocket frame/,
    async prepare(rig, revision) {
      const { socket, webSocket } = await rig.connect(revision);
      const { _socket: connection } = webSocket as unknown as {
        readonly _socket: { write(data: Buffer): void };
      };
      return { socket, happen: () => connection.write(Buffer.of(0xff, 0)) };
    },
  },
  {
    title: "a message is too large",
    reason: "transport error",
    description: /size|large/,
    options: { maxHttpBufferSize: 100 },
    async prepare(rig, revision) {
      const { socket, webSocket } = await rig.connect(revision);
      return { socket, happen: () => webSocket.send(`4${"x".repeat(100)}`) };
    },
  },
  {
    title: "a packet is malformed",
    reason: "parse error",
    description: "any",
    async prepare(rig, revision) {
      const { socket, webSocket } = await rig.connect(revision);
      return { socket, happen: () => webSocket.send("x") };
    },
  },
  {
    title: "a payload is malformed",
    reason: "parse error",
    description: "any",
    async prepare(rig, revision) {
      const { socket, post, waitingPoll } = await rig.poll(revision);
      // With nothing to say goodbye by, the reference would keep the process alive for half a minute.
      await waitingPoll();
      return { socket, happen: () => post("x") };
    },
  },
  {
    title: "two polls wait at a time",
    reason: "transport error",
    description: /^overlap from client /,
    async prepare(rig, revision) {
      const { socket, waitingPoll, poll } = await rig.poll(revision);
      await waitingPoll();
      return { socket, happen: () => poll() };
    },
  },
  {
    title: "the wrong side pings",
    reason: "transport error",
    description: /^invalid heartbeat direction /,
    async prepare(rig, revision) {
      const { socket, webSocket } = await rig.connect(revision);
      return { socket, happen: () => webSocket.send(revision === 3 ? "3" : "2") };
    },
  },
  {
    title: "the client shows no sign of life",
    reason: "ping timeout",
    options: { pingInterval: 10, pingTimeout: 10 },
    prepare: async (rig, revision) => ({ ...(await rig.connect(revision)), happen() {} }),
  },
  {
    title: "a waiting poll is cut",
    reason: "transport error",
    description: /^poll connection closed prematurely /,
    async prepare(rig, revision) {
      const { socket, waitingPoll } = await rig.poll(revision);
      const { answer } = await waitingPoll();
      answer.catch(() => {});
      return { socket, happen: () => rig.http.closeAllConnections() };
    },
  },
  {
    title: "the application closes with discard",
    reason: "forced close",
    async prepare(rig, revision) {
      const { socket } = await rig.poll(revision);
      return { socket, happen: () => socket.close(true) };
    },
  },
  {
    title: "the application closes and a poll waits",
    reason: "forced close",
    async prepare(rig, revision) {
      const { socket, waitingPoll } = await rig.poll(revision);
      await waitingPoll();
      return { socket, happen: () => socket.close() };
    },
  },
  {
    title: "the server is closed",
    reason: "forced close",
    async prepare(rig, revision) {
      const { socket } = await rig.connect(revision);
      return { socket, happen: () => rig.engine.close() };
    },
  },
  {
    title: "the HTTP server is closed",
    reason: "forced close",
    async prepare(rig, revision) {
      const { socket } = await rig.poll(revision);
      return { socket, happen: () => rig.http.close() };
    },
  },
];

export const CLOSE_REASONS: readonly Behaviour[] = CAUSES.flatMap(
  ({ title, reason, description, options, prepare }) =>
    REVISIONS.map(
      (revision): Behaviour => ({
        title: `closes for "${reason}" when ${title} (revision ${revision})`,
        ...(options && { options }),
        async run(rig) {
          const { socket, happen } = await prepare(rig, revision);
          let closes = 0;
          socket.on("close", () => closes++);
          const closed = next(socket, "close");
          Promise.resolve(happen()).catch(() => {});
          const [why, what] = await closed;
          expect(why).to.equal(reason);
          if (description === undefined) expect(what).to.equal(undefined);
          else if (description !== "any") {
            expect(what).to.be.an.instanceof(Error);
            const { message, description: detail } = what as Error & { readonly description?: unknown };
            expect(`${message} ${detail}`).to.match(description);
          }
          expect(socket.readyState).to.equal("closed");
          expect(rig.engine.clients).not.to.have.property(socket.id);
          expect(rig.engine.clientsCount).to.equal(0);
          socket.close();
          socket.close(true);
          expect(closes).to.equal(1);
        },
      }),
    ),
);
