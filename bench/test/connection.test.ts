import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { Connection, type Parser } from "../src/load/connection.ts";
import { LoadFailure } from "../src/load/load-failure.ts";
import { listen } from "../src/peers/listen.ts";
import { failure } from "./support/failure.ts";

const line: Parser<string> = (bytes) => {
  const end = bytes.indexOf("\n");
  return end < 0 ? undefined : { value: bytes.toString("latin1", 0, end), size: end + 1 };
};

describe("connection of the load generator", () => {
  let server: Server;
  let connection: Connection;
  let remote: Socket;
  let port: number;

  beforeEach(async () => {
    server = createServer();
    const accepted = once(server, "connection");
    port = await listen(server);
    connection = new Connection(port, 4096);
    remote = (await accepted)[0] as Socket;
    remote.on("error", () => {});
  });

  afterEach(async () => {
    connection.close();
    remote.destroy();
    await once(server.close(), "close");
  });

  it("reads one value after another, however they arrive", async () => {
    remote.write("one\ntwo\nth");
    expect([await connection.read(line), await connection.read(line)]).to.deep.equal(["one", "two"]);
    const third = connection.read(line);
    remote.write("ree\n");
    expect(await third).to.equal("three");
  });

  it("hands what was left of the conversation to the sink first, then every read", async () => {
    remote.write("one\nrest");
    await connection.read(line);
    const texts: string[] = [];
    const complete = new Promise<void>((resolve) => {
      connection.stream(
        (bytes, length) => {
          texts.push(bytes.toString("latin1", 0, length));
          if (texts.join("").endsWith("more")) resolve();
        },
        () => {},
      );
    });
    remote.write("more");
    await complete;
    expect(texts.join("")).to.equal("restmore");
  });

  it("rejects a read when the server closes, and tells whoever streams later", async () => {
    remote.end();
    const cause = await connection.read(line).catch((error: unknown) => error);
    expect(cause).to.be.instanceOf(LoadFailure);
    const losses: Error[] = [];
    connection.stream(
      () => {},
      (loss) => losses.push(loss),
    );
    expect(losses).to.deep.equal([cause]);
  });

  it("says when there is a connection, or that there is none", async () => {
    await connection.connected();
    remote.destroy();
    await connection.closed();
    expect((await failure(connection.connected())).message).to.equal("the server closed the connection");
  });

  it("waits for the server to close the connection, having ended its own side or not", async () => {
    const closed = connection.closed();
    connection.end();
    await closed;
    await connection.closed();
  });

  it("fails to close when the server sends more, or resets the connection", async () => {
    remote.end("more");
    expect((await failure(connection.closed())).message).to.equal("4 bytes after the last that were due");
    const second = new Connection(port, 4096);
    const accepted = once(server, "connection");
    const closed = failure(second.closed());
    ((await accepted)[0] as Socket).on("error", () => {}).resetAndDestroy();
    expect((await closed).message).to.contain("ECONNRESET");
  });

  it("gives up on a server that sends without end before the first message", async () => {
    remote.write("x".repeat(65 * 1024));
    const cause = await connection.read(line).catch((error: unknown) => error);
    expect((cause as Error).message).to.equal("the server sent more than 64 KiB before the first message");
  });
});
