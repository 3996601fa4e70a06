import { expect } from "chai";
import type { Behaviour } from "./behaviour.ts";
import { connectionError, json } from "./connection-error.ts";
import type { EngineRequest } from "./peers.ts";
import type { Rig } from "./rig.ts";

const OPEN = "?EIO=4&transport=polling";

export const IDS: readonly Behaviour[] = [
  ...(
    [
      ["text", () => "mine"],
      ["a promise", async () => "mine"],
      // biome-ignore lint/suspicious/noThenProperty: what has a `then` and nothing else is a PromiseLike too
      ["a thenable", () => ({ then: (resolve: (id: string) => void) => resolve("mine") })],
    ] as const
  ).map(([title, make]) => ({
    title: `takes ids from generateId: ${title}`,
    async run(rig: Rig) {
      const { engine } = rig;
      const seen: unknown[] = [];
      engine.generateId = function (this: unknown, request) {
        seen.push(this === engine, request._query);
        return make() as PromiseLike<string>;
      };
      const { socket, handshake } = await rig.poll();
      expect(handshake.body).to.match(/^0\{"sid":"mine",/);
      expect([socket.id, Object.keys(engine.clients)]).to.deep.equal(["mine", ["mine"]]);
      expect(seen).to.deep.equal([true, { EIO: "4", transport: "polling" }]);
    },
  })),
  {
    title: "takes generateId from a subclass",
    async run(rig) {
      class Mine extends rig.library.Server {
        override generateId(request: EngineRequest): string {
          return `from ${request._query.transport}`;
        }
      }
      const engine = new Mine();
      engine.attach(rig.http, { path: "/mine" });
      const answer = await rig.request(OPEN, { path: "/mine/" });
      expect(answer.body).to.match(/^0\{"sid":"from polling",/);
      engine.close();
    },
  },
  {
    title: "makes ids of twenty characters by itself",
    async run(rig) {
      const id = await rig.engine.generateId({} as EngineRequest);
      expect(id).to.match(/^[\w-]{20}$/);
    },
  },
  ...(
    [
      [
        "throws",
        () => {
          throw new Error("no id");
        },
      ],
      [
        "rejects",
        async () => {
          throw new Error("no id");
        },
      ],
    ] as const
  ).map(([title, generateId]) => ({
    title: `refuses a handshake whose generateId ${title}`,
    async run(rig: Rig) {
      rig.engine.generateId = generateId;
      let answer: ReturnType<Rig["request"]> | undefined;
      const { code, message, context } = await connectionError(rig, () => {
        answer = rig.request(OPEN);
      });
      expect([code, message, context.name]).to.deep.equal([3, "Bad request", "ID_GENERATION_ERROR"]);
      expect((context.error as Error).message).to.equal("no id");
      expect(await answer).to.include({ status: 400, body: json(3, "Bad request") });
    },
  })),
];
