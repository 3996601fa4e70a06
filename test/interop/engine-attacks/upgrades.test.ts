/** Attacks on the move of a session from polling to WebSocket. */
import { once } from "node:events";
import { expect } from "chai";
import { BINARY, frame, TEXT } from "../../../packages/websocket/test/support/bytes.ts";
import { cpuMsOf, growthOf } from "../../../packages/websocket/test/support/memory.ts";
import { upgradeRequest } from "../bad-input/wire.ts";
import type { RawConnection } from "./raw-connection.ts";
import { type Polled, Victim } from "./victim.ts";

describe("upgrades of attackers", function () {
  this.timeout(15_000);
  let victim: Victim;
  let session: Polled;
  before(async () => {
    victim = await Victim.start();
    await victim.meetBystander();
  });
  beforeEach(async () => {
    session = await victim.openPolling();
  });
  afterEach(async () => {
    await victim.expectOthersUnharmed();
    victim.closeSessions();
  });
  after(() => victim.close());

  const request = () => upgradeRequest(victim.pathOf(`EIO=4&transport=websocket&sid=${session.sid}`));

  /** An upgrade request and what stands in the same segment. */
  async function attempt(...more: readonly Uint8Array[]): Promise<RawConnection> {
    const connection = await victim.dial();
    connection.write(Buffer.concat([Buffer.from(request()), ...more]));
    return connection;
  }

  /** The session is on polling still, and works. */
  async function expectUntouched(): Promise<void> {
    const { socket, path } = session;
    const message = once(socket, "message");
    expect((await victim.ask({ path, method: "POST", body: "4still here" })).body).to.equal("ok");
    expect(await message).to.deep.equal(["still here"]);
    expect([socket.readyState, socket.transport.name, socket.upgrading]).to.deep.equal([
      "open",
      "polling",
      false,
    ]);
  }

  const bad: readonly [title: string, ...frames: Buffer[]][] = [
    ["a frame without mask", Buffer.from("810134", "hex")],
    ["a reserved opcode", Buffer.from("838000000000", "hex")],
    ["a length of 2^63", Buffer.from("81ff800000000000000000000000", "hex")],
    ["text that is not UTF-8", Buffer.from("818100000000ff", "hex")],
    ["a packet of no type", frame(TEXT, "x")],
    ["an empty message", frame(TEXT, "")],
    ["bytes", frame(BINARY, "2probe")],
    ["a ping that is no probe", frame(TEXT, "2")],
    ["a message before the probe", frame(TEXT, "4early"), frame(TEXT, "2probe")],
    ["the upgrade packet before the probe", frame(TEXT, "5")],
    ["a message after the probe", frame(TEXT, "2probe"), frame(TEXT, "4early")],
    ["a close packet after the probe", frame(TEXT, "2probe"), frame(TEXT, "1")],
    ["a frame without mask after the probe", frame(TEXT, "2probe"), Buffer.from("810134", "hex")],
    ["a close frame after the probe", frame(TEXT, "2probe"), frame(0x88, "")],
  ];
  for (const [title, ...frames] of bad)
    it(`come to nothing with ${title} in the segment of the request`, async () => {
      const received: unknown[] = [];
      session.socket.on("message", (data) => received.push(data));
      const connection = await attempt(...frames);
      // The close frame.
      await connection.until(/^HTTP\/1\.1 101 .*\r\n\r\n.*\x88/s);
      connection.cut();
      await expectUntouched();
      expect(received).to.deep.equal(["still here"]);
    });

  it("may be complete in one segment: the session moves, and each message arrives", async () => {
    const received: unknown[] = [];
    session.socket.on("message", (data) => received.push(data));
    const upgraded = once(session.socket, "upgrade");
    const connection = await attempt(
      frame(TEXT, "2probe"),
      frame(TEXT, "5"),
      frame(TEXT, "4a"),
      frame(TEXT, "4b"),
    );
    await upgraded;
    await connection.until(/3probe/);
    expect(received).to.deep.equal(["a", "b"]);
  });

  it("answer every probe, and keep nothing of them", async () => {
    const probes = Buffer.concat(Array.from({ length: 20_000 }, () => frame(TEXT, "2probe")));
    const { bytes, result } = await growthOf(async () => {
      const connection = await attempt(probes, frame(TEXT, "5"));
      await once(session.socket, "upgrade");
      return connection;
    });
    result.cut();
    expect(bytes).to.be.below(4 * 2 ** 20);
    expect(session.socket.transport.name).to.equal("websocket");
  });

  it("are won by one of 2,000 at a time, and the others are let go", async () => {
    const connections: RawConnection[] = [];
    while (connections.length < 2_000)
      connections.push(...(await Promise.all(Array.from({ length: 100 }, () => victim.dial()))));
    const segment = Buffer.concat([Buffer.from(request()), frame(TEXT, "2probe")]);
    const costMs = await cpuMsOf(async () => {
      for (const connection of connections) connection.write(segment);
      await Promise.all(
        connections.map((connection) => connection.until(/3probe|\r\n\r\n.*\x88|^HTTP\/1\.1 400 /s)),
      );
    });
    const winners = connections.filter(({ received }) => received.includes("3probe"));
    expect(winners).to.have.length(1);
    expect(costMs).to.be.below(10_000);
    const upgraded = once(session.socket, "upgrade");
    winners[0]?.write(frame(TEXT, "5"));
    await upgraded;
    expect([session.socket.transport.name, victim.sessions]).to.deep.equal(["websocket", 1]);
    for (const connection of connections) if (connection !== winners[0]) connection.cut();
    await victim.expectOthersUnharmed();
    expect(session.socket.readyState).to.equal("open");
  });

  it("are refused once the session has moved", async () => {
    const upgraded = once(session.socket, "upgrade");
    await attempt(frame(TEXT, "2probe"), frame(TEXT, "5"));
    await upgraded;
    const second = await attempt(frame(TEXT, "2probe"));
    await second.until(/^HTTP\/1\.1 400 .*"Bad request"/s);
    expect(session.socket.readyState).to.equal("open");
  });

  it("are refused for a session that is on its way out", async () => {
    const closed = once(session.socket, "close");
    session.socket.send("last").close();
    const connection = await attempt(frame(TEXT, "2probe"), frame(TEXT, "5"));
    await connection.until(/\x88|^HTTP\/1\.1 400 /);
    expect(connection.received).not.to.include("3probe");
    const { body } = await victim.ask({ path: session.path });
    expect(body).to.match(/^4last/);
    if (!body.endsWith("1")) await victim.ask({ path: session.path });
    expect((await closed)[0]).to.equal("forced close");
  });
});
