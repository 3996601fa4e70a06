import { createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { createRequire } from "node:module";
import { expect } from "chai";
import { next } from "../events.ts";
import { makeCertificate } from "../webtransport/certificate.ts";
import type { Behaviour } from "./behaviour.ts";
import type { AnyHttpServer, Engine, Options, Socket } from "./peers.ts";
import { portOf, type Rig } from "./rig.ts";
import { Wire } from "./wire.ts";

const { Server: OfficialEngine } = createRequire(import.meta.url)("reference-engine.io") as {
  readonly Server: new () => Engine;
};

const OPEN = "?EIO=4&transport=polling";

const HTTP_SERVERS: readonly (readonly [kind: string, create: () => AnyHttpServer])[] = [
  ["an HTTP server", createServer],
  ["an HTTPS server", createHttpsServer],
  ["an HTTP/2 server", createHttp2Server],
];

export const ATTACHING: readonly Behaviour[] = [
  ...HTTP_SERVERS.flatMap(([kind, create]) =>
    [undefined, { path: "/mine", pingInterval: 7 }].map(
      (options): Behaviour => ({
        title: `attaches itself to ${kind}${options ? ", with options last" : ""}`,
        async run(rig) {
          const http = rig.own(create());
          const io = rig.server(http, ...(options ? [options] : []));
          expect(io.httpServer).to.equal(http);
          expect(http.listenerCount("upgrade")).to.equal(1);
          expect(io.path()).to.equal(options?.path ?? "/socket.io");
          expect(io.engine.opts.pingInterval).to.equal(options?.pingInterval ?? 25_000);
        },
      }),
    ),
  ),
  ...([0, "0"] as const).map(
    (port): Behaviour => ({
      title: `listens by itself on the port ${JSON.stringify(port)}, and answers 404 elsewhere`,
      async run(rig) {
        const io = rig.server(port, { pingInterval: 7 });
        if (!io.httpServer.listening) await next(io.httpServer, "listening");
        const { body } = await rig.request(`/socket.io/${OPEN}`, {}, io.httpServer);
        expect(body.toString()).to.include('"pingInterval":7');
        expect((await rig.request("/elsewhere", {}, io.httpServer)).status).to.equal(404);
      },
    }),
  ),
  ...(["listen", "attach"] as const).flatMap((method) => [
    {
      title: `${method} returns the server, and takes options over its own`,
      async run(rig: Rig) {
        const io = rig.server({ pingInterval: 7, path: "/mine" });
        const http = rig.own(createServer());
        expect(io[method](http, { pingTimeout: 9 })).to.equal(io);
        expect(io.httpServer).to.equal(http);
        expect(io.engine.opts).to.include({ pingInterval: 7, pingTimeout: 9, path: "/mine" });
      },
    },
    {
      title: `${method} with a port listens`,
      async run(rig: Rig) {
        const io = rig.server();
        io[method](0);
        if (!io.httpServer.listening) await next(io.httpServer, "listening");
        expect(portOf(io.httpServer)).to.be.above(0);
      },
    },
  ]),
  {
    title: "serves at the path that it is given",
    async run(rig) {
      const http = rig.own(createServer((_request, response) => response.writeHead(404).end("another's")));
      rig.server(http, { path: "/mine" });
      http.listen(0);
      expect((await rig.request(`/mine/${OPEN}`, {}, http)).status).to.equal(200);
      expect((await rig.request(`/socket.io/${OPEN}`, {}, http)).status).to.equal(404);
    },
  },
  {
    title: "serves two HTTP servers when it is attached to a second one",
    async run(rig) {
      const second = rig.own(createServer());
      rig.io.attach(second);
      second.listen(0);
      expect(rig.io.httpServer).to.equal(second);
      for (const http of [rig.http, second]) {
        const wire = await rig.open({}, http);
        wire.send("0");
        expect(await wire.next()).to.match(/^0\{"sid":/);
      }
      expect(rig.io.sockets.sockets.size).to.equal(2);
    },
  },
  {
    title: "answers requests over HTTP/2",
    async run(rig) {
      const http = rig.own(createHttp2Server());
      rig.server(http);
      http.listen(0);
      const session = connect(`http://127.0.0.1:${portOf(http)}`);
      const request = session.request({ ":path": `/socket.io/${OPEN}` });
      const [headers] = (await next(request, "response")) as [{ readonly ":status": number }];
      const body = (await request.setEncoding("utf8").toArray()).join("");
      const closed = next(session, "close");
      session.close();
      await closed;
      expect([headers[":status"], body.slice(0, 7)]).to.deep.equal([200, '0{"sid"']);
    },
  },
  {
    title: "says in the handshake that a connection over TLS is secure",
    async run(rig) {
      const http = rig.own(createHttpsServer(makeCertificate()));
      const connected = next(rig.server(http), "connection") as Promise<[Socket]>;
      http.listen(0);
      const url = `wss://127.0.0.1:${portOf(http)}/socket.io/?EIO=4&transport=websocket`;
      const wire = new Wire(url, { rejectUnauthorized: false });
      await wire.opened;
      wire.send("0");
      expect((await connected)[0].handshake.secure).to.equal(true);
      wire.terminate();
      await wire.closed;
    },
  },
  {
    title: "serves the engine that it is bound to",
    async run(rig) {
      const Engine = rig.io.engine.constructor as new (options?: Options) => Rig["io"]["engine"];
      const engine = new Engine();
      const http = rig.own(createServer());
      engine.attach(http, { path: "/bound" });
      const io = rig.server();
      expect(io.bind(engine)).to.equal(io);
      expect(io.engine).to.equal(engine);
      http.listen(0);
      const connected = next(io, "connection");
      const wire = await rig.open({}, http, "/bound/");
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":/);
      await connected;
      engine.close();
    },
  },
  {
    title: "serves the engine of the reference: events, bytes, acknowledgements, broadcasts and the end",
    async run(rig) {
      const engine = new OfficialEngine();
      const http = rig.own(createServer());
      engine.attach(http, { path: "/bound" });
      const io = rig.server();
      io.bind(engine);
      http.listen(0);
      const connected = next(io, "connection") as Promise<[Socket]>;
      const wire = await rig.open({}, http, "/bound/");
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":/);
      const [socket] = await connected;
      wire.send('51-7["x",{"_placeholder":true,"num":0}]', Buffer.of(1));
      const [data, answer] = (await next(socket, "x")) as [Buffer, (data: Buffer) => void];
      answer(data);
      io.emit("y", Buffer.of(2));
      expect(await wire.take(4)).to.deep.equal([
        '61-7[{"_placeholder":true,"num":0}]',
        "01",
        '51-["y",{"_placeholder":true,"num":0}]',
        "02",
      ]);
      const gone = next(socket, "disconnect");
      wire.close();
      expect((await gone)[0]).to.equal("transport close");
      const another = await rig.open({}, http, "/bound/");
      await io.close();
      expect(await another.next()).to.equal("closed");
    },
  },
  {
    title: "takes a session of an engine by onconnection",
    async run(rig) {
      const Engine = rig.io.engine.constructor as new () => Rig["io"]["engine"];
      const engine = new Engine();
      const http = rig.own(createServer());
      engine.attach(http);
      const io = rig.server();
      const returned: unknown[] = [];
      engine.on("connection", (session: unknown) => returned.push(io.onconnection(session)));
      http.listen(0);
      const wire = await rig.open({}, http, "/engine.io/");
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":/);
      expect(returned).to.deep.equal([io]);
      engine.close();
    },
  },
];
