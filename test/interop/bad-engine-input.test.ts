/** What Engine.IO servers have been attacked with. Each gets its clear answer and harms nobody else. */
import { expect } from "chai";
import { MistreatedServer } from "./bad-input/fixture.ts";
import { RawSocket } from "./bad-input/raw-socket.ts";
import { type Answer, ask, converse, type Question, sendAndReset, upgradeRequest } from "./bad-input/wire.ts";

const PATH = "/socket.io/?";

const TRANSPORT_UNKNOWN = { code: 0, message: "Transport unknown" };
const SESSION_UNKNOWN = { code: 1, message: "Session ID unknown" };
const BAD_METHOD = { code: 2, message: "Bad handshake method" };
const BAD_REQUEST = { code: 3, message: "Bad request" };
const FORBIDDEN = { code: 4, message: "Forbidden" };
const BAD_VERSION = { code: 5, message: "Unsupported protocol version" };

type Refusal = typeof BAD_REQUEST;

function expectRefusal(answer: Answer, status: number, refusal: Refusal): void {
  expect([answer.status, answer.headers["content-type"]]).to.deep.equal([status, "application/json"]);
  expect(JSON.parse(answer.body)).to.deep.equal(refusal);
}

/** A refused WebSocket handshake is an HTTP answer, and then the connection is over. */
function expectRefusedUpgrade(text: string, status: number, refusal: Refusal): void {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  expect(head)
    .to.match(new RegExp(`^HTTP/1\\.1 ${status} `))
    .and.match(/connection: close/i);
  expect(JSON.parse(body)).to.deep.equal(refusal);
}

describe("bad Engine.IO input", function () {
  this.timeout(3_000);
  let server: MistreatedServer;
  before(async () => {
    server = await MistreatedServer.start({ maxHttpBufferSize: 1_000 });
  });
  afterEach(() => server.expectOthersUnharmed());
  after(() => server.close());

  const openPolling = async (revision: 3 | 4 = 4): Promise<string> => {
    const { body } = await ask(server.port, { path: `${PATH}EIO=${revision}&transport=polling` });
    const { sid } = JSON.parse(body.slice(body.indexOf("{"), body.indexOf("}") + 1)) as { sid: string };
    return `${PATH}EIO=${revision}&transport=polling&sid=${sid}`;
  };

  const expectSessionGone = async (path: string): Promise<void> => {
    expectRefusal(await ask(server.port, { path }), 400, SESSION_UNKNOWN);
  };

  describe("handshake", () => {
    const refused: readonly [title: string, question: Question, refusal: Refusal][] = [
      ["no transport", { path: `${PATH}EIO=4` }, TRANSPORT_UNKNOWN],
      ["a transport nobody knows", { path: `${PATH}EIO=4&transport=smoke` }, TRANSPORT_UNKNOWN],
      ["transport=__proto__", { path: `${PATH}EIO=4&transport=__proto__` }, TRANSPORT_UNKNOWN],
      ["transport=constructor", { path: `${PATH}EIO=4&transport=constructor` }, TRANSPORT_UNKNOWN],
      ["POST", { path: `${PATH}EIO=4&transport=polling`, method: "POST", body: "40" }, BAD_METHOD],
      ["PUT", { path: `${PATH}EIO=4&transport=polling`, method: "PUT", body: "40" }, BAD_METHOD],
      ["DELETE", { path: `${PATH}EIO=4&transport=polling`, method: "DELETE" }, BAD_METHOD],
      ["transport=websocket without upgrade", { path: `${PATH}EIO=4&transport=websocket` }, BAD_REQUEST],
    ];
    for (const [title, question, refusal] of refused)
      it(`answers ${title} with 400 ${refusal.message}`, async () => {
        expectRefusal(await ask(server.port, question), 400, refusal);
      });

    // As the reference: what is not revision 4 is taken for revision 3, whose framing the answer shows.
    for (const query of ["EIO=3&", "EIO=5&", "EIO=__proto__&", ""])
      it(`answers ${query === "" ? "no EIO" : query.slice(0, -1)} in revision 3`, async () => {
        const { status, body } = await ask(server.port, { path: `${PATH}${query}transport=polling` });
        expect(status).to.equal(200);
        expect(body).to.match(/^\d+:0\{"sid":/);
      });
  });

  describe("session id", () => {
    for (const sid of ["unknown", "__proto__", "constructor", "toString", "a".repeat(5_000)]) {
      const title = sid.slice(0, 12);
      it(`answers a poll with sid=${title} with 400 ${SESSION_UNKNOWN.message}`, async () => {
        const answer = await ask(server.port, { path: `${PATH}EIO=4&transport=polling&sid=${sid}` });
        expectRefusal(answer, 400, SESSION_UNKNOWN);
      });
      it(`refuses an upgrade with sid=${title} with 400 ${SESSION_UNKNOWN.message}`, async () => {
        const path = `${PATH}EIO=4&transport=websocket&sid=${sid}`;
        expectRefusedUpgrade(await converse(server.port, upgradeRequest(path)), 400, SESSION_UNKNOWN);
      });
    }

    it("refuses a session's request in another revision, and the session goes on", async () => {
      const path = await openPolling(4);
      expectRefusal(await ask(server.port, { path: path.replace("EIO=4", "EIO=3") }), 400, BAD_REQUEST);
      expect((await ask(server.port, { path, method: "POST", body: "40" })).body).to.equal("ok");
    });

    it("refuses a session id on another transport, and the session goes on", async () => {
      const path = await openPolling();
      const elsewhere = path.replace("transport=polling", "transport=websocket");
      expectRefusal(await ask(server.port, { path: elsewhere }), 400, BAD_REQUEST);
      expect((await ask(server.port, { path, method: "POST", body: "40" })).body).to.equal("ok");
    });

    it("refuses the session id of a WebSocket on polling and for a second upgrade", async () => {
      const socket = await RawSocket.open(server.port);
      const { sid } = JSON.parse(String(socket.received[0]).slice(1)) as { sid: string };
      const polling = await ask(server.port, { path: `${PATH}EIO=4&transport=polling&sid=${sid}` });
      expectRefusal(polling, 400, BAD_REQUEST);
      const upgrade = upgradeRequest(`${PATH}EIO=4&transport=websocket&sid=${sid}`);
      expectRefusedUpgrade(await converse(server.port, upgrade), 400, BAD_REQUEST);
      socket.send("40");
      await socket.until((packet) => String(packet).startsWith("40{"));
      await socket.close();
    });
  });

  describe("polling", () => {
    const malformed: readonly [title: string, revision: 3 | 4, body: string][] = [
      ["a packet of no type", 4, "hello"],
      ["an empty body", 4, ""],
      ["an empty packet among others", 4, "40\x1e\x1e40"],
      ["a length missing", 3, "hello"],
      ["a length that lies", 3, "99:40"],
      ["a length that is no number", 3, "1e1:40"],
      ["a length of 2^64", 3, "18446744073709551616:40"],
    ];
    for (const [title, revision, body] of malformed)
      it(`answers ${title} (revision ${revision}) with 400 and closes the session`, async () => {
        const path = await openPolling(revision);
        expectRefusal(await ask(server.port, { path, method: "POST", body }), 400, BAD_REQUEST);
        await expectSessionGone(path);
      });

    it("answers a binary body in revision 4 with 400 and closes the session", async () => {
      const path = await openPolling();
      const headers = { "content-type": "application/octet-stream" };
      const question = { path, method: "POST", headers, body: Buffer.from("40") };
      expectRefusal(await ask(server.port, question), 400, BAD_REQUEST);
      await expectSessionGone(path);
    });

    it("answers a second poll with 400 and ends the first and the session", async () => {
      const path = await openPolling();
      const polls = await Promise.all([ask(server.port, { path }), ask(server.port, { path })]);
      const [ended, refused] = polls.sort((a, b) => a.status - b.status);
      expect([ended?.status, ended?.body]).to.deep.equal([200, "6"]);
      if (refused !== undefined) expectRefusal(refused, 400, BAD_REQUEST);
      await expectSessionGone(path);
    });

    for (const method of ["PUT", "DELETE", "PATCH"])
      it(`answers ${method} with an error, and the session goes on`, async () => {
        const path = await openPolling();
        expect((await ask(server.port, { path, method })).status).to.equal(405);
        expect((await ask(server.port, { path, method: "POST", body: "40" })).body).to.equal("ok");
      });

    it("answers a body over maxHttpBufferSize with 413", async () => {
      const path = await openPolling();
      expect((await ask(server.port, { path, method: "POST", body: `4${"a".repeat(999)}` })).status).to.equal(
        200,
      );
      expect(
        (await ask(server.port, { path, method: "POST", body: `4${"a".repeat(1000)}` })).status,
      ).to.equal(413);
    });

    // In both, the answer must come before the body has: the rest is never sent.
    it("answers 413 and closes as soon as the announced length is over the limit", async () => {
      const head = `POST ${await openPolling()} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n4aaa`;
      expect(await converse(server.port, head)).to.match(/^HTTP\/1\.1 413 /);
    });

    it("answers 413 and closes as soon as a body without length is over the limit", async () => {
      const head = `POST ${await openPolling()} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
      expect(await converse(server.port, head, `7d0\r\n4${"a".repeat(1_999)}`)).to.match(/^HTTP\/1\.1 413 /);
    });

    it("survives a body shorter than its content-length", async () => {
      const path = await openPolling();
      await sendAndReset(server.port, `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n40`);
    });

    it("survives a body longer than its content-length", async () => {
      const head = `POST ${await openPolling()} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n4042["x"]`;
      // The rest is no HTTP request, which Node itself refuses; it may do so before the first answer is written.
      expect(await converse(server.port, head)).to.match(/HTTP\/1\.1 400 /);
    });

    it("survives a poll that is reset", async () => {
      await sendAndReset(server.port, `GET ${await openPolling()} HTTP/1.1\r\nHost: a\r\n\r\n`);
    });
  });

  describe("WebSocket", () => {
    it("refuses the upgrade of transport=polling", async () => {
      const answer = await converse(server.port, upgradeRequest(`${PATH}EIO=4&transport=polling`));
      expectRefusedUpgrade(answer, 400, BAD_REQUEST);
    });

    for (const transport of ["__proto__", "constructor", "smoke"])
      it(`refuses the upgrade of transport=${transport}`, async () => {
        const answer = await converse(server.port, upgradeRequest(`${PATH}EIO=4&transport=${transport}`));
        expectRefusedUpgrade(answer, 400, TRANSPORT_UNKNOWN);
      });

    it("survives a reset while an upgrade is being refused", async () => {
      for (let attempt = 0; attempt < 20; attempt++)
        await sendAndReset(server.port, upgradeRequest(`${PATH}EIO=4&transport=websocket&sid=unknown`));
    });

    it("survives a reset while an upgrade is being accepted", async () => {
      for (let attempt = 0; attempt < 20; attempt++)
        await sendAndReset(server.port, upgradeRequest(`${PATH}EIO=4&transport=websocket`));
    });

    // The close frame that answers a broken one: FIN and opcode 8, a length, then the code.
    const broken: readonly [title: string, frame: string, closeCode: number][] = [
      ["a reserved bit", "f180000000", 1002],
      ["no mask", "810134", 1002],
      ["a reserved opcode", "838000000000", 1002],
      ["a length over maxHttpBufferSize", "81fe100000000000", 1009],
      ["a length of 2^63", "81ff800000000000000000000000", 1009],
      ["text that is not UTF-8", "818100000000ff", 1007],
    ];
    for (const [title, frame, closeCode] of broken)
      it(`closes with ${closeCode} on ${title} in the same segment as the upgrade`, async () => {
        const handshake = upgradeRequest(`${PATH}EIO=4&transport=websocket`);
        const answer = await converse(
          server.port,
          Buffer.concat([
            Buffer.from(handshake),
            Buffer.from(frame, "hex"),
            Buffer.from("888000000000", "hex"),
          ]),
        );
        expect(answer).to.match(/^HTTP\/1\.1 101 /);
        const frames = Buffer.from(answer.slice(answer.indexOf("\r\n\r\n") + 4), "latin1");
        const code = Buffer.from([closeCode >> 8, closeCode & 0xff]);
        expect(frames.includes(code), `close frame in ${frames.toString("hex")}`).to.equal(true);
      });

    for (const [title, packet] of [
      ["a packet of no type", "x"],
      ["an empty message", ""],
      ["a ping, which only the server sends in revision 4", "2"],
    ] as const)
      it(`closes on ${title}`, async () => {
        const socket = await RawSocket.open(server.port);
        socket.send(packet);
        await socket.closed;
      });

    for (const [title, packet] of [
      ["a probe on a session that is no upgrade", "2probe"],
      ["an upgrade of a WebSocket", "5"],
      ["an open packet", "0{}"],
      ["a noop", "6"],
    ] as const)
      it(`outlives ${title}`, async () => {
        const socket = await RawSocket.open(server.port);
        socket.send(packet);
        await socket.close();
      });
  });
});

describe("Engine.IO requests that the application refuses", () => {
  let server: MistreatedServer;
  let forbidding = false;
  before(async () => {
    server = await MistreatedServer.start({
      allowEIO3: false,
      allowRequest: (_request, decide) => {
        if (forbidding) decide(null, false);
        else decide(null, true);
      },
    });
  });
  beforeEach(() => {
    forbidding = false;
  });
  afterEach(async () => {
    await server.expectOthersUnharmed();
  });
  after(() => server.close());

  it("answers revision 3 with 400 when allowEIO3 is off", async () => {
    const answer = await ask(server.port, { path: `${PATH}EIO=3&transport=polling` });
    expectRefusal(answer, 400, BAD_VERSION);
    const upgrade = upgradeRequest(`${PATH}EIO=3&transport=websocket`);
    expectRefusedUpgrade(await converse(server.port, upgrade), 400, BAD_VERSION);
  });

  it("answers 403 when allowRequest says no", async () => {
    forbidding = true;
    const answer = await ask(server.port, { path: `${PATH}EIO=4&transport=polling` });
    expectRefusal(answer, 403, FORBIDDEN);
    const upgrade = upgradeRequest(`${PATH}EIO=4&transport=websocket`);
    expectRefusedUpgrade(await converse(server.port, upgrade), 403, FORBIDDEN);
  });
});
