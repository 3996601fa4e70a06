import { expect } from "chai";
import { WebSocketServer } from "ws";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";

/** What is said to the server and meant for its engine. */
export const ENGINE_OPTIONS: readonly Behaviour[] = [
  {
    title: "announces pingInterval, pingTimeout and maxHttpBufferSize",
    options: { pingInterval: 1001, pingTimeout: 1002, maxHttpBufferSize: 1003 },
    async run(rig) {
      const wire = await rig.open();
      expect(await wire.opened).to.include({ pingInterval: 1001, pingTimeout: 1002, maxPayload: 1003 });
    },
  },
  {
    title: "disconnects for a message above maxHttpBufferSize",
    options: { maxHttpBufferSize: 100 },
    async run(rig) {
      const { wire, socket } = await rig.join();
      const gone = next(socket, "disconnect");
      wire.send(`2["${"x".repeat(100)}"]`);
      expect((await gone)[0]).to.equal("transport error");
    },
  },
  {
    title: "offers the transports of transports",
    options: { transports: ["websocket"] },
    async run(rig) {
      expect((await rig.request(POLLING)).status).to.equal(400);
      await rig.join();
    },
  },
  {
    title: "serves without a last slash by addTrailingSlash: false",
    options: { addTrailingSlash: false },
    async run(rig) {
      expect((await rig.request("/socket.io?EIO=4&transport=polling")).status).to.equal(200);
    },
  },
  {
    title: "takes another server of WebSockets for wsEngine",
    options: { wsEngine: WebSocketServer },
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.emit("x", Buffer.of(1));
      rig.io.emit("y", Buffer.of(2));
      expect(await wire.take(4)).to.deep.equal([
        '51-["x",{"_placeholder":true,"num":0}]',
        "01",
        '51-["y",{"_placeholder":true,"num":0}]',
        "02",
      ]);
    },
  },
  {
    title: "agrees on compression by perMessageDeflate, for messages to one and to all",
    options: { perMessageDeflate: { threshold: 10 } },
    async run(rig) {
      const { wire, socket } = await rig.join();
      const long = "x".repeat(100);
      socket.emit(long);
      rig.io.emit(long);
      rig.io.compress(false).emit(long);
      expect(await wire.take(3)).to.deep.equal([`2["${long}"]`, `2["${long}"]`, `2["${long}"]`]);
    },
  },
  {
    title: "answers to other origins as cors says",
    options: { cors: { origin: "http://example.com", credentials: true } },
    async run(rig) {
      const headers = { origin: "http://example.com" };
      const answer = await rig.request(POLLING, { headers });
      expect(answer.headers).to.include({
        "access-control-allow-origin": "http://example.com",
        "access-control-allow-credentials": "true",
      });
      const preflight = await rig.request(POLLING, {
        method: "OPTIONS",
        headers: { ...headers, "access-control-request-method": "GET" },
      });
      expect(preflight.status).to.equal(204);
      expect(preflight.headers).to.have.property("access-control-allow-origin", "http://example.com");
    },
  },
  {
    title: "answers nothing of other origins without cors",
    async run(rig) {
      const answer = await rig.request(POLLING, { headers: { origin: "http://example.com" } });
      expect(answer.headers).not.to.have.property("access-control-allow-origin");
    },
  },
  {
    title: "sets the cookie of cookie",
    options: { cookie: { name: "io", path: "/mine" } },
    async run(rig) {
      const { headers, body } = await rig.request(POLLING);
      const { sid } = JSON.parse(body.toString().slice(1)) as { readonly sid: string };
      expect(headers["set-cookie"]).to.deep.equal([`io=${sid}; Path=/mine; HttpOnly; SameSite=Lax`]);
    },
  },
  {
    title: "asks allowRequest, and refuses with 403",
    options: {
      allowRequest: (
        request: { readonly url: string },
        decide: (error: string | null, isAllowed: boolean) => void,
      ) => decide(request.url.includes("token") ? null : "no token", request.url.includes("token")),
    },
    async run(rig) {
      const refused = await rig.request(POLLING);
      expect(refused.status).to.equal(403);
      expect(refused.body.toString()).to.equal('{"code":4,"message":"no token"}');
      expect((await rig.request(`${POLLING}&token`)).status).to.equal(200);
    },
  },
  {
    title: "has the engine's events: initial_headers, headers, connection_error",
    async run(rig) {
      rig.io.engine.on("initial_headers", (headers: Record<string, string>) => {
        headers["x-first"] = "1";
      });
      rig.io.engine.on("headers", (headers: Record<string, string>) => {
        headers["x-each"] = "1";
      });
      expect((await rig.request(POLLING)).headers).to.include({ "x-first": "1", "x-each": "1" });
      const failed = next(rig.io.engine, "connection_error");
      await rig.request("/socket.io/?EIO=4&transport=smoke");
      expect((await failed)[0]).to.deep.include({ code: 0, message: "Transport unknown" });
    },
  },
  {
    title: "takes ids from engine.generateId, and counts in engine.clientsCount",
    async run(rig) {
      rig.io.engine.generateId = () => "my-id";
      const wire = await rig.open();
      expect(await wire.opened).to.include({ sid: "my-id" });
      const { socket } = await rig.join("/", undefined, wire);
      expect(socket.conn.id).to.equal("my-id");
      expect(rig.io.engine.clientsCount).to.equal(1);
    },
  },
  {
    title: "tells engine's connection of each session before any namespace is joined",
    async run(rig) {
      const connected = next(rig.io.engine, "connection");
      const { socket } = await rig.join();
      expect((await connected)[0]).to.equal(socket.conn);
    },
  },
  {
    title: "runs middlewares of the engine",
    async run(rig) {
      const { engine } = rig.io as unknown as {
        engine: {
          use(
            middleware: (
              request: unknown,
              response: { setHeader(name: string, value: string): void },
              go: () => void,
            ) => void,
          ): void;
        };
      };
      engine.use((_request, response, go) => {
        response.setHeader("x-mine", "yes");
        go();
      });
      expect((await rig.request(POLLING)).headers).to.have.property("x-mine", "yes");
    },
  },
  {
    title: "gives packets of a session by its events packet and packetCreate",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard: unknown[] = [];
      socket.conn.on("packet", ({ type, data }: Record<string, unknown>) => heard.push(["in", type, data]));
      socket.conn.on("packetCreate", ({ type, data }: Record<string, unknown>) =>
        heard.push(["out", type, data]),
      );
      wire.send('2["x"]');
      await next(socket, "x");
      socket.emit("y");
      await wire.next();
      expect(heard).to.deep.equal([
        ["in", "message", '2["x"]'],
        ["out", "message", '2["y"]'],
      ]);
    },
  },
  {
    title: "refuses clients of Engine.IO 3 unless allowEIO3 says otherwise",
    async run(rig) {
      expect((await rig.request("/socket.io/?EIO=3&transport=polling")).body.toString()).to.include(
        "Unsupported protocol version",
      );
    },
  },
];
