/** The WebSocket of a real browser against our `WebSocketServer`. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type WebSocket as Accepted, WebSocketServer } from "@towline/websocket";
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

// Functions given to `evaluate` run in the page: they close over nothing, and name no function of their own.
for (const perMessageDeflate of [false, true])
  describe(`browser WebSocket, ${perMessageDeflate ? "with" : "without"} permessage-deflate`, function () {
    this.timeout(10_000);
    const http = createServer((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
      response.end(PAGE);
    });
    const server = new WebSocketServer({
      server: http,
      perMessageDeflate: perMessageDeflate && { threshold: 0 },
      handleProtocols: (protocols) => (protocols.has("chat.v2") ? "chat.v2" : false),
    });
    let visitor: Visitor;
    let address: string;
    let accepted: Accepted;

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
      [accepted] = (await connected) as [Accepted];
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
      expect(seen).to.deep.equal(["chat.v2", perMessageDeflate ? "permessage-deflate" : "", 1]);
      expect([accepted.protocol, accepted.extensions]).to.deep.equal(seen.slice(0, 2));
    });

    for (const [title, text] of [
      ["an empty text", ""],
      ["ASCII", "Hello"],
      ["text of many scripts", "naïve 日本語 👩‍👩‍👧 \u{10ffff}\0"],
      ["1 MiB of text", "é😀 and so on ".repeat(60_000)],
    ] as const)
      it(`carries ${title} both ways`, async () => {
        accepted.once("message", (data, isBinary) => accepted.send(data, { binary: isBinary }));
        const answer = await visitor.page.evaluate((sent) => {
          socket.send(sent);
          return next();
        }, text);
        expect(answer === text).to.equal(true);
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
