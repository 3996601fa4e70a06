import { createHash } from "node:crypto";
import { expect } from "chai";
import { tcp, websocket } from "../src/load/dialect.ts";
import { closeConnection, openConnection } from "../src/load/open-connections.ts";
import { failure } from "./support/failure.ts";
import { RawServer } from "./support/raw-server.ts";

const acceptOf = (request: string): string => {
  const key = /Sec-WebSocket-Key: (\S+)/.exec(request)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
};

const accepted = (accept: string): string =>
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;

describe("dialects of the load generator", () => {
  let server: RawServer | undefined;

  /** Answers the handshake properly, and the closing frame with `farewell` before it ends the connection. */
  const serve = (farewell: Buffer) => {
    server = new RawServer((socket) => {
      socket.once("data", (request) => {
        socket.write(accepted(acceptOf(request.toString())));
        socket.once("data", () => socket.end(farewell));
      });
    });
    return server.listen();
  };

  afterEach(() => server?.close());

  it("takes a WebSocket for open that answers its very key, and for closed that returns the status", async () => {
    const connection = await openConnection(await serve(Buffer.from("880203e8", "hex")), websocket, 1024);
    await closeConnection(connection, websocket);
  });

  it("refuses an accept key that belongs to another handshake", async () => {
    server = new RawServer((socket) => socket.write(accepted("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
    const cause = await failure(openConnection(await server.listen(), websocket, 1024));
    expect(cause.message).to.match(
      /^WebSocket handshake: expected the accept key \S{28}, got s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=$/,
    );
  });

  it("refuses an answer without an accept key", async () => {
    server = new RawServer((socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    const cause = await failure(openConnection(await server.listen(), websocket, 1024));
    expect(cause.message).to.match(/, got none$/);
  });

  for (const [what, farewell, message] of [
    ["another status", "880203e9", 'closing handshake: expected "880203e8"…, got "880203e9"'],
    ["more after the closing frame", "880203e88100", "2 bytes after the last that were due"],
    ["no closing frame", "", "the server closed the connection"],
  ] as const)
    it(`refuses ${what} at the end`, async () => {
      const connection = await openConnection(await serve(Buffer.from(farewell, "hex")), websocket, 1024);
      expect((await failure(closeConnection(connection, websocket))).message).to.equal(message);
    });

  it("ends a TCP connection and waits for the other side to do so", async () => {
    let ends = 0;
    server = new RawServer((socket) => socket.on("end", () => ends++));
    const connection = await openConnection(await server.listen(), tcp, 1024);
    await closeConnection(connection, tcp);
    expect(ends).to.equal(1);
  });
});
