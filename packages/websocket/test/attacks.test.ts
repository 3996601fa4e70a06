/** What peers have been attacked with: each with what the attacker gets for it, and a bound on memory and time. */
import { once } from "node:events";
import { constants, deflateRawSync } from "node:zlib";
import { expect } from "chai";
import { WebSocket, type WebSocketServerOptions } from "../src/index.ts";
import { agreementWith } from "./support/agreement.ts";
import { AttackedServer } from "./support/attacked.ts";
import { BINARY, CLOSE, frame, hex, PING, TEXT } from "./support/bytes.ts";
import { closeOf } from "./support/close-of.ts";
import { nextTurn } from "./support/fake-socket.ts";
import { listenTo } from "./support/hear.ts";
import { DEFLATE, openLink } from "./support/links.ts";
import { cpuMsOf, growthOf, heldBytes } from "./support/memory.ts";
import { handshakeRequest, RawClient } from "./support/raw-client.ts";
import { accept, headersOf, RawServer, redirect } from "./support/raw-server.ts";

const MIB = 1024 * 1024;
const OFFER = { "Sec-WebSocket-Extensions": DEFLATE };

/** RFC 7692 §7.2.1. */
const compressed = (payload: Uint8Array): Buffer =>
  deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

/** The status of the close frame that a server sends next. */
async function closeCode(client: RawClient): Promise<number> {
  const bytes = await client.readToEnd();
  expect(bytes[0]).to.equal(CLOSE);
  return bytes.readUInt16BE(2);
}

/** How the least of a few measurements grows when there is four times as much to do. */
async function growthOfTime(
  measured: () => Promise<unknown>,
  quadrupled: () => Promise<unknown>,
): Promise<number> {
  const [few, many]: [number[], number[]] = [[], []];
  await measured();
  // By turns, so that what else the machine does slows both down.
  for (let i = 0; i < 5; i++) {
    few.push(await cpuMsOf(measured));
    many.push(await cpuMsOf(quadrupled));
  }
  return Math.min(...many) / Math.max(Math.min(...few), 2);
}

/** Linear is 4, quadratic would be 16. */
const LINEAR = 10;

describe("attacks: sizes", () => {
  let attacked: AttackedServer;
  afterEach(() => attacked.close());

  const HEADERS: readonly [title: string, options: Partial<WebSocketServerOptions>, header: string][] = [
    ["a byte above the default limit of 100 MiB", {}, "82ff 0000000006400001 00000000"],
    ["a byte above a limit of 1000", { maxPayload: 1000 }, "82fe 03e9 00000000"],
    ["a byte above a limit of 2^31", { maxPayload: 2 ** 31 }, "82ff 0000000080000001 00000000"],
    ["a byte above a limit of 2^32", { maxPayload: 2 ** 32 }, "82ff 0000000100000001 00000000"],
    ["2^53 - 1", {}, "82ff 001fffffffffffff 00000000"],
    ["2^53", {}, "82ff 0020000000000000 00000000"],
    ["the top bit alone", {}, "82ff 8000000000000000 00000000"],
    ["every bit", {}, "81ff ffffffffffffffff 00000000"],
    ["2^53 in a continuation", {}, "0180 00000000 80ff 0020000000000000 00000000"],
  ];
  const isAbove2To53 = /ff (002|8|f)/;
  for (const [title, options, header] of HEADERS)
    it(`a server answers the announcement of ${title} with 1009, before a byte of the payload`, async () => {
      attacked = await AttackedServer.listen(options);
      const { client, ours } = await attacked.attach();
      const fault = once(ours, "error");
      const { bytes, result } = await growthOf(async () => {
        client.send(header);
        return closeCode(client);
      });
      expect(result).to.equal(1009);
      const [error] = (await fault) as [Error & { code: string }];
      expect(error.code).to.equal(
        isAbove2To53.test(header)
          ? "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH"
          : "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
      );
      expect(bytes).to.be.below(2 * MIB);
    });

  for (const [title, header] of [
    ["a byte above the limit", "827e 03e9"],
    ["2^53", "827f 0020000000000000"],
    ["every bit", "817f ffffffffffffffff"],
  ] as const)
    it(`a client answers the announcement of ${title} with 1009, before a byte of the payload`, async () => {
      attacked = await AttackedServer.listen();
      const link = await openLink({ role: "client", tls: false, deflate: false }, { maxPayload: 1000 });
      const end = closeOf(link.ours);
      link.stream.write(hex(header));
      const [answer] = (await once(link.stream.resume(), "data")) as [Buffer];
      const mask = answer.subarray(2, 6);
      expect([answer[0], (answer[6] ?? 0) ^ (mask[0] ?? 0), (answer[7] ?? 0) ^ (mask[1] ?? 0)]).to.deep.equal(
        [CLOSE, 0x03, 0xf1],
      );
      link.stream.end();
      expect((await end)[0]).to.equal(1006);
      await link.close();
    });

  it("what is announced is not set aside: 200 frames of 100 MiB, begun and left at that, take next to nothing", async () => {
    attacked = await AttackedServer.listen();
    const clients = await Promise.all(Array.from({ length: 200 }, () => RawClient.upgrade(attacked.port)));
    const { bytes } = await growthOf(async () => {
      for (const client of clients) client.send("82ff 0000000006400000 00000000 6162");
      const last = await RawClient.upgrade(attacked.port, frame(PING, "all here"));
      await last.read(10);
      clients.push(last);
    });
    expect(bytes).to.be.below(4 * MIB);
    for (const client of clients) client.destroy();
  });

  it("fragments that come to more than the limit get 1009 with the header of the first one above it", async () => {
    attacked = await AttackedServer.listen({ maxPayload: 1000 });
    const { client } = await attacked.attach();
    client.send(frame(0x02, Buffer.alloc(600)));
    client.send(frame(0x00, Buffer.alloc(400)));
    client.send("8081 00000000");
    expect(await closeCode(client)).to.equal(1009);
  });

  for (const maxPayload of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1000"])
    it(`no limit is none by mistake: maxPayload ${String(maxPayload)} is refused`, async () => {
      attacked = await AttackedServer.listen();
      const options = { maxPayload } as { maxPayload: number };
      expect(() => new WebSocket("ws://127.0.0.1:1", options)).to.throw(TypeError, "maxPayload");
      const listen = AttackedServer.listen(options).then(
        () => undefined,
        (error: Error) => error,
      );
      expect(String(await listen)).to.match(/^TypeError: .*maxPayload/);
    });
});

describe("attacks: the opening handshake", () => {
  let attacked: AttackedServer;
  afterEach(() => attacked.close());

  const NAMES = [
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty; constructor=1",
    "__proto__; __proto__",
  ];
  const PARAMS = ["__proto__", "constructor", "toString=15", "__proto__=1"].map(
    (name) => `${DEFLATE}; ${name}`,
  );
  for (const perMessageDeflate of [false, true])
    for (const extensions of [...NAMES, ...PARAMS])
      it(`Sec-WebSocket-Extensions: ${extensions} is declined${perMessageDeflate ? " beside permessage-deflate" : ""}`, async () => {
        attacked = await AttackedServer.listen({ perMessageDeflate });
        const { client, head } = await attacked.shakeHands({ "Sec-WebSocket-Extensions": extensions });
        expect(head)
          .to.match(/^HTTP\/1\.1 101 /)
          .and.not.match(/sec-websocket-extensions/i);
        client.send(frame(PING, "still there"));
        expect((await client.read(13)).subarray(2).toString()).to.equal("still there");
        expect(Object.keys(Object.prototype)).to.deep.equal([]);
        client.destroy();
      });

  for (const extensions of ["constructor", "__proto__", `${DEFLATE}; __proto__`])
    it(`a client fails on the answer Sec-WebSocket-Extensions: ${extensions}`, async () => {
      attacked = await AttackedServer.listen();
      const [end, server] = await answeredWith([`Sec-WebSocket-Extensions: ${extensions}`]);
      expect(end).to.deep.equal([1006, "WS_ERR_HANDSHAKE_FAILED"]);
      await server.close();
    });

  const BITS = ["7", "16", "0", "08", "-8", "8.5", "1e1", "0xf", "15x", "9".repeat(400), '""'];
  for (const name of ["server_max_window_bits", "client_max_window_bits"])
    for (const bits of BITS)
      it(`${name}=${bits.slice(0, 8)} is declined in an offer and fails the handshake in an answer`, async () => {
        attacked = await AttackedServer.listen({ perMessageDeflate: true });
        const extensions = `${DEFLATE}; ${name}=${bits}`;
        const { client, head } = await attacked.shakeHands({ "Sec-WebSocket-Extensions": extensions });
        // An empty string is no token, so that the header is malformed.
        if (bits === '""') expect(head).to.match(/^HTTP\/1\.1 400 /);
        else
          expect(head)
            .to.match(/^HTTP\/1\.1 101 /)
            .and.not.match(/sec-websocket-extensions/i);
        client.destroy();
        const [end, server] = await answeredWith([`Sec-WebSocket-Extensions: ${extensions}`]);
        expect(end).to.deep.equal([1006, "WS_ERR_HANDSHAKE_FAILED"]);
        await server.close();
      });

  /** How a client takes an answer with these further lines. */
  async function answeredWith(
    lines: readonly string[],
    options: object = {},
  ): Promise<[end: [code: number, error: string | undefined], server: RawServer]> {
    const server = await RawServer.listen((request) => request.socket.write(accept(request, lines)));
    const client = new WebSocket(`ws://127.0.0.1:${server.port}`, ["a"], options);
    let fault: string | undefined;
    client.on("error", (error: Error & { code?: string }) => {
      fault = error.code;
    });
    client.on("open", () => client.terminate());
    const code = await new Promise<number>((resolve) => client.on("close", resolve));
    return [[code, fault], server];
  }

  for (const name of ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"])
    for (const [title, status, value] of [
      ["between two tokens", 400, (blanks: string) => `a${blanks}b`],
      ["behind a comma", 101, (blanks: string) => `a,${blanks}b`],
      ["and tabs before commas", 101, (blanks: string) => `a${blanks.replaceAll("  ", " \t")},b`],
      [
        "in a parameter",
        name.endsWith("Extensions") ? 101 : 400,
        (blanks: string) => `a;${blanks}b${blanks}=${blanks}c`,
      ],
      ["in an open quotation", 400, (blanks: string) => `a; b="${blanks}`],
    ] as const)
      it(`100 KB of blanks ${title} of ${name} are looked at once: ${status}`, async () => {
        attacked = await AttackedServer.listen({ perMessageDeflate: true }, { maxHeaderSize: MIB });
        const header = { [name]: value(" ".repeat(100 * 1024)) };
        const cpuMs = await cpuMsOf(async () => {
          const { client, head } = await attacked.shakeHands(header);
          expect(head).to.contain(`HTTP/1.1 ${status} `);
          client.destroy();
        });
        // Some ten milliseconds. Quadratic, it takes seconds.
        expect(cpuMs).to.be.below(700);
      });

  for (const name of ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Connection"])
    it(`100 KB of blanks in the ${name} of an answer are looked at once`, async () => {
      attacked = await AttackedServer.listen();
      const line = `${name}: a${" ".repeat(100 * 1024)}b`;
      const cpuMs = await cpuMsOf(async () => {
        const [[code, fault], server] = await answeredWith([line], { maxHeaderSize: MIB });
        expect([code, fault]).to.deep.equal([1006, "WS_ERR_HANDSHAKE_FAILED"]);
        await server.close();
      });
      expect(cpuMs).to.be.below(700);
    });

  it("many offers are looked at once, and the first that fits is taken", async () => {
    attacked = await AttackedServer.listen({ perMessageDeflate: true }, { maxHeaderSize: MIB });
    const bad = `${DEFLATE}; server_max_window_bits=99`;
    const offers = `${Array(5000).fill(bad).join()},${DEFLATE}`;
    const cpuMs = await cpuMsOf(async () => {
      const { client, head } = await attacked.shakeHands({ "Sec-WebSocket-Extensions": offers });
      expect(headersOf(head).get("sec-websocket-extensions")).to.equal(DEFLATE);
      client.destroy();
    });
    expect(cpuMs).to.be.below(700);
  });

  it("more headers than Node keeps, so that Upgrade is not among them, are refused", async () => {
    attacked = await AttackedServer.listen();
    const client = await RawClient.connect(attacked.port);
    const more = Array.from({ length: 2100 }, () => "a:").join("\r\n");
    const [others, upgrade] = [
      handshakeRequest({ Upgrade: null }).slice(0, -2),
      "Upgrade: websocket\r\n\r\n",
    ];
    client.send(`${others}${more}\r\n${upgrade}`);
    // From version 22 on, Node does not leave headers out but answers 431 by itself.
    expect(await client.readHead()).to.match(/^HTTP\/1\.1 (?:400|431) /);
    await client.readToEnd();
    expect(attacked.sockets).to.have.length(0);
  });

  it("an answer with more headers than Node keeps fails the client's handshake", async () => {
    attacked = await AttackedServer.listen();
    const server = await RawServer.listen((request) => {
      const more = Array.from({ length: 2100 }, () => "a:").join("\r\n");
      request.socket.write(accept(request).replace("\r\n", `\r\n${more}\r\n`));
    });
    const client = new WebSocket(`ws://127.0.0.1:${server.port}`);
    expect((await closeOf(client))[0]).to.equal(1006);
    await server.close();
  });

  it("a redirect to another origin is followed without credentials", async () => {
    attacked = await AttackedServer.listen();
    const thief = await RawServer.listen((request) => request.socket.write(accept(request)));
    const server = await RawServer.listen(({ socket }) =>
      socket.end(redirect(`ws://127.0.0.1:${thief.port}/`)),
    );
    const client = new WebSocket(`ws://user:secret@127.0.0.1:${server.port}/`, {
      followRedirects: true,
      perMessageDeflate: false,
      headers: {
        Authorization: "Bearer secret",
        cookie: "session=secret",
        "Proxy-Authorization": "secret",
        "X-Other": "kept",
      },
    });
    await once(client, "open");
    expect(server.heads[0]).to.contain("secret");
    expect(thief.heads[0]).to.not.match(/secret|authorization|cookie/i);
    expect(headersOf(thief.heads[0]).get("x-other")).to.equal("kept");
    const end = closeOf(client);
    client.terminate();
    await end;
    await Promise.all([server.close(), thief.close()]);
  });
});

describe("attacks: uninitialised memory", () => {
  let attacked: AttackedServer;
  afterEach(() => attacked.close());

  const CALLS: readonly [title: string, call: (ours: WebSocket) => void, wire: string][] = [
    ["ping(100)", (ours) => ours.ping(100), "8903313030"],
    ["pong(100)", (ours) => ours.pong(100), "8a03313030"],
    ["send(100)", (ours) => ours.send(100), "8103313030"],
    ["send(100, { binary: true })", (ours) => ours.send(100, { binary: true }), "8203313030"],
    ["send of an Int16Array", (ours) => ours.send(Int16Array.of(1, 2)), "820401000200"],
    [
      "close with a Float32Array as its reason",
      (ours) => ours.close(1000, new Float32Array(5) as unknown as Buffer),
      `880b03e8${Buffer.from("0,0,0,0,0").toString("hex")}`,
    ],
    [
      "close with a number as its reason",
      (ours) => ours.close(1000, 100 as unknown as string),
      `880503e8${Buffer.from("100").toString("hex")}`,
    ],
  ];
  for (const [title, call, wire] of CALLS)
    it(`${title} sends what it says, and nothing that was left in memory`, async () => {
      attacked = await AttackedServer.listen();
      const { client, ours } = await attacked.attach();
      // What must not get out, where buffers are taken from.
      for (let i = 0; i < 200; i++) Buffer.allocUnsafe(100).fill("secret");
      call(ours);
      expect((await client.read(wire.length / 2)).toString("hex")).to.equal(wire);
      client.destroy();
    });
});

describe("attacks: fragments", () => {
  let attacked: AttackedServer;
  afterEach(() => attacked.close());

  for (const [title, first, continuation] of [
    ["empty", frame(0x02, ""), frame(0x00, "")],
    ["tiny", frame(0x02, "x"), frame(0x00, "x")],
    ["empty text", frame(0x01, ""), frame(0x00, "")],
  ] as const)
    it(`millions of ${title} fragments get 1008, before they have cost much`, async () => {
      attacked = await AttackedServer.listen();
      const { client } = await attacked.attach();
      const many = Buffer.concat([first, ...Array(140_000).fill(continuation)]);
      let cpuMs = 0;
      const { bytes } = await growthOf(async () => {
        cpuMs = await cpuMsOf(async () => {
          for (let sent = 0; sent < 10 && client.socket.writable; sent++) client.send(many);
          expect(await closeCode(client)).to.equal(1008);
        });
      });
      expect(cpuMs).to.be.below(3000);
      expect(bytes).to.be.below(8 * MIB);
    });

  for (const role of ["server", "client"] as const)
    for (const deflate of [false, true])
      it(`a message of 4 MiB in fragments of 64 bytes takes linear time on a ${role}${deflate ? " that inflates it" : ""}`, async () => {
        attacked = await AttackedServer.listen();
        const read = (wire: Buffer, size: number) => async () => {
          const opening = deflate ? { deflate: agreementWith() } : {};
          const { socket, recorder } = listenTo({ role, opening });
          let received = 0;
          const whole = new Promise<void>((resolve) => {
            recorder.onMessage = (data) => {
              received = data.length;
              resolve();
            };
          });
          for (let at = 0; at < wire.length; at += 65_536)
            socket.push(Buffer.from(wire.subarray(at, at + 65_536)));
          await whole;
          expect(received).to.equal(size);
          socket.destroy();
          await recorder.closed();
        };
        const key = role === "server" ? ([1, 2, 3, 4] as const) : null;
        const wireOf = (size: number) => {
          // A body that compresses to about its own size, so that there are as many fragments.
          const noise = Buffer.from(
            Uint32Array.from({ length: size / 4 }, (_, i) => Math.imul(i ^ (i >> 7), 0x9e3779b1)).buffer,
          );
          const body = deflate ? compressed(noise) : noise;
          const frames: Buffer[] = [];
          for (let at = 0; at < body.length; at += 64) {
            const isLast = at + 64 >= body.length;
            frames.push(
              frame(
                (isLast ? 0x80 : 0) | (at === 0 ? (deflate ? 0x42 : 0x02) : 0),
                body.subarray(at, at + 64),
                key,
              ),
            );
          }
          return Buffer.concat(frames);
        };
        const [quarter, whole] = [wireOf(MIB), wireOf(4 * MIB)];
        expect(await growthOfTime(read(quarter, MIB), read(whole, 4 * MIB))).to.be.below(LINEAR);
      });

  it("a message of which every byte is a TCP segment of its own comes out whole, in linear time", async () => {
    attacked = await AttackedServer.listen();
    const read = (size: number) => async () => {
      const { socket, recorder } = listenTo({ role: "server" });
      const wire = frame(BINARY, Buffer.alloc(size, 7));
      for (let at = 0; at < wire.length; at++) {
        socket.push(Buffer.from(wire.subarray(at, at + 1)));
        if ((at & 1023) === 0) await nextTurn();
      }
      await recorder.wait(1);
      expect(recorder.events[0]).to.deep.equal(["binary", "07".repeat(size)]);
      socket.destroy();
      await recorder.closed();
    };
    expect(await growthOfTime(read(30_000), read(120_000))).to.be.below(LINEAR);
  });

  it("a handshake and a message over TCP, a byte at a time, are taken", async () => {
    attacked = await AttackedServer.listen();
    const client = await RawClient.connect(attacked.port);
    client.socket.setNoDelay(true);
    for (const bytes of [Buffer.from(handshakeRequest()), frame(PING, "slow but sure")])
      for (const byte of bytes) {
        client.send(Uint8Array.of(byte));
        await nextTurn();
      }
    await client.readHead();
    expect((await client.read(15)).subarray(2).toString()).to.equal("slow but sure");
    client.destroy();
  });

  it("a frame in more pieces than maxBufferedChunks gets 1008", async () => {
    attacked = await AttackedServer.listen();
    const { socket, recorder } = listenTo({ role: "server", options: { maxBufferedChunks: 100 } });
    for (const byte of frame(BINARY, Buffer.alloc(200))) {
      socket.push(Buffer.of(byte));
      await nextTurn();
    }
    socket.push(null);
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_TOO_MANY_BUFFERED_PARTS"]);
    expect(socket.taken().join("")).to.match(/^88..03f0/);
  });
});

describe("attacks: peers that do not read, or not answer", () => {
  let attacked: AttackedServer;
  afterEach(() => attacked.close());

  for (const perMessageDeflate of [false, true])
    it(`a flood of pings from a slow reader is bounded, and it gets the latest pong${perMessageDeflate ? ", with permessage-deflate" : ""}`, async () => {
      attacked = await AttackedServer.listen({ perMessageDeflate });
      const { client, ours } = await attacked.attach(perMessageDeflate ? OFFER : {});
      client.socket.pause();
      let pings = 0;
      let mostBuffered = 0;
      ours.on("ping", () => {
        pings++;
        mostBuffered = Math.max(mostBuffered, ours.bufferedAmount);
      });
      const block = Buffer.concat(Array(2000).fill(frame(PING, Buffer.alloc(125, "x"))));
      const { bytes } = await growthOf(async () => {
        for (let sent = 0; sent < 100; sent++)
          await new Promise<void>((resolve) => client.socket.write(block, () => resolve()));
        while (pings < 200_000) await once(ours, "ping");
      });
      expect(mostBuffered).to.be.below(256 * 1024);
      expect(bytes).to.be.below(4 * MIB);
      client.send(frame(PING, "the latest"));
      const [latest] = (await once(ours, "ping")) as [Buffer];
      expect(latest.toString()).to.equal("the latest");
      let tail = Buffer.alloc(0);
      const isHere = new Promise<void>((resolve) =>
        client.socket.on("data", (chunk: Buffer) => {
          tail = Buffer.concat([tail, chunk]).subarray(-12);
          if (tail.toString("latin1") === "\x8a\x0athe latest") resolve();
        }),
      );
      client.socket.resume();
      await isHere;
      expect(ours.readyState).to.equal(WebSocket.OPEN);
      client.destroy();
    });

  it("a peer that never reads is cut at maxBufferedAmount, and nothing of what it was sent is kept", async () => {
    attacked = await AttackedServer.listen({ maxBufferedAmount: MIB });
    const { client, ours } = await attacked.attach();
    client.socket.pause();
    const end = closeOf(ours);
    let fault: string | undefined;
    ours.on("error", (error: Error & { code?: string }) => {
      fault = error.code;
    });
    let mostBuffered = 0;
    const { bytes } = await growthOf(async () => {
      while (ours.readyState === WebSocket.OPEN) {
        ours.send(Buffer.alloc(65_536));
        mostBuffered = Math.max(mostBuffered, ours.bufferedAmount);
        await nextTurn();
      }
      expect((await end)[0]).to.equal(1006);
    });
    expect(fault).to.equal("WS_ERR_SEND_BUFFER_FULL");
    expect(mostBuffered).to.be.at.most(MIB);
    expect(bytes).to.be.below(2 * MIB);
    client.destroy();
  });

  it("a peer that never reads gets no more than the limit with the policy to drop, and stays", async () => {
    attacked = await AttackedServer.listen({ maxBufferedAmount: MIB, onBufferFull: () => "drop" });
    const { client, ours } = await attacked.attach();
    client.socket.pause();
    let dropped = 0;
    for (let sent = 0; sent < 400; sent++) {
      ours.send(Buffer.alloc(65_536), (error) => {
        if (error !== undefined) dropped++;
      });
      await nextTurn();
      expect(ours.bufferedAmount).to.be.at.most(MIB);
    }
    expect(dropped).to.be.above(100);
    expect(ours.readyState).to.equal(WebSocket.OPEN);
    client.destroy();
  });

  for (const perMessageDeflate of [false, true])
    it(`a peer that never answers the close frame is cut after closeTimeout${perMessageDeflate ? ", with permessage-deflate" : ""}`, async () => {
      attacked = await AttackedServer.listen({ closeTimeout: 50, perMessageDeflate });
      const { client, ours } = await attacked.attach(perMessageDeflate ? OFFER : {});
      let fault: string | undefined;
      ours.on("error", (error: Error & { code?: string }) => {
        fault = error.code;
      });
      const end = closeOf(ours);
      ours.close(1000);
      expect((await end)[0]).to.equal(1006);
      expect(fault).to.equal("WS_ERR_CLOSE_TIMEOUT");
      client.destroy();
    });

  it("a peer that goes on sending in place of answering the close frame is cut as well", async () => {
    attacked = await AttackedServer.listen({ closeTimeout: 50 });
    const { client, ours } = await attacked.attach();
    const end = closeOf(ours);
    let isOver = false;
    void end.then(() => {
      isOver = true;
    });
    ours.close(1000);
    while (!isOver) {
      client.send(frame(TEXT, "more"));
      await nextTurn();
    }
    expect((await end)[0]).to.equal(1006);
    client.destroy();
  });
});

describe("attacks: memory kept by little", () => {
  let attacked: AttackedServer;
  afterEach(() => attacked.close());

  for (const binaryType of ["nodebuffer", "arraybuffer", "fragments"] as const)
    for (const [title, first] of [
      ["messages", BINARY],
      ["pings", PING],
    ] as const)
      it(`10,000 small ${title} do not keep the chunks alive that they came in, as ${binaryType}`, async () => {
        attacked = await AttackedServer.listen();
        const { client, ours } = await attacked.attach();
        ours.binaryType = binaryType;
        const kept: unknown[] = [];
        let texts = 0;
        ours.on("message", (data, isBinary) => {
          if (isBinary) kept.push(data);
          else texts++;
        });
        ours.on("ping", (data: Buffer) => kept.push(data));
        // What is kept is little, among much that is not.
        const block = Buffer.concat([frame(first, "tiny thing"), frame(TEXT, "x".repeat(6000))]);
        const blocks = Buffer.concat(Array(100).fill(block));
        const { bytes } = await growthOf(async () => {
          for (let sent = 0; sent < 100; sent++)
            await new Promise<void>((resolve) => client.socket.write(blocks, () => resolve()));
          while (texts < 10_000) await once(ours, "message");
        });
        expect(kept).to.have.length(10_000);
        expect(bytes).to.be.below(12 * MIB);
        client.destroy();
      });

  const BOMB = compressed(Buffer.alloc(64 * MIB));
  for (const [title, wireOf] of [
    ["in one frame", (bomb: Buffer, key: Key) => frame(0xc2, bomb, key)],
    [
      "in fragments",
      (bomb: Buffer, key: Key) =>
        Buffer.concat([
          frame(0x42, bomb.subarray(0, 1000), key),
          frame(0x00, bomb.subarray(1000, 2000), key),
          frame(0x80, bomb.subarray(2000), key),
        ]),
    ],
    ["of text", (bomb: Buffer, key: Key) => frame(0xc1, bomb, key)],
  ] as const)
    for (const role of ["server", "client"] as const)
      it(`a bomb of 64 MiB ${title} gets 1009 from a ${role}, of which no more than the limit was inflated`, async () => {
        attacked = await AttackedServer.listen();
        const link = await openLink({ role, tls: false, deflate: true }, { maxPayload: MIB });
        const end = closeOf(link.ours);
        let error: Error & { code?: string } = new Error("none");
        link.ours.on("error", (thrown) => {
          error = thrown;
        });
        let isOver = false;
        const before = await heldBytes();
        let peak = 0;
        const watching = (async () => {
          while (!isOver) {
            const { heapUsed, external } = process.memoryUsage();
            peak = Math.max(peak, heapUsed + external - before);
            await nextTurn();
          }
        })();
        const cpuMs = await cpuMsOf(async () => {
          link.stream.write(wireOf(BOMB, role === "server" ? [1, 2, 3, 4] : null));
          const [answer] = (await once(link.stream.resume(), "data")) as [Buffer];
          expect(answer[0]).to.equal(CLOSE);
          link.stream.end();
          expect((await end)[0]).to.equal(1006);
        });
        isOver = true;
        await watching;
        expect(error.code).to.equal("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH");
        expect(peak).to.be.below(16 * MIB);
        expect(cpuMs).to.be.below(1000);
        await link.close();
      });

  type Key = readonly [number, number, number, number] | null;
});
