import { expect } from "chai";
import { Inbox, next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { EngineRequest } from "./peers.ts";
import { type Rig, wireOf } from "./rig.ts";

/** A handshake without what it says of the session. */
const bare = (body: string) => body.replace(/\{"sid":[^}]*\}/, "{}");

const INITIAL: readonly (readonly [
  packet: unknown,
  revision: 3 | 4,
  query: string,
  polled: string,
  frame: string,
])[] = [
  ["hello", 4, "", "0{}\x1e4hello", "4hello"],
  [Buffer.of(1, 2), 4, "", "0{}\x1ebAQI=", "0102"],
  ["hello", 3, "", "118:0{}6:4hello", "4hello"],
  [Buffer.of(1, 2), 3, "", "\x00\x01\x01\x08\xff0{}\x01\x03\xff\x04\x01\x02", "040102"],
  [Buffer.of(1, 2), 3, "&b64=1", "118:0{}6:b4AQI=", "040102"],
];

export const FIRST_ANSWER: readonly Behaviour[] = [
  ...INITIAL.flatMap(([initialPacket, revision, query, polled, frame]): Behaviour[] => {
    const kind = `${typeof initialPacket === "string" ? "text" : "bytes"}, revision ${revision}${query}`;
    return [
      {
        title: `puts the initial packet behind the handshake (polling, ${kind})`,
        options: { initialPacket },
        async run(rig) {
          const { handshake, socket, poll } = await rig.poll(revision, query);
          expect(bare(handshake.body)).to.equal(polled);
          socket.send("next");
          expect((await poll()).body)
            .to.include("4next")
            .and.not.include("hello");
        },
      },
      {
        title: `puts the initial packet behind the handshake (WebSocket, ${kind})`,
        options: { initialPacket },
        async run(rig) {
          const received = new Inbox(rig.webSocket(`?EIO=${revision}&transport=websocket`), "message");
          expect((await received.holding(2)).map(wireOf).at(1)).to.equal(frame);
        },
      },
    ];
  }),
  {
    title: "flushes handshake and initial packet together on polling",
    options: { initialPacket: "hello" },
    async run(rig) {
      const flushed = next(rig.engine, "flush");
      await rig.poll();
      const [, packets] = (await flushed) as [unknown, readonly { readonly type: string }[]];
      expect(packets.map(({ type }) => type)).to.deep.equal(["open", "message"]);
    },
  },
  {
    title: "lets listeners add headers: to the first answer, to every answer",
    async run(rig) {
      type Headers = Record<string, unknown>;
      rig.engine.on("initial_headers", (headers: Headers, request: EngineRequest) => {
        headers["x-first"] = request._query.transport;
        headers["set-cookie"] = ["a=b", "c=d"];
      });
      rig.engine.on("headers", (headers: Headers, request: EngineRequest) => {
        headers["x-every"] = request.method;
      });
      const { handshake, post } = await rig.poll();
      expect(handshake.headers).to.include({ "x-first": "polling", "x-every": "GET" });
      expect(handshake.headers["set-cookie"]).to.deep.equal(["a=b", "c=d"]);
      const { headers } = await post("4hello");
      expect(headers).to.have.property("x-every", "POST");
      expect(headers).not.to.have.property("x-first");
      const webSocket = rig.webSocket("?EIO=4&transport=websocket");
      const [upgrade] = (await next(webSocket, "upgrade")) as [{ readonly headers: Headers }];
      expect(upgrade.headers).to.include({ "x-first": "websocket", "x-every": "GET" });
    },
  },
  ...(
    [
      [true, /^io=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/],
      [{ name: "mine" }, /^mine=[\w-]{20}; Path=\/; HttpOnly; SameSite=Lax$/],
      [
        { name: "mine", path: "/a", httpOnly: false, sameSite: "strict", maxAge: 5, secure: true },
        /^mine=[\w-]{20}; Max-Age=5; Path=\/a; Secure; SameSite=Strict$/,
      ],
      [false, undefined],
      [undefined, undefined],
    ] as const
  ).map(([cookie, expected]) => ({
    title: `sets a cookie for ${JSON.stringify(cookie) ?? "undefined"}, once`,
    options: { cookie },
    async run(rig: Rig) {
      const { handshake, post, socket } = await rig.poll();
      const [set, ...others] = handshake.headers["set-cookie"] ?? [];
      if (expected === undefined) expect(set).to.equal(undefined);
      else expect(set).to.match(expected).and.include(socket.id);
      expect(others).to.deep.equal([]);
      expect((await post("4hello")).headers).not.to.have.property("set-cookie");
    },
  })),
];
