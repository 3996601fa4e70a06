import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import type { EngineRequest, Middleware } from "./peers.ts";
import { refusalOf } from "./rig.ts";

const OPEN = "?EIO=4&transport=polling";

export const MIDDLEWARES: readonly Behaviour[] = [
  {
    title: "runs middlewares in their order, for requests and upgrades, before anything is checked",
    async run(rig) {
      const order: unknown[] = [];
      rig.engine.use((request, _response, go) => {
        order.push("first", request._query.transport);
        setImmediate(go);
      });
      rig.engine.use((_request, _response, go) => {
        order.push("second");
        go();
      });
      await rig.poll();
      await rig.connect();
      expect((await rig.request("?transport=smoke")).status).to.equal(400);
      expect(order).to.deep.equal(
        ["polling", "websocket", "smoke"].flatMap((transport) => ["first", transport, "second"]),
      );
    },
  },
  {
    title: "sends what middlewares put into the head, on refusals and upgrades too",
    async run(rig) {
      rig.engine.use((_request, response, go) => {
        response.setHeader("x-mine", "yes");
        go();
      });
      const { handshake, post } = await rig.poll();
      const refused = await rig.request("?EIO=4&transport=smoke");
      const webSocket = rig.webSocket("?EIO=4&transport=websocket");
      const [upgrade] = (await next(webSocket, "upgrade")) as [IncomingMessage];
      for (const { headers } of [handshake, await post("4hello"), refused, upgrade])
        expect(headers).to.have.property("x-mine", "yes");
    },
  },
  {
    title: "refuses a request for which a middleware fails",
    async run(rig) {
      rig.engine.use((_request, _response, go) => go(new Error("no")));
      const failed = next(rig.engine, "connection_error");
      const answer = await rig.request(OPEN);
      expect(answer).to.include({ status: 400, body: '{"code":3,"message":"Bad request"}' });
      expect(answer.headers["content-type"]).to.equal("application/json");
      const [error] = await failed;
      expect(error).to.include({ code: 3, message: "Bad request" });
      expect(error).to.have.nested.property("context.name", "MIDDLEWARE_FAILURE");
    },
  },
  {
    title: "refuses an upgrade for which a middleware fails",
    async run(rig) {
      rig.engine.use((_request, _response, go) => go("no"));
      const failed = next(rig.engine, "connection_error");
      expect(await refusalOf(rig.webSocket("?EIO=4&transport=websocket"))).to.equal(400);
      expect((await failed)[0]).to.have.nested.property("context.name", "MIDDLEWARE_FAILURE");
    },
  },
  {
    title: "does not take null for a failure",
    async run(rig) {
      rig.engine.use((_request, _response, go) => go(null));
      expect((await rig.poll()).handshake.status).to.equal(200);
    },
  },
  {
    title: "lets a middleware answer by itself",
    async run(rig) {
      rig.engine.use((_request, response) => response.writeHead(401).end("who are you?"));
      expect(await rig.request(OPEN)).to.include({ status: 401, body: "who are you?" });
      expect(rig.engine.clientsCount).to.equal(0);
    },
  },
  {
    title: "opens one session when a middleware goes on twice",
    async run(rig) {
      rig.engine.use((_request, _response, go) => {
        go();
        go();
      });
      expect((await rig.poll()).handshake.status).to.equal(200);
      expect(rig.engine.clientsCount).to.equal(1);
    },
  },
  {
    title: "leaves the response at the request, as Express does",
    async run(rig) {
      let isThere = false;
      const look: Middleware = (request, response, go) => {
        isThere = request.res === response;
        go();
      };
      rig.engine.use(look);
      await rig.poll();
      expect(isThere).to.equal(true);
    },
  },
  {
    title: "serves a plain listener for requests and upgrades, on any path",
    async run(rig) {
      const engine = new rig.library.Server();
      const http = createServer((request: IncomingMessage, response: ServerResponse) => {
        engine.handleRequest(request, response);
      });
      http.on("upgrade", engine.handleUpgrade.bind(engine));
      await rig.moveTo(http);
      const connected = next(engine, "connection");
      expect((await rig.request(OPEN, { path: "/any/path" })).status).to.equal(200);
      await connected;
      const webSocket = rig.webSocket("?EIO=4&transport=websocket", "/elsewhere");
      await next(webSocket, "message");
      expect(engine.clientsCount).to.equal(2);
      engine.close();
    },
  },
  {
    title: "takes the query that a framework has parsed already",
    async run(rig) {
      const engine = new rig.library.Server();
      const http = createServer((request, response) => {
        Object.assign(request, {
          _query: { EIO: "4", transport: "polling" } satisfies EngineRequest["_query"],
        });
        engine.handleRequest(request, response);
      });
      await rig.moveTo(http);
      expect((await rig.request("")).status).to.equal(200);
      engine.close();
    },
  },
];
