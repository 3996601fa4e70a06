import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { type Dialect, socketIo, tcp } from "../src/load/dialect.ts";
import { EchoLoad } from "../src/load/echo-load.ts";
import { eventPayload } from "../src/load/payload.ts";
import { listen } from "../src/peers/listen.ts";
import { failure } from "./support/failure.ts";

const SHAPE = { connections: 3, inFlight: 2, payloadBytes: 32, makePayload: eventPayload };
const LAP_MS = 20;
const DRAIN_TIMEOUT_MS = 50;

describe("echo load", () => {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let load: EchoLoad | undefined;

  async function serve(onBytes: (socket: Socket, bytes: Buffer) => void): Promise<number> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("data", (bytes) => onBytes(socket, bytes)).on("error", () => {});
    });
    return listen(server);
  }

  async function run(onBytes: (socket: Socket, bytes: Buffer) => void) {
    load = await EchoLoad.open(await serve(onBytes), tcp, SHAPE, DRAIN_TIMEOUT_MS);
    return load.run(LAP_MS);
  }

  afterEach(async () => {
    load?.close();
    load = undefined;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    if (server?.listening) await once(server.close(), "close");
  });

  it("counts as many messages as the server answered", async () => {
    let bytesAnswered = 0;
    const { operations, seconds } = await run((socket, bytes) => {
      bytesAnswered += bytes.length;
      socket.write(bytes);
    });
    // 45 bytes of text and 6 of masked frame.
    expect(operations).to.equal(bytesAnswered / 51);
    expect(operations).to.be.at.least(SHAPE.connections * SHAPE.inFlight);
    expect(seconds).to.be.at.least((LAP_MS - 1) / 1000);
  });

  it("goes on where the last run ended", async () => {
    await run((socket, bytes) => socket.write(bytes));
    const again = await load?.run(LAP_MS);
    expect(again?.operations).to.be.at.least(SHAPE.connections * SHAPE.inFlight);
  });

  it("fails when a message is dropped", async () => {
    let first = true;
    const cause = await failure(
      run((socket, bytes) => {
        if (!first) socket.write(bytes);
        first = false;
      }),
    );
    expect(cause.message).to.match(/^[12] answers missing 50 ms after the last message$/);
  });

  it("fails at once when run again after a failure", async () => {
    const cause = await failure(run(() => {}));
    expect(cause.message).to.equal("6 answers missing 50 ms after the last message");
    expect(await failure(load?.run(60_000) ?? Promise.resolve())).to.equal(cause);
  });

  it("fails when a message is changed", async () => {
    const cause = await failure(
      run((socket, bytes) => {
        bytes.writeUInt8(0, bytes.length - 1);
        socket.write(bytes);
      }),
    );
    expect(cause.message).to.match(/^a wrong answer: /);
  });

  it("fails when more comes back than was sent", async () => {
    const sent = new Map<Socket, Buffer>();
    const cause = await failure(
      run((socket, bytes) => {
        // The first four messages are the whole ring, so that repeating it is right byte by byte.
        const ring = Buffer.concat([sent.get(socket) ?? Buffer.alloc(0), bytes]);
        sent.set(socket, ring);
        socket.write(ring.length === 204 ? Buffer.concat([bytes, ring]) : bytes);
      }),
    );
    expect(cause.message).to.equal("more answers than messages");
  });

  it("fails when the server closes a connection", async () => {
    const cause = await failure(run((socket) => socket.end()));
    expect(cause.message).to.equal("the server closed the connection");
  });

  it("checks what comes with the end of the handshake, too", async () => {
    const port = await serve(() => {});
    server?.on("connection", (socket) => socket.write(`hi${"x".repeat(51)}`));
    const greeted: Dialect = {
      ...tcp,
      open: (connection) =>
        connection.read((bytes) => (bytes.length > 2 ? { value: undefined, size: 2 } : undefined)),
    };
    load = await EchoLoad.open(port, greeted, SHAPE);
    expect((await failure(load.run(LAP_MS))).message).to.match(/^a wrong answer: .*, got "xxx/);
  });

  it("fails to open against a server that speaks something else", async () => {
    const port = await serve((socket) => socket.end("HTTP/1.1 404 Not Found\r\n\r\n"));
    const cause = await failure(EchoLoad.open(port, socketIo, SHAPE));
    expect(cause.message).to.equal(
      'WebSocket handshake: expected "HTTP/1.1 101 "…, got "HTTP/1.1 404 Not Found"',
    );
  });

  it("fails to open where nobody listens", async () => {
    const port = await serve(() => {});
    if (server !== undefined) await once(server.close(), "close");
    const cause = await failure(EchoLoad.open(port, tcp, SHAPE).then((opened) => opened.run(LAP_MS)));
    expect(cause.message).to.contain("ECONNREFUSED");
  });
});
