/** What polling clients put into bodies, and how they deliver them. */
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { cpuMsOf, growthOf } from "../../../packages/websocket/test/support/memory.ts";
import { type Polled, Victim } from "./victim.ts";

const MIB = 2 ** 20;

describe("bodies of attackers", function () {
  this.timeout(5_000);
  let victim: Victim;
  before(async () => {
    victim = await Victim.start();
    await victim.meetBystander();
  });
  afterEach(() => victim.expectOthersUnharmed());
  after(() => victim.close());

  const headOf = ({ path }: Polled, ...lines: readonly string[]) =>
    [`POST ${path} HTTP/1.1`, "Host: a", ...lines, "\r\n"].join("\r\n");

  describe("of 100 MB", () => {
    for (const [title, line, wrap] of [
      ["announced", "Content-Length: 104857600", (chunk: Buffer) => chunk],
      [
        "chunked",
        "Transfer-Encoding: chunked",
        (chunk: Buffer) => Buffer.concat([Buffer.from("100000\r\n"), chunk, Buffer.from("\r\n")]),
      ],
    ] as const)
      it(`are refused with 413 and cut, ${title}, and nothing is kept of them`, async () => {
        const polled = await victim.openPolling();
        const closed = once(polled.socket, "close");
        const chunk = wrap(Buffer.alloc(MIB, "4"));
        const connection = await victim.dial();
        const { bytes } = await growthOf(async () => {
          connection.write(headOf(polled, line));
          for (let sent = 0; sent < 100 && connection.socket.writable; sent++) {
            if (!connection.socket.write(chunk)) await Promise.race([connection.drained(), connection.over]);
          }
          await connection.over;
        });
        expect(connection.socket.bytesWritten).to.be.below(50 * MIB);
        expect(bytes).to.be.below(4 * MIB);
        expect((await closed)[0]).to.equal("transport error");
      });

    it("are refused with 413 before they are sent, also to Expect: 100-continue", async () => {
      const polled = await victim.openPolling();
      const connection = await victim.dial();
      connection.write(headOf(polled, "Content-Length: 104857600", "Expect: 100-continue"));
      await connection.over;
      expect(connection.received).to.match(/HTTP\/1\.1 413 /);
    });
  });

  describe("whose length is a lie", () => {
    for (const how of ["ends", "resets"] as const)
      it(`close the session when the client ${how} the connection half-way`, async () => {
        const polled = await victim.openPolling();
        const received: unknown[] = [];
        polled.socket.on("message", (data) => received.push(data));
        const closed = once(polled.socket, "close");
        const arrived = once(victim.http, "request");
        const connection = await victim.dial();
        connection.write(`${headOf(polled, "Content-Length: 500")}4a\x1e4b`);
        await arrived;
        if (how === "ends") connection.socket.end();
        else connection.reset();
        const [reason, description] = await closed;
        expect([reason, description.message]).to.deep.equal([
          "transport error",
          "data request connection closed prematurely",
        ]);
        expect([received, victim.sessions]).to.deep.equal([[], 0]);
      });

    it("close the session when the last chunk never comes", async () => {
      const polled = await victim.openPolling();
      const closed = once(polled.socket, "close");
      const arrived = once(victim.http, "request");
      const connection = await victim.dial();
      connection.write(`${headOf(polled, "Transfer-Encoding: chunked")}2\r\n4a\r\n`);
      await arrived;
      connection.socket.end();
      expect((await closed)[0]).to.equal("transport error");
    });

    for (const lines of [
      ["Content-Length: -1"],
      ["Content-Length: 1e3"],
      ["Content-Length: 0x10"],
      ["Content-Length: 99999999999999999999"],
      ["Content-Length: 2", "Content-Length: 3"],
      ["Content-Length: 2", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: chunked, identity"],
    ])
      it(`are refused with 400, and nothing is delivered, for ${lines.join(" and ")}`, async () => {
        const polled = await victim.openPolling();
        let delivered = 0;
        polled.socket.on("message", () => delivered++);
        const connection = await victim.dial();
        connection.write(`${headOf(polled, ...lines)}4a`);
        await connection.over;
        expect(connection.received).to.match(/^HTTP\/1\.1 4\d\d /);
        expect(delivered).to.equal(0);
        polled.socket.close(true);
      });
  });

  describe("that are coded", () => {
    it("are not inflated: 400, and the session is closed", async () => {
      const { socket, path } = await victim.openPolling();
      const closed = once(socket, "close");
      const body = gzipSync(`4${"a".repeat(10 * MIB)}`);
      const headers = { "content-encoding": "gzip" };
      const { status } = await victim.ask({ path, method: "POST", headers, body });
      expect([status, (await closed)[0]]).to.deep.equal([400, "parse error"]);
    });

    it("are taken after Expect: 100-continue", async () => {
      const polled = await victim.openPolling();
      const message = once(polled.socket, "message");
      const connection = await victim.dial();
      connection.write(headOf(polled, "Content-Length: 2", "Expect: 100-continue"));
      await connection.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
      connection.write("4a");
      await connection.until(/HTTP\/1\.1 200 OK\r\n/);
      expect(await message).to.deep.equal(["a"]);
      polled.socket.close(true);
    });
  });

  describe("of packets without number", () => {
    // Each fits into the default limit of 1,000,000 bytes.
    const floods: readonly [title: string, revision: 3 | 4, packet: string | Buffer, between: string][] = [
      ["empty messages", 4, "4", "\x1e"],
      ["noops", 4, "6", "\x1e"],
      ["empty binary messages", 4, "b", "\x1e"],
      ["empty messages, revision 3", 3, "1:4", ""],
      ["noops, revision 3", 3, "1:6", ""],
      ["empty binary messages, revision 3", 3, "2:b4", ""],
      ["empty messages as bytes, revision 3", 3, Buffer.from("0001ff34", "hex"), ""],
    ];
    for (const [title, revision, packet, between] of floods)
      it(`take time in proportion to their number: ${title}`, async () => {
        const bodyOf = (bytes: number): Buffer => {
          const one = Buffer.concat([Buffer.from(packet), Buffer.from(between)]);
          const all = Buffer.alloc(bytes - (bytes % one.length), one);
          return all.subarray(0, all.length - between.length);
        };
        const headers: Record<string, string> =
          typeof packet === "string" ? {} : { "content-type": "application/octet-stream" };
        const costOf = async (bytes: number): Promise<number> => {
          const { socket, path } = await victim.openPolling(revision);
          let messages = 0;
          socket.on("message", () => messages++);
          const body = bodyOf(bytes);
          let status = 0;
          const costMs = await cpuMsOf(async () => {
            ({ status } = await victim.ask({ path, method: "POST", headers, body }));
          });
          expect([status, messages > 0]).to.deep.equal([200, !title.startsWith("noop")]);
          socket.close(true);
          return costMs;
        };
        /** What else the process has to do is only ever added. */
        const leastCostOf = async (bytes: number): Promise<number> =>
          Math.min(await costOf(bytes), await costOf(bytes), await costOf(bytes));
        await costOf(1e6);
        const quarterMs = await leastCostOf(250_000);
        const wholeMs = await leastCostOf(1e6);
        expect(wholeMs).to.be.below(3_000);
        // Four times as much, and what a collection of garbage may add.
        expect(wholeMs).to.be.below(10 * quarterMs + 50);
      });

    it("that are all to be answered close the session when the answers take too much", async () => {
      const bounded = await Victim.start({ maxSendBufferBytes: MIB });
      const { socket, path } = await bounded.openPolling(3);
      // The error that tells why is not kept: its stack holds what was on it.
      let reason = "";
      socket.on("close", (why) => {
        reason = why;
      });
      const { bytes } = await growthOf(async () => {
        await bounded.ask({ path, method: "POST", body: "1:2".repeat(300_000) });
      });
      expect(reason).to.equal("send buffer overflow");
      expect(bytes).to.be.below(4 * MIB);
      expect(bounded.engine.clientsCount).to.equal(0);
      await bounded.close();
    });
  });

  describe("of forms", () => {
    const openJsonp = async () => {
      const path = victim.pathOf("EIO=3&transport=polling&j=0");
      const [[socket], { body }] = await Promise.all([
        once(victim.engine, "connection"),
        victim.ask({ path }),
      ]);
      const sid = /\\"sid\\":\\"([^\\]+)/.exec(body)?.[1];
      return { socket, path: `${path}&sid=${sid}` };
    };
    const headers = { "content-type": "application/x-www-form-urlencoded" };

    for (const [title, body] of [
      ["a field without number", "&".repeat(1e6)],
      ["fields without number", "a=1&".repeat(250_000)],
      ["line feeds without number", `d=${"%5Cn".repeat(249_000)}`],
      ["backslashes without number", `d=${"%5C".repeat(333_000)}`],
      ["percent signs that mean nothing", `d=${"%".repeat(999_000)}`],
      ["__proto__", "__proto__=x&d.__proto__.y=1&constructor=2"],
    ] as const)
      it(`are refused in good time: ${title}`, async () => {
        const { socket, path } = await openJsonp();
        const closed = once(socket, "close");
        let status = 0;
        const costMs = await cpuMsOf(async () => {
          ({ status } = await victim.ask({ path, method: "POST", headers, body }));
        });
        expect([status, (await closed)[0]]).to.deep.equal([400, "parse error"]);
        expect(costMs).to.be.below(3_000);
        expect(({} as { y?: unknown }).y).to.equal(undefined);
      });
  });
});
