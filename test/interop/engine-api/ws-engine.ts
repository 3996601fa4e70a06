import { expect } from "chai";
import { WebSocketServer } from "ws";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { wireOf } from "./rig.ts";

/** Keeps what it was made with, and what it was given. */
class Engine extends WebSocketServer {
  static made: unknown[][] = [];
  static handled: unknown[][] = [];

  constructor(...args: ConstructorParameters<typeof WebSocketServer>) {
    super(...args);
    Engine.made.push(args);
  }

  override handleUpgrade(...args: Parameters<WebSocketServer["handleUpgrade"]>): void {
    Engine.handled.push(args);
    super.handleUpgrade(...args);
  }
}

export const WS_ENGINE: readonly Behaviour[] = [
  {
    title: "makes one server of the class that it is given, with the options for it, and serves through it",
    async run(rig) {
      Engine.made = [];
      Engine.handled = [];
      const perMessageDeflate = { threshold: 5 };
      const engine = new rig.library.Server({ wsEngine: Engine, perMessageDeflate, maxHttpBufferSize: 500 });
      expect(Engine.made).to.deep.equal([
        [{ noServer: true, clientTracking: false, perMessageDeflate, maxPayload: 500 }],
      ]);
      expect(engine.ws).to.be.an.instanceof(Engine);
      engine.attach(rig.http, { path: "/mine" });
      const connected = next(engine, "connection");
      const webSocket = rig.webSocket("?EIO=4&transport=websocket", "/mine/");
      await connected;
      expect(Engine.handled).to.have.length(1);
      webSocket.terminate();
      engine.close();
    },
  },
  {
    title: "makes none where WebSocket is not on offer",
    async run({ library: { Server } }) {
      Engine.made = [];
      const { ws } = new Server({ wsEngine: Engine, transports: ["polling"] });
      expect([ws, Engine.made]).to.deep.equal([undefined, []]);
    },
  },
  ...([3, 4] as const).map(
    (revision): Behaviour => ({
      title: `carries messages both ways through it (revision ${revision})`,
      options: { wsEngine: WebSocketServer },
      async run(rig) {
        const { socket, webSocket, received } = await rig.connect(revision);
        const heard = next(socket, "message");
        webSocket.send("4hello");
        expect(await heard).to.deep.equal(["hello"]);
        socket.send("hello");
        socket.send(Buffer.of(1, 2), { compress: false });
        const wire = (await received.holding(3)).map(wireOf).slice(1);
        expect(wire).to.deep.equal(["4hello", revision === 3 ? "040102" : "0102"]);
        const closed = next(socket, "close");
        webSocket.close();
        expect((await closed).at(0)).to.equal("transport close");
      },
    }),
  ),
  {
    title: "moves a session to it",
    options: { wsEngine: WebSocketServer },
    async run(rig) {
      const { socket, candidate } = await rig.poll();
      const webSocket = candidate();
      await next(webSocket, "open");
      const upgraded = next(socket, "upgrade");
      const answered = next(webSocket, "message");
      webSocket.send("2probe");
      expect(wireOf(await answered)).to.equal("3probe");
      webSocket.send("5");
      await upgraded;
      expect(socket.transport.name).to.equal("websocket");
    },
  },
  {
    title: "closes for a message over the limit, whichever server it was made of",
    options: { wsEngine: WebSocketServer, maxHttpBufferSize: 100 },
    async run(rig) {
      const { socket, webSocket } = await rig.connect();
      const closed = next(socket, "close");
      webSocket.send("x".repeat(101));
      expect((await closed).at(0)).to.equal("transport error");
    },
  },
  {
    title: "throws what its constructor throws",
    async run({ library: { Server } }) {
      class Broken {
        constructor() {
          throw new Error("broken");
        }
      }
      expect(() => new Server({ wsEngine: Broken })).to.throw(Error, "broken");
    },
  },
  {
    title: "throws a TypeError for what cannot be constructed",
    async run({ library: { Server } }) {
      expect(() => new Server({ wsEngine: "ws" })).to.throw(TypeError, "wsEngine");
    },
  },
];
