import { createServer } from "node:http";
import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { portOf } from "./rig.ts";

export const CLOSING: readonly Behaviour[] = [
  {
    title: "close stops the HTTP server, calls back with nothing and resolves",
    async run({ io, http }) {
      const calls: unknown[][] = [];
      expect(await io.close((...args) => calls.push(args))).to.equal(undefined);
      expect(http.listening).to.equal(false);
      expect(calls).to.deep.equal([[undefined]]);
    },
  },
  {
    title: "close without a callback resolves once the HTTP server is closed",
    async run({ io, http }) {
      let closed = false;
      http.on("close", () => {
        closed = true;
      });
      await io.close();
      expect(closed).to.equal(true);
    },
  },
  {
    title: "close of an HTTP server that never listened resolves, and gives the callback its error",
    async run(rig) {
      const io = rig.server(createServer());
      const errors: unknown[] = [];
      await io.close((error) => errors.push(error));
      expect(errors).to.have.length(1);
      expect(errors[0]).to.have.property("code", "ERR_SERVER_NOT_RUNNING");
    },
  },
  {
    title: "close of an HTTP server that was stopped before resolves, and gives the callback its error",
    async run({ io, http }) {
      await new Promise((resolve) => void http.close(resolve));
      const errors: unknown[] = [];
      await io.close((error) => errors.push(error));
      expect(errors).to.have.length(1);
      expect(errors[0]).to.have.property("code", "ERR_SERVER_NOT_RUNNING");
    },
  },
  {
    title: "close twice resolves twice",
    async run({ io }) {
      await Promise.all([io.close(), io.close()]);
      await io.close();
    },
  },
  {
    title: "close resolves though it was bound to an engine and has no HTTP server",
    async run(rig) {
      const io = rig.server();
      const { constructor: Engine } = rig.io.engine;
      io.bind(new (Engine as new () => unknown)());
      let calls = 0;
      await io.close(() => calls++);
      expect(calls).to.equal(1);
    },
  },
  {
    title: "close of a server that was attached to nothing rejects for want of an engine",
    async run({ library: { Server } }) {
      const failure = await new Server().close().then(
        () => "resolved",
        () => "rejected",
      );
      expect(failure).to.equal("rejected");
    },
  },
  {
    title: "close disconnects every socket of every namespace for server shutting down",
    async run(rig) {
      const reasons: unknown[] = [];
      const { wire, socket } = await rig.join();
      const { socket: inOther } = await rig.join("/other", undefined, wire);
      const { wire: another, socket: alone } = await rig.join();
      for (const each of [socket, inOther, alone])
        each.on("disconnect", (reason: unknown) => reasons.push([each.nsp.name, reason]));
      await rig.io.close();
      expect(reasons).to.have.deep.members([
        ["/", "server shutting down"],
        ["/", "server shutting down"],
        ["/other", "server shutting down"],
      ]);
      expect(await wire.upTo("closed")).to.be.an("array");
      expect(await another.upTo("closed")).to.be.an("array");
      expect(rig.io.sockets.sockets.size + rig.io.of("/other").sockets.size).to.equal(0);
    },
  },
  {
    title: "close ends connections that joined nothing",
    async run(rig) {
      const wire = await rig.open();
      await rig.io.close();
      expect(await wire.next()).to.equal("closed");
      expect(rig.io.engine.clientsCount).to.equal(0);
    },
  },
  {
    title: "close tells official clients of transport close",
    async run(rig) {
      const { client } = await rig.connect();
      const disconnected = next(client, "disconnect");
      await rig.io.close();
      expect((await disconnected)[0]).to.equal("transport close");
    },
  },
  {
    title: "serves again when it is attached after a close",
    async run(rig) {
      await rig.io.close();
      const http = rig.own(createServer());
      rig.io.listen(http);
      http.listen(0);
      const wire = await rig.open({}, http);
      wire.send("0");
      expect(await wire.next()).to.match(/^0\{"sid":/);
    },
  },
  {
    title: "listens again after a close",
    async run(rig) {
      const first = rig.server(0);
      if (!first.httpServer.listening) await next(first.httpServer, "listening");
      const port = portOf(first.httpServer);
      await first.close();
      const second = rig.server(port);
      if (!second.httpServer.listening) await next(second.httpServer, "listening");
      expect(portOf(second.httpServer)).to.equal(port);
    },
  },
];
