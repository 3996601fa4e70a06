import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Options, SendOptions } from "./peers.ts";
import type { Rig } from "./rig.ts";

interface Answered {
  readonly httpCompression?: unknown;
  readonly accept?: string;
  readonly messages: readonly (readonly [length: number, options?: SendOptions])[];
  readonly encoding: string | undefined;
}

/** One byte of each payload is the packet's type. */
const ANSWERED: readonly Answered[] = [
  { accept: "gzip, deflate", messages: [[1023]], encoding: "gzip" },
  { accept: "gzip", messages: [[1022]], encoding: undefined },
  { accept: "deflate", messages: [[2000]], encoding: "deflate" },
  { accept: "br", messages: [[2000]], encoding: undefined },
  { accept: "gzip;q=0", messages: [[2000]], encoding: undefined },
  { messages: [[2000]], encoding: undefined },
  { accept: "gzip", messages: [[2000, { compress: false }]], encoding: undefined },
  { accept: "gzip", messages: [[2000, { compress: false }], [2]], encoding: "gzip" },
  { accept: "gzip", messages: [[100]], encoding: "gzip", httpCompression: { threshold: 10 } },
  { accept: "gzip", messages: [[3]], encoding: "gzip", httpCompression: true },
  { accept: "gzip", messages: [[3]], encoding: "gzip", httpCompression: {} },
  { accept: "gzip", messages: [[3]], encoding: "gzip", httpCompression: { threshold: 0 } },
  { accept: "gzip", messages: [[2000]], encoding: undefined, httpCompression: false },
];

const polled = ANSWERED.map(({ httpCompression, accept, messages, encoding }): Behaviour => {
  const sizes = messages.map(([length, options]) => `${length}${options ? " not to be compressed" : ""}`);
  const option = httpCompression === undefined ? "" : `, httpCompression: ${JSON.stringify(httpCompression)}`;
  return {
    title: `polling: ${encoding ?? "no compression"} for ${sizes.join(" and ")}, accepted: ${accept ?? "nothing"}${option}`,
    options: httpCompression === undefined ? {} : { httpCompression },
    async run(rig) {
      const { socket, poll } = await rig.poll();
      for (const [length, options] of messages) socket.send("x".repeat(length), options);
      const { headers } = await poll({ headers: accept === undefined ? {} : { "accept-encoding": accept } });
      expect(headers["content-encoding"]).to.equal(encoding);
    },
  };
});

const extensionsOf = async (rig: Rig): Promise<string | undefined> => {
  const webSocket = rig.webSocket("?EIO=4&transport=websocket");
  const [response] = (await next(webSocket, "upgrade")) as [IncomingMessage];
  return response.headers["sec-websocket-extensions"];
};

const offered = (
  [
    [undefined, false],
    [false, false],
    [true, true],
    [{ threshold: 10, zlibDeflateOptions: { level: 1 } }, true],
  ] as const
).map(
  ([perMessageDeflate, isAgreed]): Behaviour => ({
    title: `WebSocket: ${isAgreed ? "compression" : "none"} for perMessageDeflate ${JSON.stringify(perMessageDeflate) ?? "undefined"}`,
    options: { perMessageDeflate } satisfies Options,
    async run(rig) {
      expect((await extensionsOf(rig))?.startsWith("permessage-deflate") ?? false).to.equal(isAgreed);
    },
  }),
);

export const COMPRESSION: readonly Behaviour[] = [...polled, ...offered];
