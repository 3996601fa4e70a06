import { once } from "node:events";
import { expect } from "chai";
import { Connection } from "../src/connection.ts";
import { prepareText } from "../src/prepared-message.ts";
import { BINARY, CLOSE, frame, hex, PING, TEXT } from "./support/bytes.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";
import { RawClient } from "./support/raw-client.ts";
import { Recorder } from "./support/recorder.ts";
import { runningTimers } from "./support/timers.ts";
import { UpgradeServer } from "./support/upgrade-server.ts";

describe("connection", () => {
  describe("with a peer over TCP", () => {
    let server: UpgradeServer;
    beforeEach(async () => {
      server = await UpgradeServer.listen({ maxPayload: 1000, maxFragments: 5 });
    });
    afterEach(() => server.close());

    it("takes messages and pings and sends what its owner answers", async () => {
      const client = await RawClient.upgrade(server.port);
      const { connection, recorder } = await server.accepted();
      recorder.onMessage = (data) =>
        typeof data === "string" ? connection.sendText(data) : connection.sendBinary(data);
      client.send(Buffer.concat([frame(TEXT, "Hello"), frame(PING, "p"), frame(BINARY, hex("00ff"))]));
      expect((await client.read(7 + 3 + 4)).toString("hex")).to.equal("810548656c6c6f8a0170820200ff");
      expect(recorder.events).to.deep.equal([
        ["text", "Hello"],
        ["ping", "70"],
        ["binary", "00ff"],
      ]);
      client.destroy();
      expect((await recorder.closed()).slice(0, 3)).to.deep.equal(["close", 1006, ""]);
    });

    it("answers a close frame with its code and reason, ends TCP and tells code and reason", async () => {
      const client = await RawClient.upgrade(server.port);
      const { recorder } = await server.accepted();
      client.send(frame(CLOSE, Buffer.concat([hex("0fa0"), Buffer.from("bye")])));
      expect((await client.readToEnd()).toString("hex")).to.equal("88050fa0627965");
      expect(await recorder.closed()).to.deep.equal(["close", 4000, "bye", undefined]);
    });

    it("answers an empty close frame with an empty one and tells 1005", async () => {
      const client = await RawClient.upgrade(server.port);
      const { recorder } = await server.accepted();
      client.send(frame(CLOSE, ""));
      expect((await client.readToEnd()).toString("hex")).to.equal("8800");
      expect(await recorder.closed()).to.deep.equal(["close", 1005, "", undefined]);
    });

    it("reads nothing after a close frame", async () => {
      const client = await RawClient.upgrade(server.port);
      const { recorder } = await server.accepted();
      client.send(Buffer.concat([frame(CLOSE, hex("03e8")), frame(TEXT, "late"), frame(0xff, "nonsense")]));
      await client.readToEnd();
      await recorder.closed();
      expect(recorder.events).to.deep.equal([["close", 1000, "", undefined]]);
    });

    it("sends what was queued before its close frame, and nothing after it", async () => {
      const client = await RawClient.upgrade(server.port);
      const { connection, recorder } = await server.accepted();
      connection.sendText("last");
      connection.close(1001, "gone");
      connection.sendText("dropped");
      connection.close(1000);
      expect(connection.state).to.equal("closing");
      expect((await client.read(6 + 8)).toString("hex")).to.equal(
        `81046c617374880603e9${Buffer.from("gone").toString("hex")}`,
      );
      client.send(frame(TEXT, "on its way"));
      client.send(frame(CLOSE, hex("03e9")));
      expect(await client.readToEnd()).to.have.length(0);
      expect(await recorder.closed()).to.deep.equal(["close", 1001, "", undefined]);
      expect(recorder.events[0]).to.deep.equal(["text", "on its way"]);
    });

    const FAULTS: readonly [name: string, wire: Buffer, closeCode: number, fault: string][] = [
      ["RSV1", frame(0xc1, "x"), 1002, "WS_ERR_UNEXPECTED_RSV_1"],
      ["RSV2", frame(0xa1, "x"), 1002, "WS_ERR_UNEXPECTED_RSV_2_3"],
      ["RSV3", frame(0x91, "x"), 1002, "WS_ERR_UNEXPECTED_RSV_2_3"],
      ["a reserved data opcode", frame(0x83, "x"), 1002, "WS_ERR_INVALID_OPCODE"],
      ["a reserved control opcode", frame(0x8b, "x"), 1002, "WS_ERR_INVALID_OPCODE"],
      ["an unmasked frame", frame(TEXT, "x", null), 1002, "WS_ERR_EXPECTED_MASK"],
      ["a ping of 126 bytes", frame(PING, Buffer.alloc(126)), 1002, "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH"],
      ["a fragmented ping", frame(0x09, "x"), 1002, "WS_ERR_EXPECTED_FIN"],
      ["a continuation of nothing", frame(0x80, "x"), 1002, "WS_ERR_INVALID_OPCODE"],
      [
        "a message in a message",
        Buffer.concat([frame(1, "x"), frame(TEXT, "y")]),
        1002,
        "WS_ERR_INVALID_OPCODE",
      ],
      ["a length not in its shortest form", hex("82fe 0001 00000000 00"), 1002, "WS_ERR_NON_MINIMAL_LENGTH"],
      [
        "a length with the top bit set",
        hex("82ff ffffffffffffffff 00000000"),
        1009,
        "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
      ],
      [
        "a length above 2^53",
        hex("82ff 0020000000000000 00000000"),
        1009,
        "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
      ],
      ["a header above maxPayload", hex("82fe 03e9 00000000"), 1009, "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"],
      [
        "fragments above maxPayload",
        Buffer.concat([frame(2, Buffer.alloc(900)), frame(0, Buffer.alloc(101))]),
        1009,
        "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
      ],
      [
        "too many fragments",
        Buffer.concat([frame(2, ""), ...Array(9).fill(frame(0, ""))]),
        1008,
        "WS_ERR_TOO_MANY_BUFFERED_PARTS",
      ],
      ["text that is not UTF-8", frame(TEXT, hex("ff")), 1007, "WS_ERR_INVALID_UTF8"],
      ["a close reason that is not UTF-8", frame(CLOSE, hex("03e8 ff")), 1007, "WS_ERR_INVALID_UTF8"],
      ["a close frame of one byte", frame(CLOSE, hex("03")), 1002, "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH"],
      ["close code 1005", frame(CLOSE, hex("03ed")), 1002, "WS_ERR_INVALID_CLOSE_CODE"],
      ["close code 0", frame(CLOSE, hex("0000")), 1002, "WS_ERR_INVALID_CLOSE_CODE"],
    ];
    for (const [name, wire, closeCode, fault] of FAULTS)
      it(`closes with ${closeCode} on ${name}, and other connections go on`, async () => {
        const bystander = await RawClient.upgrade(server.port);
        const { connection: other, recorder: otherRecorder } = await server.accepted();
        const client = await RawClient.upgrade(server.port);
        const { recorder } = await server.accepted();
        client.send(wire);
        client.send(frame(TEXT, "late"));
        const answer = await client.readToEnd();
        expect(answer.readUInt8(0)).to.equal(CLOSE);
        expect(answer.readUInt16BE(2)).to.equal(closeCode);
        expect(await recorder.closed()).to.deep.equal(["close", 1006, "", fault]);
        expect(recorder.events).to.have.length(1);

        other.sendText("still here");
        expect((await bystander.read(12)).toString("latin1", 2)).to.equal("still here");
        bystander.destroy();
        await otherRecorder.closed();
      });

    it("closes with 1002 on an invalid frame in the segment of the handshake", async () => {
      const client = await RawClient.upgrade(server.port, frame(0xf1, "x"));
      const { recorder } = await server.accepted();
      expect((await client.readToEnd()).toString("hex")).to.match(/^88..03ea/);
      expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_UNEXPECTED_RSV_1"]);
    });

    it("reads frames in the segment of the handshake only after the sink could be set", async () => {
      const late = new Recorder();
      server.onAccepted = ({ connection }) => {
        connection.sink = late;
      };
      const client = await RawClient.upgrade(server.port, frame(TEXT, "early"));
      expect(await late.wait(1)).to.deep.equal([["text", "early"]]);
      client.destroy();
      await late.closed();
    });

    it("tells 1006 once when the peer ends without a close frame", async () => {
      const client = await RawClient.upgrade(server.port);
      const { connection, recorder } = await server.accepted();
      client.socket.end();
      expect(await recorder.closed()).to.deep.equal(["close", 1006, "", undefined]);
      connection.sendText("x");
      connection.close();
      connection.terminate();
      await nextTurn();
      expect(recorder.events).to.have.length(1);
      expect(connection.state).to.equal("closed");
    });

    it("tells 1006 once when the peer resets in the midst of a frame", async () => {
      const client = await RawClient.upgrade(server.port);
      const { recorder } = await server.accepted();
      client.send(frame(PING, ""));
      await recorder.wait(1);
      client.send(frame(BINARY, Buffer.alloc(500)).subarray(0, 100));
      client.socket.resetAndDestroy();
      // Whether the kernel tells of the reset, or only of an end, is its own affair.
      expect((await recorder.closed()).slice(0, 3)).to.deep.equal(["close", 1006, ""]);
      await nextTurn();
      expect(recorder.events).to.have.length(2);
    });

    it("cuts the connection on terminate", async () => {
      const client = await RawClient.upgrade(server.port);
      const { connection, recorder } = await server.accepted();
      connection.terminate();
      expect(connection.isOpen).to.equal(false);
      expect(await recorder.closed()).to.deep.equal(["close", 1006, "", undefined]);
      client.destroy();
    });
  });

  it("cuts a peer that does not finish the closing handshake within closeTimeout", async () => {
    const server = await UpgradeServer.listen({ closeTimeout: 20 });
    const client = await RawClient.upgrade(server.port);
    const { connection, recorder } = await server.accepted();
    connection.close(1000);
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_CLOSE_TIMEOUT"]);
    client.destroy();
    await server.close();
  });

  it("cuts a peer that keeps TCP open after the closing handshake", async () => {
    const server = await UpgradeServer.listen({ closeTimeout: 20 });
    const client = await RawClient.upgrade(server.port);
    const { recorder } = await server.accepted();
    client.send(frame(CLOSE, hex("03e8")));
    expect(await recorder.closed()).to.deep.equal(["close", 1000, "", undefined]);
    client.destroy();
    await server.close();
  });

  it("cuts a peer that reads too slowly, once maxBufferedAmount is exceeded", async () => {
    const server = await UpgradeServer.listen({ maxBufferedAmount: 1 << 20 });
    const client = await RawClient.upgrade(server.port);
    client.socket.pause();
    const { connection, recorder } = await server.accepted();
    let most = 0;
    while (connection.isOpen) {
      connection.sendText("x".repeat(60_000));
      most = Math.max(most, connection.bufferedAmount);
      await nextTurn();
    }
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_SEND_BUFFER_FULL"]);
    expect(most).to.be.within((1 << 20) - 100_000, 1 << 20);
    client.destroy();
    await server.close();
  });

  it("tells onDrain when what was sent has been taken", async () => {
    const socket = new FakeSocket();
    let drains = 0;
    const connection = new Connection(
      socket,
      "server",
      {},
      {
        onText() {},
        onBinary() {},
        onDrain() {
          drains++;
        },
        onClose() {},
      },
    );
    socket.stall();
    connection.sendText("x".repeat(100));
    await nextTurn();
    expect(drains).to.equal(0);
    expect(connection.bufferedAmount).to.equal(102);
    socket.resumeWriting();
    await nextTurn();
    expect(drains).to.equal(1);
    expect(connection.bufferedAmount).to.equal(0);
    connection.terminate();
  });

  it("runs listeners outside its own error handling, and goes on with the rest of the chunk afterwards", async () => {
    const socket = new FakeSocket();
    const texts: string[] = [];
    new Connection(
      socket,
      "server",
      {},
      {
        onText(text) {
          texts.push(text);
          if (text === "a") throw new RangeError("listener");
        },
        onBinary() {},
        onClose() {},
      },
    );
    const wire = Buffer.concat([frame(TEXT, "a"), frame(TEXT, "b")]);
    expect(() => socket.emit("data", wire)).to.throw(RangeError, "listener");
    socket.emit("data", frame(TEXT, "c"));
    expect(texts).to.deep.equal(["a", "b", "c"]);
    socket.destroy();
  });

  it("tells 1006 and the error once when the stream fails", async () => {
    const socket = new FakeSocket();
    const recorder = new Recorder();
    const connection = new Connection(socket, "server", {}, recorder);
    connection.sendText("x");
    socket.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    connection.sendText("y");
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "ECONNRESET"]);
    await nextTurn();
    expect(recorder.events).to.have.length(1);
  });

  it("tells no error when both close frames had been exchanged before the stream failed", async () => {
    const socket = new FakeSocket();
    const recorder = new Recorder();
    new Connection(socket, "server", {}, recorder);
    socket.push(frame(CLOSE, hex("03e8")));
    await nextTurn();
    socket.destroy(new Error("reset"));
    expect(await recorder.closed()).to.deep.equal(["close", 1000, "", undefined]);
  });

  it("closes on a stream that was gone before it came", async () => {
    const socket = new FakeSocket();
    socket.destroy();
    await nextTurn();
    const recorder = new Recorder();
    new Connection(socket, "server", {}, recorder);
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", undefined]);
  });

  it("says goodbye on a stream whose peer had ended before it came", async () => {
    const socket = new FakeSocket();
    socket.push(null);
    await once(socket.resume(), "end");
    const recorder = new Recorder();
    new Connection(socket, "server", {}, recorder);
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", undefined]);
    expect(socket.writableFinished).to.equal(true);
  });

  it("lifts the socket's idle timeout and its delay of small writes", () => {
    const calls: string[] = [];
    const socket = Object.assign(new FakeSocket(), {
      setTimeout: (ms: number) => calls.push(`timeout ${ms}`),
      setNoDelay: () => calls.push("no delay"),
    });
    new Connection(socket, "server").terminate();
    expect(calls).to.deep.equal(["timeout 0", "no delay"]);
  });

  it("leaves no timer behind", async () => {
    await nextTurn();
    const before = runningTimers();
    const socket = new FakeSocket();
    const recorder = new Recorder();
    const connection = new Connection(socket, "server", {}, recorder);
    connection.close(1000);
    expect(runningTimers()).to.equal(before + 1);
    socket.push(frame(CLOSE, hex("03e8")));
    socket.push(null);
    await recorder.closed();
    expect(runningTimers()).to.equal(before);
  });

  it("keeps nothing of what comes after a close frame", async () => {
    const socket = new FakeSocket();
    const recorder = new Recorder();
    new Connection(socket, "server", {}, recorder);
    socket.emit("data", Buffer.concat([frame(CLOSE, hex("03e8")), frame(TEXT, "late")]));
    const before = process.memoryUsage().arrayBuffers;
    const flood = Buffer.alloc(50_000);
    for (let i = 0; i < 200; i++) socket.emit("data", flood);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(1_000_000);
    socket.push(null);
    await recorder.closed();
    expect(recorder.events).to.have.length(1);
  });

  it("answers no ping after its close frame", async () => {
    const socket = new FakeSocket();
    const recorder = new Recorder();
    const connection = new Connection(socket, "server", {}, recorder);
    connection.close(1000);
    socket.push(frame(PING, "p"));
    await recorder.wait(1);
    await nextTurn();
    expect(socket.taken()).to.deep.equal(["880203e8"]);
    connection.terminate();
    await recorder.closed();
  });

  it("as client, ends TCP itself when it finds a fault", async () => {
    const socket = new FakeSocket();
    const recorder = new Recorder();
    new Connection(socket, "client", {}, recorder);
    socket.push(frame(TEXT, "masked"));
    await nextTurn();
    expect(socket.writableEnded).to.equal(true);
    socket.push(null);
    expect(await recorder.closed()).to.deep.equal(["close", 1006, "", "WS_ERR_UNEXPECTED_MASK"]);
  });

  it("as client, leaves it to the server to end TCP", async () => {
    const socket = new FakeSocket();
    const recorder = new Recorder();
    const connection = new Connection(socket, "client", {}, recorder);
    socket.push(frame(CLOSE, hex("03e8"), null));
    await nextTurn();
    expect(connection.state).to.equal("ending");
    expect(socket.writes).to.have.length(1);
    expect(socket.writableEnded).to.equal(false);
    socket.push(null);
    expect(await recorder.closed()).to.deep.equal(["close", 1000, "", undefined]);
  });

  it("sends a prepared message", async () => {
    const socket = new FakeSocket();
    const connection = new Connection(socket, "server");
    connection.sendPrepared(prepareText("Hello"));
    connection.ping(hex("01"));
    connection.pong();
    await nextTurn();
    expect(socket.taken().join("")).to.equal("810548656c6c6f8901018a00");
    connection.terminate();
  });

  it("refuses arguments it cannot carry", () => {
    const connection = new Connection(new FakeSocket(), "server");
    expect(() => connection.close(1005)).to.throw(TypeError);
    expect(() => connection.close(1000, "x".repeat(124))).to.throw(RangeError);
    expect(() => connection.ping(Buffer.alloc(126))).to.throw(RangeError);
    expect(connection.isOpen).to.equal(true);
    connection.terminate();
  });

  it("refuses options that would lift a limit", () => {
    for (const maxPayload of [0, -1, 1.5, Number.POSITIVE_INFINITY, Number.NaN, 2 ** 53])
      expect(() => new Connection(new FakeSocket(), "server", { maxPayload })).to.throw(
        TypeError,
        "maxPayload",
      );
    expect(() => new Connection(new FakeSocket(), "server", { maxPayload: 2 ** 32 })).not.to.throw();
  });
});
