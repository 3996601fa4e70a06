/** The WebSocket of a real browser against our `WebSocketServer`. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import {
  type WebSocket as Accepted,
  type PerMessageDeflateOptions,
  prepareBinary,
  prepareText,
  WebSocketServer,
} from "@towline/websocket";
import { expect } from "chai";
import { listen } from "../interop/listen.ts";
import { Visitor } from "./visitor.ts";

/** What every page has: one WebSocket at a time, and its messages and its end to be waited for. */
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script>
  function open(url) {
    const arrived = [];
    const waiting = [];
    socket = new WebSocket(url, ["chat.v3", "chat.v2"]);
    socket.onmessage = ({ data }) => (waiting.length > 0 ? waiting.shift()(data) : arrived.push(data));
    next = async () => (arrived.length > 0 ? arrived.shift() : new Promise((resolve) => waiting.push(resolve)));
    closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason, wasClean }) => resolve([code, reason, wasClean]);
    });
    return new Promise((resolve) => {
      socket.onopen = () => resolve();
    });
  }
  let socket, next, closed;
</script>`;

declare function open(url: string): Promise<void>;
declare const socket: WebSocket;
declare function next(): Promise<string | Blob | ArrayBuffer>;
declare const closed: Promise<[code: number, reason: string, wasClean: boolean]>;

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

/** What the server does about compression, and what the page sees that was agreed on. */
const COMPRESSIONS: readonly [
  title: string,
  options: false | PerMessageDeflateOptions,
  extensions: string,
][] = [
  ["without permessage-deflate", false, ""],
  ["with permessage-deflate", { threshold: 0 }, "permessage-deflate"],
  [
    "with permessage-deflate, no context taken over and small windows",
    {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: 9,
      threshold: 0,
    },
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
  ],
];

// Functions given to `evaluate` run in the page: they close over nothing, and name no function of their own.
for (const [title, perMessageDeflate, extensions] of COMPRESSIONS)
  describe(`browser WebSocket, ${title}`, function () {
    this.timeout(10_000);
    const http = createServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
      response.end(PAGE);
    });
    const server = new WebSocketServer({
      server: http,
      perMessageDeflate,
      handleProtocols: (protocols) => (protocols.has("chat.v2") ? "chat.v2" : false),
    });
    let visitor: Visitor;
    let address: string;
    let accepted: Accepted;
    let tcp: Socket;

    before(async () => {
      address = `localhost:${await listen(http)}`;
      visitor = await Visitor.arrive();
      await visitor.page.goto(`http://${address}/`);
    });
    after(async () => {
      await visitor.leave();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    });

    beforeEach(async () => {
      const connected = once(server, "connection");
      await visitor.page.evaluate((url) => open(url), `ws://${address}/`);
      const [webSocket, request] = (await connected) as [Accepted, IncomingMessage];
      accepted = webSocket;
      tcp = request.socket;
    });
    afterEach(async () => {
      if (accepted.readyState !== accepted.CLOSED) {
        const gone = once(accepted, "close");
        accepted.close(1000);
        await gone;
      }
      expect(visitor.complaints).to.deep.equal([]);
    });

    it("shows the page the subprotocol and the extensions agreed on", async () => {
      const seen = await visitor.page.evaluate(() => [socket.protocol, socket.extensions, socket.readyState]);
      expect(seen).to.deep.equal(["chat.v2", extensions, 1]);
      const isCompressing = perMessageDeflate !== false;
      expect([accepted.protocol, accepted.extensions]).to.deep.equal([
        "chat.v2",
        isCompressing ? "permessage-deflate" : "",
      ]);
    });

    for (const [title, text] of [
      ["an empty text", ""],
      ["ASCII", "Hello"],
      ["text of many scripts", "naïve 日本語 👩‍👩‍👧 \u{10ffff}\0"],
      ["1 MiB of text", "é😀 and so on ".repeat(60_000)],
    ] as const)
      it(`carries ${title} both ways`, async () => {
        const arrived = once(accepted, "message");
        accepted.once("message", () => accepted.send(text));
        const answer = await visitor.page.evaluate((sent) => {
          socket.send(sent);
          return next();
        }, text);
        const [data, isBinary] = (await arrived) as [Buffer, boolean];
        expect([isBinary, data.toString() === text, answer === text]).to.deep.equal([false, true, true]);
      });

    for (const kind of ["Blob", "ArrayBuffer"] as const)
      for (const size of [0, 5, 70_000, 1024 * 1024])
        it(`carries ${size} bytes both ways as ${kind}`, async () => {
          const data = Buffer.from(Uint8Array.from({ length: size }, (_, at) => at * 7 + (at >> 9)));
          const arrived = once(accepted, "message");
          const back = visitor.page.evaluate(
            async (type, length) => {
              const bytes = Uint8Array.from({ length }, (_, at) => at * 7 + (at >> 9));
              socket.binaryType = type === "Blob" ? "blob" : "arraybuffer";
              socket.send(type === "Blob" ? new Blob([bytes]) : bytes.buffer);
              const answer = await next();
              const isRight = answer instanceof (type === "Blob" ? Blob : ArrayBuffer);
              const got = new Uint8Array(await new Response(answer).arrayBuffer());
              return [isRight, got.length, got.every((byte, at) => byte === ((at * 7 + (at >> 9)) & 255))];
            },
            kind,
            size,
          );
          const [got, isBinary] = (await arrived) as [Buffer, boolean];
          expect([isBinary, sha256(got)]).to.deep.equal([true, sha256(data)]);
          accepted.send(data);
          expect(await back).to.deep.equal([true, size, true]);
        });

    it(`compresses ${perMessageDeflate === false ? "nothing" : "what both sides send"}`, async () => {
      const [readBefore, writtenBefore] = [tcp.bytesRead, tcp.bytesWritten];
      accepted.once("message", (data) => accepted.send(data.toString()));
      await visitor.page.evaluate(() => {
        socket.send("x".repeat(100_000));
        return next();
      });
      const least = Math.min(tcp.bytesRead - readBefore, tcp.bytesWritten - writtenBefore);
      const most = Math.max(tcp.bytesRead - readBefore, tcp.bytesWritten - writtenBefore);
      if (perMessageDeflate === false) expect(least).to.be.above(100_000);
      else expect(most).to.be.below(5_000);
    });

    it("gives the page prepared messages in their place", async () => {
      accepted.send(prepareText("é".repeat(70_000)));
      accepted.send("between");
      accepted.send(prepareBinary(Buffer.from([0, 127, 255])));
      const seen = await visitor.page.evaluate(async () => {
        socket.binaryType = "arraybuffer";
        const text = await next();
        const between = await next();
        const bytes = new Uint8Array((await next()) as ArrayBuffer);
        return [text === "é".repeat(70_000), between, ...bytes];
      });
      expect(seen).to.deep.equal([true, "between", 0, 127, 255]);
    });

    it("holds the page's megabytes back while paused, and loses none", async () => {
      let told = 0;
      const all = new Promise((resolve) => accepted.on("message", () => ++told === 16 && resolve(undefined)));
      accepted.pause();
      let heldBytes = await visitor.page.evaluate(() => {
        const bytes = new Uint8Array(1024 * 1024);
        for (let at = 0; at < bytes.length; at += 65_536)
          crypto.getRandomValues(bytes.subarray(at, at + 65_536));
        for (let number = 0; number < 16; number++) socket.send(bytes);
        return socket.bufferedAmount;
      });
      // Until the page gets rid of no more. A few messages the other way are the clock.
      for (let rounds = 0; rounds < 5; rounds++) {
        accepted.send("still paused");
        const leftBytes = await visitor.page.evaluate(async () => {
          await next();
          return socket.bufferedAmount;
        });
        if (leftBytes < heldBytes) rounds = 0;
        heldBytes = leftBytes;
      }
      expect(heldBytes).to.be.above(0);
      expect(told).to.equal(0);
      accepted.resume();
      await all;
    });

    it("joins our fragments, and is joined to our pings", async () => {
      const pong = once(accepted, "pong");
      accepted.send("one, ", { fin: false });
      accepted.ping("between");
      accepted.send("two, ", { fin: false });
      accepted.send("three");
      expect(await visitor.page.evaluate(() => next())).to.equal("one, two, three");
      expect(String((await pong)[0])).to.equal("between");
    });

    it("keeps the order of hundreds of messages both ways", async () => {
      accepted.on("message", (data, isBinary) => accepted.send(data, { binary: isBinary }));
      const answers = await visitor.page.evaluate(async () => {
        for (let number = 0; number < 500; number++) socket.send(`message ${number}`);
        const got: unknown[] = [];
        while (got.length < 500) got.push(await next());
        return got;
      });
      expect(answers).to.deep.equal(Array.from({ length: 500 }, (_, number) => `message ${number}`));
    });

    for (const [code, reason] of [
      [1000, ""],
      [1000, "bye"],
      [3000, "é€😀"],
      [4999, "r".repeat(123)],
    ] as const) {
      it(`tells us of the page's close with ${code} ${JSON.stringify(reason.slice(0, 8))}`, async () => {
        const end = once(accepted, "close");
        const seen = await visitor.page.evaluate(
          (number, why) => {
            socket.close(number, why);
            return closed;
          },
          code,
          reason,
        );
        const [ownCode, ownReason] = (await end) as [number, Buffer];
        expect([ownCode, ownReason.toString()]).to.deep.equal([code, reason]);
        expect(seen).to.deep.equal([code, reason, true]);
      });

      it(`tells the page of our close with ${code} ${JSON.stringify(reason.slice(0, 8))}`, async () => {
        const end = once(accepted, "close");
        accepted.close(code, reason);
        expect(await visitor.page.evaluate(() => closed)).to.deep.equal([code, reason, true]);
        expect((await end)[0]).to.equal(code);
      });
    }

    it("closes without a code as 1005, on both sides", async () => {
      const end = once(accepted, "close");
      const seen = await visitor.page.evaluate(() => {
        socket.close();
        return closed;
      });
      expect(seen).to.deep.equal([1005, "", true]);
      expect((await end)[0]).to.equal(1005);
    });

    it("tells the page 1001 when the server goes away", async () => {
      accepted.close(1001, "maintenance");
      expect(await visitor.page.evaluate(() => closed)).to.deep.equal([1001, "maintenance", true]);
    });

    it("tells the page 1006 when the connection is cut", async () => {
      accepted.terminate();
      expect(await visitor.page.evaluate(() => closed)).to.deep.equal([1006, "", false]);
    });
  });
