import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import * as reference from "ws";
import { acceptDeflateOffer, checkDeflateAnswer, deflateOffer } from "../src/deflate-negotiation.ts";
import {
  type DeflateSettings,
  type PerMessageDeflateOptions,
  resolveDeflateOptions,
} from "../src/deflate-options.ts";
import { parseExtensions } from "../src/extension-list.ts";
import { acceptResponse } from "../src/handshake.ts";
import { handshakeRequest, RawClient } from "./support/raw-client.ts";

const P = "permessage-deflate";

function settingsOf(options: PerMessageDeflateOptions = {}): DeflateSettings {
  const settings = resolveDeflateOptions(options);
  if (settings === undefined) throw new Error("compression is off");
  return settings;
}

const answerOf = (header: string | undefined, options: PerMessageDeflateOptions = {}) =>
  acceptDeflateOffer(header, settingsOf(options))?.answer;

/** What was agreed on, shortly: context takeover and window of the server, then of the client. */
const terms = (agreement: ReturnType<typeof checkDeflateAnswer>) =>
  agreement && [
    agreement.serverNoContextTakeover,
    agreement.serverMaxWindowBits,
    agreement.clientNoContextTakeover,
    agreement.clientMaxWindowBits,
  ];

type Terms = readonly [boolean, number, boolean, number];

describe("permessage-deflate, server", () => {
  const ACCEPTED: readonly [
    options: PerMessageDeflateOptions,
    offer: string,
    answer: string,
    terms: Terms,
  ][] = [
    [{}, P, P, [false, 15, false, 15]],
    [{}, `${P}; client_max_window_bits`, P, [false, 15, false, 15]],
    [{}, `${P}; client_max_window_bits=10`, `${P}; client_max_window_bits=10`, [false, 15, false, 10]],
    [{}, `${P}; client_max_window_bits=8`, `${P}; client_max_window_bits=8`, [false, 15, false, 8]],
    [{}, `${P}; server_max_window_bits=8`, `${P}; server_max_window_bits=8`, [false, 8, false, 15]],
    [{}, `${P}; server_max_window_bits=15`, `${P}; server_max_window_bits=15`, [false, 15, false, 15]],
    [{}, `${P}; server_max_window_bits="10"`, `${P}; server_max_window_bits=10`, [false, 10, false, 15]],
    [{}, `${P}; server_no_context_takeover`, `${P}; server_no_context_takeover`, [true, 15, false, 15]],
    [{}, `${P}; client_no_context_takeover`, `${P}; client_no_context_takeover`, [false, 15, true, 15]],
    [
      {},
      `${P}; client_max_window_bits=9; server_max_window_bits=12; client_no_context_takeover; server_no_context_takeover`,
      `${P}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=9`,
      [true, 12, true, 9],
    ],
    [
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
      P,
      `${P}; server_no_context_takeover; client_no_context_takeover`,
      [true, 15, true, 15],
    ],
    [{ serverMaxWindowBits: 12 }, P, `${P}; server_max_window_bits=12`, [false, 12, false, 15]],
    [
      { serverMaxWindowBits: 12 },
      `${P}; server_max_window_bits=10`,
      `${P}; server_max_window_bits=10`,
      [false, 10, false, 15],
    ],
    [
      { serverMaxWindowBits: 12 },
      `${P}; server_max_window_bits=14`,
      `${P}; server_max_window_bits=12`,
      [false, 12, false, 15],
    ],
    [
      { clientMaxWindowBits: 12 },
      `${P}; client_max_window_bits`,
      `${P}; client_max_window_bits=12`,
      [false, 15, false, 12],
    ],
    [
      { clientMaxWindowBits: 12 },
      `${P}; client_max_window_bits=10`,
      `${P}; client_max_window_bits=10`,
      [false, 15, false, 10],
    ],
    [
      { clientMaxWindowBits: 12 },
      `${P}; client_max_window_bits=14`,
      `${P}; client_max_window_bits=12`,
      [false, 15, false, 12],
    ],
    [{ clientMaxWindowBits: true }, P, P, [false, 15, false, 15]],
    // The first offer that fits; other extensions are none of ours.
    [
      {},
      `x-webkit-deflate-frame, ${P}; foo, ${P}; server_max_window_bits=9, ${P}`,
      `${P}; server_max_window_bits=9`,
      [false, 9, false, 15],
    ],
    [
      { clientMaxWindowBits: 10 },
      `${P}, ${P}; client_max_window_bits`,
      `${P}; client_max_window_bits=10`,
      [false, 15, false, 10],
    ],
  ];
  for (const [options, offer, answer, agreed] of ACCEPTED)
    it(`with ${JSON.stringify(options)} answers ${offer}`, () => {
      const accepted = acceptDeflateOffer(offer, settingsOf(options));
      expect(accepted?.answer).to.equal(answer);
      expect(terms(accepted?.agreement)).to.deep.equal(agreed);
    });

  const DECLINED = [
    "constructor",
    "__proto__",
    "Permessage-Deflate",
    `${P}; constructor`,
    `${P}; __proto__=1`,
    `${P}; Server_No_Context_Takeover`,
    `${P}; server_no_context_takeover; server_no_context_takeover`,
    `${P}; client_max_window_bits; client_max_window_bits=10`,
    `${P}; server_max_window_bits=10; server_max_window_bits=10`,
    `${P}; server_no_context_takeover=1`,
    `${P}; client_no_context_takeover=true`,
    `${P}; server_max_window_bits`,
    ...["7", "16", "08", "010", "0", "-8", "+8", "1e1", "10.0", "0xa", "x", "100"].flatMap((bits) => [
      `${P}; server_max_window_bits=${bits}`,
      `${P}; client_max_window_bits=${bits}`,
    ]),
  ];
  for (const header of DECLINED)
    it(`declines ${header}`, () => {
      expect(answerOf(header)).to.equal(undefined);
      expect(answerOf(`${header}, ${P}`)).to.equal(P);
    });

  it("declines a client that cannot be told the window it must keep to", () => {
    expect(answerOf(P, { clientMaxWindowBits: 10 })).to.equal(undefined);
    expect(answerOf(`${P}; server_max_window_bits=10`, { clientMaxWindowBits: 15 })).to.equal(undefined);
  });

  it("answers nothing when nothing is offered", () => {
    expect(answerOf(undefined)).to.equal(undefined);
  });

  for (const header of ["", ",", `${P};`, `${P}; x=`, `${P}; server_max_window_bits="10`, `${P}, a b`])
    it(`refuses ${JSON.stringify(header)} with 400`, () => {
      expect(() => answerOf(header))
        .to.throw()
        .that.includes({ name: "HandshakeError", status: 400 });
    });

  it("gives connections with equal agreements one object, frozen", () => {
    const settings = settingsOf();
    const accept = (header: string) => acceptDeflateOffer(header, settings)?.agreement;
    const agreement = accept(P);
    expect(agreement?.settings).to.equal(settings);
    expect(agreement).to.be.frozen;
    expect(accept(`${P}; server_max_window_bits=15`)).to.equal(agreement);
    expect(accept(`${P}; server_max_window_bits=14`)).not.to.equal(agreement);
    expect(acceptDeflateOffer(P, settingsOf())?.agreement).not.to.equal(agreement);
  });

  it("tells all agreements apart", () => {
    const settings = settingsOf();
    const seen = new Set<unknown>();
    for (const server of ["", "; server_no_context_takeover"])
      for (const client of ["", "; client_no_context_takeover"])
        for (let serverBits = 8; serverBits <= 15; serverBits++)
          for (let clientBits = 8; clientBits <= 15; clientBits++) {
            const offer = `${P}; server_max_window_bits=${serverBits}; client_max_window_bits=${clientBits}${server}${client}`;
            const agreement = acceptDeflateOffer(offer, settings)?.agreement;
            expect(terms(agreement)).to.deep.equal([server !== "", serverBits, client !== "", clientBits]);
            seen.add(agreement);
          }
    expect(seen.size).to.equal(256);
  });

  it("takes linear time over a flood of offers and of parameters", () => {
    const names = Array.from({ length: 100_000 }, (_, at) => `; p${at}`).join("");
    const before = process.cpuUsage();
    expect(answerOf(`${P}; server_max_window_bits=7,`.repeat(30_000))).to.equal(undefined);
    expect(answerOf(`${P}${names}`)).to.equal(undefined);
    // Some 100 ms; quadratic time would be minutes.
    expect(process.cpuUsage(before).user).to.be.lessThan(2_000_000);
  });
});

describe("permessage-deflate, client", () => {
  const OFFERS: readonly [options: PerMessageDeflateOptions, offer: string][] = [
    [{}, `${P}; client_max_window_bits`],
    [{ clientMaxWindowBits: true }, `${P}; client_max_window_bits`],
    [{ clientMaxWindowBits: false }, P],
    [{ clientMaxWindowBits: 9 }, `${P}; client_max_window_bits=9`],
    [{ serverMaxWindowBits: 10 }, `${P}; server_max_window_bits=10; client_max_window_bits`],
    [{ serverNoContextTakeover: true }, `${P}; server_no_context_takeover; client_max_window_bits`],
    [{ clientNoContextTakeover: true }, `${P}; client_no_context_takeover; client_max_window_bits`],
  ];
  for (const [options, offer] of OFFERS)
    it(`with ${JSON.stringify(options)} offers ${offer}`, () => {
      expect(deflateOffer(settingsOf(options))).to.equal(offer);
    });

  const TAKEN: readonly [options: PerMessageDeflateOptions, answer: string, terms: Terms][] = [
    [{}, P, [false, 15, false, 15]],
    [{}, `${P}; server_no_context_takeover; client_no_context_takeover`, [true, 15, true, 15]],
    [{}, `${P}; server_max_window_bits=8; client_max_window_bits=8`, [false, 8, false, 8]],
    [{}, `${P}; server_max_window_bits="9"`, [false, 9, false, 15]],
    [{ serverMaxWindowBits: 12 }, `${P}; server_max_window_bits=12`, [false, 12, false, 15]],
    [{ serverMaxWindowBits: 12 }, `${P}; server_max_window_bits=9`, [false, 9, false, 15]],
    [{ serverMaxWindowBits: 15 }, P, [false, 15, false, 15]],
    [{ serverNoContextTakeover: true }, `${P}; server_no_context_takeover`, [true, 15, false, 15]],
    // What the client offers to do itself it does, whether the server repeats it or not.
    [{ clientNoContextTakeover: true, clientMaxWindowBits: 10 }, P, [false, 15, true, 10]],
    [{ clientMaxWindowBits: 10 }, `${P}; client_max_window_bits=9`, [false, 15, false, 9]],
    [{ clientMaxWindowBits: 10 }, `${P}; client_max_window_bits=10`, [false, 15, false, 10]],
    [{ clientMaxWindowBits: false }, P, [false, 15, false, 15]],
  ];
  for (const [options, answer, agreed] of TAKEN)
    it(`with ${JSON.stringify(options)} takes ${answer}`, () => {
      expect(terms(checkDeflateAnswer(answer, settingsOf(options)))).to.deep.equal(agreed);
    });

  it("goes without compression when the server chooses none", () => {
    expect(checkDeflateAnswer(undefined, settingsOf())).to.equal(undefined);
    expect(checkDeflateAnswer(undefined, undefined)).to.equal(undefined);
  });

  const INVALID = "a parameter of permessage-deflate is unknown, repeated or of an invalid value";
  const REFUSED: readonly [options: PerMessageDeflateOptions | false, answer: string, why: string][] = [
    [false, P, "not offered"],
    [false, "", "no list of extensions"],
    [{}, "", "no list of extensions"],
    [{}, `${P};`, "no list of extensions"],
    [{}, "constructor", "not offered"],
    [{}, "__proto__", "not offered"],
    [{}, "Permessage-Deflate", "not offered"],
    [{}, `${P}, ${P}`, "more than one extension"],
    [{}, `${P}, foo`, "more than one extension"],
    [{}, `${P}; foo`, INVALID],
    [{}, `${P}; __proto__=1`, INVALID],
    [{}, `${P}; server_no_context_takeover; server_no_context_takeover`, INVALID],
    [{}, `${P}; server_no_context_takeover=1`, INVALID],
    [{}, `${P}; server_max_window_bits`, INVALID],
    [{}, `${P}; server_max_window_bits=7`, INVALID],
    [{}, `${P}; server_max_window_bits=16`, INVALID],
    [{}, `${P}; server_max_window_bits=010`, INVALID],
    [{}, `${P}; client_max_window_bits`, INVALID],
    [{}, `${P}; client_max_window_bits=7`, INVALID],
    [{ serverNoContextTakeover: true }, P, "did not agree to server_no_context_takeover"],
    [{ serverMaxWindowBits: 12 }, P, "did not agree to server_max_window_bits"],
    [
      { serverMaxWindowBits: 12 },
      `${P}; server_max_window_bits=13`,
      "did not agree to server_max_window_bits",
    ],
    [
      { clientMaxWindowBits: false },
      `${P}; client_max_window_bits=15`,
      "client_max_window_bits, which was not offered",
    ],
    [
      { clientMaxWindowBits: 12 },
      `${P}; client_max_window_bits=13`,
      "client_max_window_bits above the one offered",
    ],
  ];
  for (const [options, answer, why] of REFUSED)
    it(`with ${JSON.stringify(options)} fails on ${JSON.stringify(answer)}`, () => {
      const settings = options === false ? undefined : settingsOf(options);
      expect(() => checkDeflateAnswer(answer, settings))
        .to.throw(why)
        .that.includes({ name: "ConnectionError", code: "WS_ERR_HANDSHAKE_FAILED" });
    });
});

const bits = fc.option(fc.integer({ min: 8, max: 15 }), { nil: undefined });
const anyOptions: fc.Arbitrary<PerMessageDeflateOptions> = fc.record({
  serverNoContextTakeover: fc.boolean(),
  clientNoContextTakeover: fc.boolean(),
  serverMaxWindowBits: bits,
  clientMaxWindowBits: fc.oneof(bits, fc.boolean()),
});

describe("permessage-deflate, both sides", () => {
  it("agree on the same, or the server declines for want of client_max_window_bits", () => {
    fc.assert(
      fc.property(anyOptions, anyOptions, (serverOptions, clientOptions) => {
        const [server, client] = [settingsOf(serverOptions), settingsOf(clientOptions)];
        const accepted = acceptDeflateOffer(deflateOffer(client), server);
        if (accepted === undefined) {
          expect(typeof server.clientMaxWindowBits).to.equal("number");
          expect(client.clientMaxWindowBits).to.equal(false);
          return;
        }
        const agreed = checkDeflateAnswer(accepted.answer, client);
        expect(terms(agreed)).to.deep.equal(terms(accepted.agreement));
        for (const { serverNoContextTakeover, clientNoContextTakeover, ...own } of [server, client]) {
          if (serverNoContextTakeover) expect(agreed?.serverNoContextTakeover).to.equal(true);
          if (clientNoContextTakeover) expect(agreed?.clientNoContextTakeover).to.equal(true);
          expect(agreed?.serverMaxWindowBits).to.be.at.most(own.serverMaxWindowBits ?? 15);
          if (typeof own.clientMaxWindowBits === "number")
            expect(agreed?.clientMaxWindowBits).to.be.at.most(own.clientMaxWindowBits);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("end arbitrary headers in an agreement, none, or the error that belongs to the side", () => {
    const param = fc.constantFrom(
      "server_no_context_takeover",
      "client_no_context_takeover",
      "server_max_window_bits",
      "client_max_window_bits",
      "__proto__",
    );
    const value = fc.constantFrom("", "=8", "=15", '="10"', "=7", "=");
    const extension = fc
      .array(
        fc.tuple(param, value).map((pair) => pair.join("")),
        { maxLength: 4 },
      )
      .map((params) => [P, ...params].join(";"));
    const header = fc.oneof(
      fc.array(extension, { maxLength: 3 }).map((list) => list.join(",")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(header, anyOptions, (text, options) => {
        const settings = settingsOf(options);
        for (const [negotiate, name] of [
          [acceptDeflateOffer, "HandshakeError"],
          [checkDeflateAnswer, "ConnectionError"],
        ] as const)
          try {
            negotiate(text, settings);
          } catch (error) {
            expect(error).to.have.property("name", name);
          }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Options that `ws` has the same types for. */
interface SharedOptions {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
}

describe("permessage-deflate beside ws", () => {
  const OPTIONS: readonly SharedOptions[] = [
    {},
    { serverNoContextTakeover: true },
    { clientNoContextTakeover: true },
    { serverMaxWindowBits: 11 },
    { clientMaxWindowBits: 10 },
    {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 9,
    },
  ];
  let opened: { close(): void } | undefined;
  afterEach(() => opened?.close());

  for (const options of OPTIONS)
    describe(`with ${JSON.stringify(options)}`, () => {
      it("the server answers as that of ws, wherever that accepts, and our client takes its answers", async () => {
        const server = new reference.WebSocketServer({
          port: 0,
          host: "127.0.0.1",
          perMessageDeflate: options,
        });
        opened = server;
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        let accepted = 0;
        for (const client of OPTIONS.map(settingsOf)) {
          const offer = deflateOffer(client);
          const answer = await answerOfWs(port, offer);
          if (answer === undefined) continue;
          accepted++;
          expect(sorted(answer)).to.deep.equal(sorted(answerOf(offer, options)));
          expect(checkDeflateAnswer(answer, client)).not.to.equal(undefined);
        }
        expect(accepted).to.be.at.least(4);
      });

      it("the client offers what that of ws does, and that takes our server's answers", async () => {
        let answer: string | undefined;
        let offer: string | undefined;
        const server = createServer().listen(0, "127.0.0.1");
        opened = server;
        await once(server, "listening");
        server.on("upgrade", ({ headers }, socket) => {
          offer = headers["sec-websocket-extensions"];
          socket.write(acceptResponse(headers["sec-websocket-key"] ?? "", { extensions: answer }));
          socket.resume().once("end", () => socket.destroy());
        });
        const { port } = server.address() as AddressInfo;
        for (const serverOptions of OPTIONS) {
          answer = answerOf(deflateOffer(settingsOf(options)), serverOptions);
          const client = new reference.WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: options });
          // Rejects when `ws` finds fault with the answer.
          await once(client, "open");
          client.terminate();
          await once(client, "close");
          expect(client.extensions).to.equal(P);
          expect(sorted(offer)).to.deep.equal(sorted(deflateOffer(settingsOf(options))));
        }
      });
    });

  /** `ws` writes the parameters in another order. */
  function sorted(header: string | undefined) {
    return parseExtensions(header ?? "")?.map(({ name, params }) => [name, ...params.map(String).sort()]);
  }

  /** What a server of `ws` answers to an offer; `undefined` when it refuses the handshake. */
  async function answerOfWs(port: number, offer: string): Promise<string | undefined> {
    const client = await RawClient.connect(port);
    client.send(handshakeRequest({ "Sec-WebSocket-Extensions": offer }));
    const head = await client.readHead();
    client.socket.destroy();
    await once(client.socket, "close");
    const answer = /^sec-websocket-extensions: (.*)\r$/im.exec(head)?.[1];
    return head.startsWith("HTTP/1.1 101") ? answer : undefined;
  }
});
