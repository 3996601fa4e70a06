import { once } from "node:events";
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type AttachOptions, attachTo } from "@towline/engine.io";
import { expect } from "chai";

let http: HttpServer;
const taken: string[] = [];

async function start(options: AttachOptions = {}): Promise<number> {
  http = createServer((_request, response) => response.end("elsewhere"));
  attachTo(
    http,
    {
      handleRequest: (request, response) => {
        taken.push(`request ${request.url}`);
        response.end("ours");
      },
      handleUpgrade: (request, socket) => {
        taken.push(`upgrade ${request.url}`);
        socket.end();
      },
    },
    options,
  );
  http.listen(0);
  await once(http, "listening");
  return (http.address() as AddressInfo).port;
}

function askUpgrade(port: number, path: string): Socket {
  const socket = connect(port);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n`);
  return socket.resume();
}

describe("routes on an HTTP server", () => {
  it("lets the last of several below one path take everything, until it has gone", async () => {
    const port = await start();
    const detach = attachTo(http, {
      handleRequest: (_request, response) => {
        taken.push("request of the last");
        response.end();
      },
      handleUpgrade: (_request, socket) => {
        taken.push("upgrade of the last");
        socket.end();
      },
    });
    const ask = async () => {
      await fetch(`http://localhost:${port}/engine.io/`);
      await once(askUpgrade(port, "/engine.io/"), "close");
    };
    await ask();
    detach();
    await ask();
    expect(taken).to.deep.equal([
      "request of the last",
      "upgrade of the last",
      "request /engine.io/",
      "upgrade /engine.io/",
    ]);
  });

  afterEach(() => {
    taken.splice(0);
    http.close();
    http.closeAllConnections();
  });

  for (const [options, path, isOurs] of [
    [{}, "/engine.io/?EIO=4", true],
    [{}, "/engine.io?EIO=4", false],
    [{}, "/engine.iou/", false],
    [{}, "/", false],
    [{ path: "/a/b/" }, "/a/b/?x", true],
    [{ path: "/a", addTrailingSlash: false }, "/a?x", true],
  ] as const)
    it(`${isOurs ? "takes" : "leaves"} ${path} with ${JSON.stringify(options)}`, async () => {
      const port = await start(options);
      expect(await (await fetch(`http://localhost:${port}${path}`)).text()).to.equal(
        isOurs ? "ours" : "elsewhere",
      );
      expect(taken).to.deep.equal(isOurs ? [`request ${path}`] : []);
    });

  it("takes upgrades below its path", async () => {
    const port = await start();
    await once(askUpgrade(port, "/engine.io/?EIO=4"), "close");
    expect(taken).to.deep.equal(["upgrade /engine.io/?EIO=4"]);
  });

  it("ends an upgrade elsewhere that nobody takes", async () => {
    const port = await start({ destroyUpgradeTimeout: 10 });
    await once(askUpgrade(port, "/other"), "close");
    expect(taken).to.deep.equal([]);
  });

  it("leaves an upgrade elsewhere to whoever answers it", async () => {
    const port = await start({ destroyUpgradeTimeout: 10 });
    let stillThere = false;
    http.on("upgrade", (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      setTimeout(() => {
        stillThere = socket.writable;
        socket.destroy();
      }, 40);
    });
    await once(askUpgrade(port, "/other"), "close");
    expect(stillThere).to.equal(true);
  });

  it("is only one of several: each may go without the others", async () => {
    const seen: string[] = [];
    const handler = (name: string) => ({
      handleRequest: (_request: IncomingMessage, response: ServerResponse) => {
        seen.push(name);
        response.end(name);
      },
      handleUpgrade() {},
    });
    const port = await start({ path: "/first" });
    const detachA = attachTo(http, handler("a"), { path: "/a" });
    const detachB = attachTo(http, handler("b"), { path: "/b" });
    const get = async (path: string) => (await fetch(`http://localhost:${port}${path}`)).text();
    detachA();
    expect(await Promise.all(["/a/", "/b/", "/first/", "/x"].map(get))).to.deep.equal([
      "elsewhere",
      "b",
      "ours",
      "elsewhere",
    ]);
    detachB();
    expect(await Promise.all(["/a/", "/b/", "/first/", "/x"].map(get))).to.deep.equal([
      "elsewhere",
      "elsewhere",
      "ours",
      "elsewhere",
    ]);
    expect(seen).to.deep.equal(["b"]);
  });

  it("names what is wrong with its options", async () => {
    await start();
    expect(() => attachTo(http, { handleRequest() {}, handleUpgrade() {} }, { path: 5 } as never)).to.throw(
      TypeError,
      "path must be a string, got 5",
    );
  });
});
