import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { expect } from "chai";
import { visitByPolling, visitByUpgrade } from "../src/load/engine-visits.ts";
import { encodeServerFrame } from "../src/load/frame.ts";
import { answer, stubServer } from "./support/engine-stub.ts";
import { failure } from "./support/failure.ts";
import type { RawServer } from "./support/raw-server.ts";

/** What a server has to do in an upgrade, in the order in which it has to do it; a test changes one of them. */
const STEPS = {
  handshake: '0{"sid":"abc","upgrades":["websocket"]}',
  probe: "3probe",
  lastPoll: "6",
  echo: (text: string) => text,
  farewell: "880203e8",
};

const acceptOf = (head: string): string => {
  const key = /Sec-WebSocket-Key: (\S+)/.exec(head)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
};

/** The text of each short client frame in `bytes`; of the closing frame, its hex. */
function framesOf(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt8(at + 1) & 0x7f;
    const key = bytes.subarray(at + 2, at + 6);
    const payload = bytes
      .subarray(at + 6, at + 6 + size)
      .map((byte, index) => byte ^ key.readUInt8(index & 3));
    frames.push(Buffer.from(payload).toString(bytes.readUInt8(at) === 0x81 ? "utf8" : "hex"));
    at += 6 + size;
  }
  return frames;
}

describe("visits of Engine.IO clients", () => {
  let server: RawServer | undefined;
  let said: string[];

  beforeEach(() => {
    said = [];
  });
  afterEach(() => server?.close());

  function serve(steps: typeof STEPS): Promise<number> {
    let poll: Socket | undefined;
    const onFrame = (text: string, socket: Socket) => {
      said.push(text);
      const send = (reply: string) => socket.write(encodeServerFrame("text", Buffer.from(reply)));
      if (text === "2probe") {
        send(steps.probe);
        if (poll !== undefined) answer(poll, 200, steps.lastPoll);
      } else if (text.startsWith("4")) send(steps.echo(text));
      else if (text === "03e8") socket.end(Buffer.from(steps.farewell, "hex"));
    };
    server = stubServer(({ target, head }, socket) => {
      if (target.includes("transport=websocket")) {
        said.push("upgrade");
        socket.removeAllListeners("data").on("data", (bytes) => {
          for (const text of framesOf(bytes)) onFrame(text, socket);
        });
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ${acceptOf(head)}\r\n\r\n`);
      } else if (target.includes("sid=abc")) {
        said.push("poll");
        poll = socket;
      } else answer(socket, 200, steps.handshake);
    });
    return server.listen();
  }

  it("move to WebSocket as the protocol has it, and leave nothing open", async () => {
    const port = await serve(STEPS);
    await visitByUpgrade(port);
    expect(said.slice(0, 4)).to.have.members(["poll", "upgrade", "2probe", "5"]);
    expect(said[2]).to.equal("2probe");
    expect(said[3]).to.equal("5");
    expect(said[4]).to.match(/^4\d+\.0\.+The quick brown fox $/);
    expect(said[5]).to.equal("03e8");
    expect(said).to.have.length(6);
    await visitByUpgrade(port);
    expect(said[10], "the message of the next visit").to.match(/^4/).and.not.equal(said[4]);
  });

  const faults: readonly [what: string, steps: Partial<typeof STEPS>, message: RegExp][] = [
    ["there is no session", { handshake: "0{}" }, /^Engine\.IO handshake: no session/],
    [
      "the probe is not answered as one",
      { probe: "3prove" },
      /^answer to the probe: expected "3probe"…, got "3prove"/,
    ],
    ["the last poll is not let go", { lastPoll: "1" }, /^the last poll: expected "200 6"…, got "200 1"/],
    ["the echo is changed", { echo: (text) => text.replace("The", "Tha") }, /^echo: expected "4.*Tha/],
    ["the closing frame is another", { farewell: "880203e9" }, /^closing handshake/],
  ];
  for (const [what, steps, message] of faults)
    it(`fail when ${what}`, async () => {
      const port = await serve({ ...STEPS, ...steps });
      expect((await failure(visitByUpgrade(port))).message).to.match(message);
    });

  it("close a session on polling while a poll waits", async () => {
    let poll: Socket | undefined;
    const posted: string[] = [];
    server = stubServer(({ method, target, body }, socket) => {
      if (!target.includes("sid=abc")) answer(socket, 200, STEPS.handshake);
      else if (method === "GET") poll = socket;
      else {
        posted.push(body);
        answer(socket, 200, "ok");
        if (poll !== undefined) answer(poll, 200, "6");
      }
    });
    await visitByPolling(await server.listen());
    expect(posted).to.deep.equal(["1"]);
  });
});
