import { expect } from "chai";
import { Connection } from "../src/connection.ts";
import { prepareBinary, prepareText } from "../src/prepared-message.ts";
import { limiterOf } from "../src/zlib-limiter.ts";
import { agree, framesIn, inflated, settingsOf } from "./support/deflated.ts";
import { FakeSocket, nextTurn } from "./support/fake-socket.ts";

const TEXT = "prepared ".repeat(200);

function connections(
  count: number,
  deflate: ReturnType<typeof agree> | undefined,
  role: "server" | "client" = "server",
) {
  return Array.from({ length: count }, () => {
    const socket = new FakeSocket(1 << 20);
    return { socket, connection: new Connection(socket, role, {}, undefined, { deflate }) };
  });
}

/** Sends `message` to all, and waits for it to be written. */
async function broadcast(all: ReturnType<typeof connections>, message: ReturnType<typeof prepareText>) {
  await Promise.all(
    all.map(
      ({ connection }) =>
        new Promise<void>((resolve, reject) =>
          connection.sendPrepared(message, (error) => (error === undefined ? resolve() : reject(error))),
        ),
    ),
  );
}

describe("prepared message", () => {
  it("is compressed once for all who agreed on no context takeover, who are written the very same bytes", async () => {
    const all = connections(20, agree("; server_no_context_takeover", { threshold: 0 }));
    const message = prepareText(TEXT);
    for (let round = 0; round < 2; round++) await broadcast(all, message);
    const [first] = all.map(({ socket }) => socket.writes);
    for (const { socket } of all) {
      expect(socket.writes).to.have.length(2);
      for (const write of socket.writes) expect(write).to.equal(first?.[0]);
    }
    const [frame] = framesIn(first?.[0] as Buffer);
    expect(frame?.first).to.equal(0xc1);
    expect(inflated(frame?.payload as Buffer).toString()).to.equal(TEXT);
    for (const { connection } of all) connection.terminate();
  });

  it("is compressed once for each agreement, within its window", async () => {
    const settings = settingsOf({ threshold: 0 });
    let entered = 0;
    const limiter = limiterOf(settings);
    const enter = limiter.enter.bind(limiter);
    limiter.enter = (turn) => {
      entered++;
      enter(turn);
    };
    const agreements = [9, 15].map((serverMaxWindowBits) => ({
      ...agree("; server_no_context_takeover"),
      settings,
      serverMaxWindowBits,
    }));
    const all = agreements.flatMap((agreement) => connections(5, agreement));
    await broadcast(all, prepareText(TEXT));
    await broadcast(all, prepareText(TEXT));
    expect(entered).to.equal(4);
    for (const { connection } of all) connection.terminate();
  });

  it("is compressed for each on its own with context takeover", async () => {
    const all = connections(3, agree("", { threshold: 0 }));
    const message = prepareText(TEXT);
    for (let round = 0; round < 2; round++) await broadcast(all, message);
    for (const { socket, connection } of all) {
      const [first, second] = framesIn(Buffer.concat(socket.writes));
      expect([first?.first, second?.first]).to.deep.equal([0xc1, 0xc1]);
      expect(inflated(first?.payload as Buffer).toString()).to.equal(TEXT);
      expect(second?.payload.length).to.be.lessThan(first?.payload.length as number);
      connection.terminate();
    }
  });

  it("is sent as it is below the threshold, and where nothing was agreed on", async () => {
    for (const deflate of [agree("; server_no_context_takeover", { threshold: 6 }), undefined]) {
      const all = connections(3, deflate);
      const message = prepareBinary(Buffer.from("Hello"));
      await broadcast(all, message);
      for (const { socket, connection } of all) {
        expect(socket.writes[0]).to.equal(message.frame);
        connection.terminate();
      }
    }
  });

  it("is masked by a client, compressed or not", async () => {
    for (const deflate of [
      agree("; client_no_context_takeover", { threshold: 0 }),
      agree("", { threshold: 0 }),
      undefined,
    ]) {
      const all = connections(2, deflate, "client");
      const before = prepareText("Hello");
      const wire = before.frame.toString("hex");
      await broadcast(all, before);
      for (const { socket, connection } of all) {
        const bytes = Buffer.concat(socket.writes);
        expect(bytes.readUInt8(1) & 0x80).to.equal(0x80);
        const [frame] = framesIn(bytes);
        expect(frame?.first).to.equal(deflate === undefined ? 0x81 : 0xc1);
        expect(
          (deflate === undefined ? frame?.payload : inflated(frame?.payload as Buffer))?.toString(),
        ).to.equal("Hello");
        connection.terminate();
      }
      expect(before.frame.toString("hex")).to.equal(wire);
    }
  });

  it("goes out as the end of a message that has begun, compressed as that began", async () => {
    for (const [compress, first] of [
      [false, 0x02],
      [true, 0x42],
    ] as const) {
      const [one] = connections(1, agree("; server_no_context_takeover", { threshold: 0 }));
      if (one === undefined) return;
      one.connection.send({ opcode: 2, data: Buffer.from("be"), fin: false, compress });
      await broadcast([one], prepareText("gun"));
      await broadcast([one], prepareText("next"));
      const frames = framesIn(Buffer.concat(one.socket.writes));
      expect(frames.map((frame) => frame.first)).to.deep.equal([first, 0x80, 0xc1]);
      const payload = Buffer.concat(frames.slice(0, 2).map((frame) => frame.payload));
      expect((compress ? inflated(payload) : payload).toString()).to.equal("begun");
      one.connection.terminate();
    }
  });

  it("reaches the others when one that waits for its compression is gone", async () => {
    const all = connections(4, agree("; server_no_context_takeover", { threshold: 0, concurrencyLimit: 1 }));
    const message = prepareText(TEXT);
    const lost = new Promise<Error | undefined>((resolve) =>
      all[0]?.connection.sendPrepared(message, resolve),
    );
    const rest = broadcast(all.slice(1), message);
    all[0]?.connection.terminate();
    expect(await lost).to.include({ code: "WS_ERR_NOT_OPEN" });
    await rest;
    expect(all[0]?.socket.writes).to.have.length(0);
    for (const { connection } of all) connection.terminate();
    await nextTurn();
  });

  it("is compressed once for all who ask while that is under way, and after", async () => {
    const agreement = agree();
    const message = prepareText("Hello");
    const ask = () =>
      new Promise<Buffer>((resolve) => message.compress(agreement, (_error, frame) => resolve(frame)));
    const frames = [...(await Promise.all([ask(), ask()])), await ask()];
    for (const frame of frames) expect(frame).to.equal(frames[0]);
    expect(frames[0]?.toString("hex")).to.equal("c107f248cdc9c90700");
  });
});
