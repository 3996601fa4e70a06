import { expect } from "chai";
import { CLOSE, frame } from "./support/bytes.ts";
import { framesIn } from "./support/deflated.ts";
import { nextTurn } from "./support/fake-socket.ts";
import { RawClient } from "./support/raw-client.ts";
import { UpgradeServer } from "./support/upgrade-server.ts";

describe("large frames to a TCP socket", () => {
  /** Different in every byte's neighbourhood, so that memory which was used again too early shows. */
  const message = (index: number, length: number): Buffer => Buffer.alloc(length, `<${index}>`);

  for (const [title, pausing] of [
    ["a peer that reads", false],
    ["a peer that reads nothing until all is sent", true],
  ] as const)
    it(`arrive as they were sent, one in a turn, at ${title}`, async () => {
      const server = await UpgradeServer.listen();
      const client = await RawClient.upgrade(server.port);
      const { connection } = await server.accepted();
      const bystander = await RawClient.upgrade(server.port);
      const other = (await server.accepted()).connection;
      if (pausing) client.socket.pause();
      const lengths = [8_192, 16_384, 65_536 - 10, 60_000, 40_000];
      const sent = Array.from({ length: 200 }, (_, i) => message(i, lengths[i % lengths.length] as number));
      for (const each of sent) {
        connection.sendBinary(each);
        await nextTurn();
        other.sendBinary(Buffer.alloc(65_000, "!"));
        await nextTurn();
      }
      if (pausing) {
        expect(connection.bufferedAmount).to.be.above(0);
        client.socket.resume();
      }
      connection.close();
      client.send(frame(CLOSE, ""));
      const frames = framesIn(await client.readToEnd());
      expect(frames).to.have.length(sent.length + 1);
      for (const [i, each] of sent.entries()) expect(frames[i]?.payload.equals(each)).to.equal(true);
      client.destroy();
      bystander.destroy();
      await server.close();
    });
});
