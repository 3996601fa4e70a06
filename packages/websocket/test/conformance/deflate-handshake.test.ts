import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect } from "chai";
import {
  type ClientOptions,
  WebSocket,
  WebSocketServer,
  type WebSocketServerOptions,
} from "../../src/index.ts";
import { hex } from "../support/bytes.ts";
import { handshakeRequest } from "../support/raw-client.ts";
import { answerHandshake } from "./support/subject.ts";
import { WirePeer } from "./support/wire-peer.ts";

type DeflateOption = NonNullable<WebSocketServerOptions["perMessageDeflate"]>;

describe("conformance of the server: negotiation of permessage-deflate", () => {
  /** Status and extensions of the answer to an offer. */
  async function answerTo(offer: string | undefined, option: DeflateOption | undefined): Promise<string> {
    const server = new WebSocketServer({
      port: 0,
      host: "127.0.0.1",
      ...(option === undefined ? {} : { perMessageDeflate: option }),
    });
    await once(server, "listening");
    const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
    const peer = new WirePeer(socket, true);
    socket.write(handshakeRequest({ "Sec-WebSocket-Extensions": offer ?? null }));
    const head = await peer.head();
    socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const status = head.slice(9, 12);
    const extensions = /\r\nsec-websocket-extensions: ([^\r]*)\r\n/i.exec(head)?.[1] ?? "none";
    return status === "101" ? extensions : status;
  }

  const D = "permessage-deflate";
  const ACCEPTED: readonly [offer: string, option: DeflateOption, answer: string][] = [
    [D, true, D],
    [`${D}; server_no_context_takeover`, true, `${D}; server_no_context_takeover`],
    [`${D}; client_no_context_takeover`, true, `${D}; client_no_context_takeover`],
    [`${D}; server_max_window_bits=10`, true, `${D}; server_max_window_bits=10`],
    [`${D}; server_max_window_bits="10"`, true, `${D}; server_max_window_bits=10`],
    [`${D};server_max_window_bits=12`, { serverMaxWindowBits: 10 }, `${D}; server_max_window_bits=10`],
    [`${D};server_max_window_bits=9`, { serverMaxWindowBits: 10 }, `${D}; server_max_window_bits=9`],
    [D, { serverMaxWindowBits: 10 }, `${D}; server_max_window_bits=10`],
    [D, { serverNoContextTakeover: true }, `${D}; server_no_context_takeover`],
    [`${D}; client_max_window_bits`, true, D],
    [`${D}; client_max_window_bits`, { clientMaxWindowBits: 10 }, `${D}; client_max_window_bits=10`],
    [`${D}; client_max_window_bits=12`, { clientMaxWindowBits: 10 }, `${D}; client_max_window_bits=10`],
    [`${D}; client_max_window_bits=9`, { clientMaxWindowBits: 10 }, `${D}; client_max_window_bits=9`],
    [`x-first; a=b, ${D}`, true, D],
    [
      `${D}; server_max_window_bits=99, ${D}; server_no_context_takeover`,
      true,
      `${D}; server_no_context_takeover`,
    ],
    [`${D}; server_no_context_takeover, ${D}`, true, `${D}; server_no_context_takeover`],
  ];
  for (const [offer, option, answer] of ACCEPTED)
    it(`with ${JSON.stringify(option)} answers ${offer} with ${answer}`, async () => {
      expect(await answerTo(offer, option)).to.equal(answer);
    });

  const DECLINED = [
    "unknown_parameter",
    "server_no_context_takeover=1",
    "client_no_context_takeover=true",
    "server_max_window_bits",
    "server_max_window_bits=7",
    "server_max_window_bits=16",
    "server_max_window_bits=08",
    "server_max_window_bits=ten",
    "server_max_window_bits=-9",
    "client_max_window_bits=7",
    "client_max_window_bits=16",
    "client_max_window_bits=09",
    "client_max_window_bits=9.5",
    "server_no_context_takeover; server_no_context_takeover",
    "server_max_window_bits=10; server_max_window_bits=10",
    "client_max_window_bits; client_max_window_bits=10",
    "constructor",
    "__proto__=1",
  ];
  for (const parameters of DECLINED)
    it(`declines an offer with ${parameters}, and accepts the connection without`, async () => {
      expect(await answerTo(`${D}; ${parameters}`, true)).to.equal("none");
    });

  it("declines an offer without client_max_window_bits when it needs to name it", async () => {
    expect(await answerTo(D, { clientMaxWindowBits: 10 })).to.equal("none");
  });

  for (const header of [
    `${D};`,
    `${D}; =1`,
    `${D}; a b`,
    `${D}; server_max_window_bits="10`,
    `${D}; server_max_window_bits="1 0"`,
    ",",
  ])
    it(`refuses ${JSON.stringify(header)}, which is no list of extensions, with 400`, async () => {
      expect(await answerTo(header, true)).to.equal("400");
    });

  it("answers nothing when nothing is offered, when the option is off, and by default", async () => {
    expect(await answerTo(undefined, true)).to.equal("none");
    expect(await answerTo(D, false)).to.equal("none");
    expect(await answerTo(D, undefined)).to.equal("none");
  });
});

describe("conformance of the client: negotiation of permessage-deflate", () => {
  const D = "permessage-deflate";

  /** What the client offers, and how it takes the answer. */
  async function negotiate(option: ClientOptions["perMessageDeflate"], answer: string | undefined) {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection");
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}`, [], { perMessageDeflate: option });
    const errors: Error[] = [];
    client.on("error", (error: Error) => errors.push(error));
    const settled = new Promise<string>((resolve) => {
      client.on("open", () => resolve(client.extensions || "none"));
      client.on("close", (code: number) => resolve(`${errors.length} error, ${code}`));
    });
    const closed = new Promise((resolve) => client.on("close", resolve));
    const [socket] = (await accepted) as [Socket];
    const peer = new WirePeer(socket, false);
    const head = await peer.head();
    answerHandshake(socket, head, answer);
    const outcome = await settled;
    client.terminate();
    socket.destroy();
    await closed;
    await new Promise((resolve) => server.close(resolve));
    return { offer: /\r\nsec-websocket-extensions: ([^\r]*)\r\n/i.exec(head)?.[1] ?? "none", outcome };
  }

  const OFFERS: readonly [option: ClientOptions["perMessageDeflate"], offer: string][] = [
    [true, `${D}; client_max_window_bits`],
    [false, "none"],
    [{ serverNoContextTakeover: true }, `${D}; server_no_context_takeover; client_max_window_bits`],
    [{ clientNoContextTakeover: true }, `${D}; client_no_context_takeover; client_max_window_bits`],
    [{ serverMaxWindowBits: 10 }, `${D}; server_max_window_bits=10; client_max_window_bits`],
    [{ clientMaxWindowBits: 10 }, `${D}; client_max_window_bits=10`],
  ];
  for (const [option, offer] of OFFERS)
    it(`with ${JSON.stringify(option)} offers ${offer}, and does without when the server declines`, async () => {
      expect(await negotiate(option, undefined)).to.deep.equal({ offer, outcome: "none" });
    });

  const TAKEN: readonly [option: ClientOptions["perMessageDeflate"], answer: string][] = [
    [true, D],
    [true, `${D}; server_no_context_takeover`],
    [true, `${D}; client_no_context_takeover`],
    [true, `${D}; server_max_window_bits=9`],
    [true, `${D}; client_max_window_bits=9`],
    [true, `${D}; client_max_window_bits="9"`],
    [{ serverMaxWindowBits: 10 }, `${D}; server_max_window_bits=9`],
  ];
  for (const [option, answer] of TAKEN)
    it(`with ${JSON.stringify(option)} takes ${answer}`, async () => {
      expect((await negotiate(option, answer)).outcome).to.equal(D);
    });

  const FAILED: readonly [option: ClientOptions["perMessageDeflate"], answer: string][] = [
    [false, D],
    [true, "x-other"],
    [true, `${D}, ${D}`],
    [true, `${D}; unknown`],
    [true, `${D}; server_no_context_takeover=1`],
    [true, `${D}; client_no_context_takeover=1`],
    [true, `${D}; server_max_window_bits`],
    [true, `${D}; server_max_window_bits=7`],
    [true, `${D}; server_max_window_bits=16`],
    [true, `${D}; server_max_window_bits=010`],
    [true, `${D}; client_max_window_bits`],
    [true, `${D}; client_max_window_bits=7`],
    [true, `${D}; client_max_window_bits=16`],
    [true, `${D}; server_no_context_takeover; server_no_context_takeover`],
    [true, `${D}; client_max_window_bits=9; client_max_window_bits=9`],
    [{ serverNoContextTakeover: true }, D],
    [{ serverMaxWindowBits: 10 }, D],
    [{ serverMaxWindowBits: 10 }, `${D}; server_max_window_bits=11`],
    [{ clientMaxWindowBits: false }, `${D}; client_max_window_bits=10`],
    [true, `${D}; `],
    [true, `${D}; client_max_window_bits="9`],
  ];
  for (const [option, answer] of FAILED)
    it(`with ${JSON.stringify(option)} fails on ${JSON.stringify(answer)}`, async () => {
      expect((await negotiate(option, answer)).outcome).to.equal("1 error, 1006");
    });

  it("sends nothing compressed before the server has agreed, nor when it does not", async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection");
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}`, [], { perMessageDeflate: { threshold: 0 } });
    const [socket] = (await accepted) as [Socket];
    const peer = new WirePeer(socket, false);
    answerHandshake(socket, await peer.head());
    await once(client, "open");
    client.send("x".repeat(2000));
    client.send(hex("00".repeat(2000)));
    const frames = await peer.frames(2);
    expect(frames.map(({ firstByte, payload }) => [firstByte, payload.length])).to.deep.equal([
      [0x81, 2000],
      [0x82, 2000],
    ]);
    const closed = new Promise((resolve) => client.on("close", resolve));
    socket.destroy();
    await closed;
    await new Promise((resolve) => server.close(resolve));
  });
});
