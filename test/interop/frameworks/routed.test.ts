/** What frameworks do to a request before our server sees it. */
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket } from "@towline/engine.io";
import { expect } from "chai";
import express, { type RequestHandler } from "express";

describe("behind the middlewares of Express", function () {
  this.timeout(3_000);
  let http: HttpServer;
  let engine: Server;
  let url: string;
  let socket: Socket;

  /** A session on polling, its requests passed on by `handlers`. */
  async function open(...handlers: RequestHandler[]): Promise<Response> {
    engine = new Server();
    const app = express();
    for (const handler of handlers) app.use(handler);
    app.use("/deep/engine.io", (request, response) => engine.handleRequest(request, response));
    http = createServer(app).listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    const connected = once(engine, "connection");
    const response = await fetch(`http://127.0.0.1:${port}/deep/engine.io/?EIO=4&transport=polling`);
    [socket] = await connected;
    url = `${response.url}&sid=${socket.id}`;
    return response;
  }
  afterEach(async () => {
    engine.close();
    const closed = once(http, "close");
    http.close();
    http.closeAllConnections();
    await closed;
  });

  const post = (body: string, contentType = "text/plain") =>
    fetch(url, { method: "POST", body, headers: { "Content-Type": contentType } });

  it("finds the query where the path has been cut off", async () => {
    const response = await open();
    expect(response.status).to.equal(200);
    const message = once(socket, "message");
    expect(await (await post("4a")).text()).to.equal("ok");
    expect(await message).to.deep.equal(["a"]);
  });

  it("sends the headers that were set before", async () => {
    const response = await open((_request, answer, next) => {
      answer.setHeader("X-Before", "1");
      answer.cookie("a", "1");
      next();
    });
    expect([
      response.headers.get("x-powered-by"),
      response.headers.get("x-before"),
      response.headers.get("set-cookie"),
      response.headers.get("content-type"),
    ]).to.deep.equal(["Express", "1", "a=1; Path=/", "text/plain; charset=UTF-8"]);
  });

  it("reads bodies that the parsers there do not want", async () => {
    await open(express.json(), express.urlencoded());
    const message = once(socket, "message");
    expect(await (await post("4a")).text()).to.equal("ok");
    expect(await message).to.deep.equal(["a"]);
  });

  it("answers 400 where a parser has read the body", async () => {
    await open(express.text());
    const closed = once(socket, "close");
    const response = await post("4a");
    expect([response.status, await response.json()]).to.deep.equal([
      400,
      { code: 3, message: "Bad request" },
    ]);
    expect((await closed)[0]).to.equal("transport error");
  });

  it("takes its time where the application does", async () => {
    await open((_request, _response, next) => setImmediate(next));
    const message = once(socket, "message");
    expect(await (await post("4a")).text()).to.equal("ok");
    expect(await message).to.deep.equal(["a"]);
    socket.send("b");
    expect(await (await fetch(url)).text()).to.equal("4b");
  });

  it("does not end a request that the application has answered", async () => {
    await open();
    engine.use((request, response, next) => {
      // Express has left its own members there.
      if ("app" in request) response.writeHead(418).end("a teapot");
      else next();
    });
    const response = await fetch(url);
    expect([response.status, await response.text()]).to.deep.equal([418, "a teapot"]);
    expect(socket.readyState).to.equal("open");
  });
});
