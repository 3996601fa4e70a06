import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import { connectionError, json } from "./connection-error.ts";
import type { EngineRequest, Options } from "./peers.ts";
import { type Rig, refusalOf } from "./rig.ts";

type Decide = (error: unknown, success: boolean) => void;

const OPEN = "?EIO=4&transport=polling";

/** A request that is refused, and what the event says of it. */
interface Refused {
  readonly title: string;
  readonly query: string;
  readonly method?: string;
  readonly options?: Options;
  readonly code: number;
  readonly message: string;
  readonly status?: number;
  readonly context: Readonly<Record<string, unknown>>;
}

const REFUSED: readonly Refused[] = [
  {
    title: "a transport that there is not",
    query: "?EIO=4&transport=smoke",
    code: 0,
    message: "Transport unknown",
    context: { transport: "smoke" },
  },
  {
    title: "a transport that is not on offer",
    query: OPEN,
    options: { transports: ["websocket"] },
    code: 0,
    message: "Transport unknown",
    context: { transport: "polling" },
  },
  {
    title: "a session that there is not",
    query: `${OPEN}&sid=nobody`,
    code: 1,
    message: "Session ID unknown",
    context: { sid: "nobody" },
  },
  {
    title: "a handshake by POST",
    query: OPEN,
    method: "POST",
    code: 2,
    message: "Bad handshake method",
    context: { method: "POST" },
  },
  {
    title: "a handshake for WebSocket without an upgrade",
    query: "?EIO=4&transport=websocket",
    code: 3,
    message: "Bad request",
    context: { name: "TRANSPORT_HANDSHAKE_ERROR" },
  },
  {
    title: "revision 3 where it is not allowed",
    query: "?EIO=3&transport=polling",
    options: { allowEIO3: false },
    code: 5,
    message: "Unsupported protocol version",
    context: { protocol: 3 },
  },
  {
    title: "what the application refuses",
    query: OPEN,
    options: { allowRequest: (_request: unknown, decide: Decide) => decide("no entry", false) },
    code: 4,
    message: "Forbidden",
    status: 403,
    context: { message: "no entry" },
  },
];

const refusals = REFUSED.map(({ title, query, method = "GET", options, code, message, status, context }) => ({
  title: `tells the application and the client of a refusal: ${title}`,
  ...(options && { options }),
  async run(rig: Rig) {
    let answer: ReturnType<Rig["request"]> | undefined;
    const error = await connectionError(rig, () => {
      answer = rig.request(query, { method });
    });
    expect(Object.keys(error)).to.deep.equal(["req", "code", "message", "context"]);
    expect(error.req.url).to.equal(`/engine.io/${query}`);
    expect(error.req._query).to.have.property("transport");
    expect([error.code, error.message]).to.deep.equal([code, message]);
    expect(error.context).to.include(context);
    expect(await answer).to.include({
      status: status ?? 400,
      body: json(code, String(context.message ?? message)),
    });
  },
}));

const allow = (answer: readonly [unknown, boolean]): Options => ({
  allowRequest: (_request: unknown, decide: Decide) => decide(...answer),
});

export const REFUSALS: readonly Behaviour[] = [
  ...refusals,
  ...(
    [
      ["a reason", "because", "because"],
      ["null", null, "Forbidden"],
      ["undefined", undefined, "Forbidden"],
      ["an empty reason", "", "Forbidden"],
    ] as const
  ).map(([title, reason, message]) => ({
    title: `answers 403 when allowRequest refuses with ${title}`,
    options: allow([reason, false]),
    async run(rig: Rig) {
      expect(await rig.request(OPEN)).to.include({ status: 403, body: json(4, message) });
      expect(rig.engine.clientsCount).to.equal(0);
    },
  })),
  {
    title:
      "asks allowRequest about handshakes of both kinds, with the parsed query, and not about other requests",
    options: {
      allowRequest(request: EngineRequest & { asked?: boolean }, decide: Decide) {
        decide(null, Object.keys(request._query).join() === "EIO,transport");
      },
    },
    async run(rig) {
      await rig.connect();
      const { poll, socket } = await rig.poll();
      socket.send("hello");
      expect((await poll()).body).to.equal("4hello");
    },
  },
  {
    title: "accepts what allowRequest accepts, whatever the error beside it",
    options: allow(["an error", true]),
    async run(rig) {
      expect((await rig.poll()).handshake.status).to.equal(200);
    },
  },
  {
    title: "refuses an upgrade that allowRequest refuses",
    options: allow(["because", false]),
    async run(rig) {
      const webSocket = rig.webSocket("?EIO=4&transport=websocket");
      const [error, status] = await Promise.all([connectionError(rig, () => {}), refusalOf(webSocket)]);
      expect([error.code, error.message, error.context.message]).to.deep.equal([4, "Forbidden", "because"]);
      expect(status).to.be.oneOf([400, 403]);
    },
  },
  {
    title: "refuses an upgrade for a session that there is not",
    async run(rig) {
      const webSocket = rig.webSocket("?EIO=4&transport=websocket&sid=nobody");
      const [{ code, context }, status] = await Promise.all([
        connectionError(rig, () => {}),
        refusalOf(webSocket),
      ]);
      expect([code, context.sid, status]).to.deep.equal([1, "nobody", 400]);
    },
  },
];
