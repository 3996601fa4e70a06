import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";

export const SOCKET: readonly Behaviour[] = [
  {
    title: "has id, namespace, client, connection, request, data and its flags",
    async run(rig) {
      const wire = await rig.open();
      const connected = next(rig.io.of("/chat"), "connection");
      wire.send("0/chat,");
      const { sid } = JSON.parse((await wire.next()).slice("0/chat,".length)) as { readonly sid: string };
      const socket = rig.io.of("/chat").sockets.get(sid) ?? expect.fail("no socket");
      expect((await connected)[0]).to.equal(socket);
      expect(socket).to.be.an.instanceof(rig.library.Socket);
      expect(socket.id)
        .to.equal(sid)
        .and.match(/^[\w-]{20}$/);
      expect(socket.nsp).to.equal(rig.io.of("/chat"));
      expect(socket.conn).to.equal(socket.client.conn);
      expect(socket.conn.id).to.equal((await wire.opened).sid);
      expect(socket.id).not.to.equal(socket.conn.id);
      expect(socket.conn.transport.name).to.equal("websocket");
      expect(socket.request).to.equal(socket.client.request);
      expect(socket.request.url).to.equal("/socket.io/?EIO=4&transport=websocket");
      expect(socket.data).to.deep.equal({});
      expect([socket.connected, socket.disconnected, socket.recovered]).to.deep.equal([true, false, false]);
    },
  },
  {
    title: "has a handshake with every field",
    async run(rig) {
      const before = Date.now();
      const wire = await rig.open({ a: "1", b: "x y" });
      const { socket } = await rig.join("/", { token: "x", deep: { list: [1] } }, wire);
      const { handshake } = socket;
      expect(Object.keys(handshake)).to.have.members([
        ...["headers", "time", "address", "xdomain", "secure"],
        ...["issued", "url", "query", "auth"],
      ]);
      expect(handshake.headers).to.equal(socket.request.headers);
      expect(handshake.address).to.equal("127.0.0.1");
      expect(handshake).to.include({ xdomain: false, secure: false });
      expect(handshake.issued).to.be.within(before, Date.now());
      expect(handshake.time).to.equal(`${new Date(handshake.issued)}`);
      expect(handshake.url).to.equal("/socket.io/?EIO=4&transport=websocket&a=1&b=x+y");
      expect({ ...handshake.query }).to.deep.equal({ EIO: "4", transport: "websocket", a: "1", b: "x y" });
      expect(handshake.auth).to.deep.equal({ token: "x", deep: { list: [1] } });
    },
  },
  {
    title: "has an empty auth when the client gave none, and takes auth of an official client's function",
    async run(rig) {
      expect((await rig.join()).socket.handshake.auth).to.deep.equal({});
      const { socket } = await rig.connect({ auth: (give: (auth: object) => void) => give({ token: "y" }) });
      expect(socket.handshake.auth).to.deep.equal({ token: "y" });
    },
  },
  {
    title: "calls a request with an origin one from another domain",
    options: { cors: { origin: "*" } },
    async run(rig) {
      const { socket } = await rig.connect({ extraHeaders: { origin: "http://example.com" } });
      expect(socket.handshake).to.deep.include({ xdomain: true });
      expect(socket.handshake.headers.origin).to.equal("http://example.com");
    },
  },
  {
    title: "has a handshake of its own in each namespace",
    async run(rig) {
      const { wire, socket } = await rig.join("/", { a: 1 });
      const { socket: other } = await rig.join("/other", { b: 2 }, wire);
      expect(socket.handshake.auth).to.deep.equal({ a: 1 });
      expect(other.handshake.auth).to.deep.equal({ b: 2 });
      expect(other.handshake.url).to.equal(socket.handshake.url);
    },
  },
  {
    title: "keeps what is written to handshake and data, and data may be replaced",
    async run(rig) {
      const { socket } = await rig.join();
      Object.assign(socket.handshake, { user: "ada" });
      expect(socket.handshake).to.include({ user: "ada" });
      socket.data.a = 1;
      socket.data = { b: 2 };
      expect(socket.data).to.deep.equal({ b: 2 });
    },
  },
  {
    title: "follows the transport through an upgrade",
    async run(rig) {
      const { socket } = await rig.connect({ transports: ["polling", "websocket"] });
      if (socket.conn.transport.name === "polling") await next(socket.conn, "upgrade");
      expect(socket.conn.transport.name).to.equal("websocket");
      expect(socket.handshake.query.transport).to.equal("polling");
    },
  },
  {
    title: "joins and leaves rooms, in its own and however often",
    async run(rig) {
      const { socket } = await rig.join();
      expect(socket.join("1")).to.equal(undefined);
      socket.join(["2", "3", "1"]);
      socket.join([]);
      expect([...socket.rooms]).to.deep.equal([socket.id, "1", "2", "3"]);
      expect(socket.leave("2")).to.equal(undefined);
      socket.leave("2");
      socket.leave("nowhere");
      expect([...socket.rooms]).to.deep.equal([socket.id, "1", "3"]);
      socket.leave(socket.id);
      expect([...socket.rooms]).to.deep.equal(["1", "3"]);
    },
  },
  {
    title: "joins rooms by names that objects have",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.join(["__proto__", "constructor"]);
      rig.io.to("__proto__").emit("x");
      rig.io.to("toString").emit("y");
      socket.emit("end");
      expect(await wire.upTo('2["end"]')).to.deep.equal(['2["x"]']);
    },
  },
  {
    title: "tells the adapter of rooms that come and go",
    async run(rig) {
      const heard: unknown[][] = [];
      const { adapter } = rig.io.of("/chat");
      for (const name of ["create-room", "join-room", "leave-room", "delete-room"])
        adapter.on(name, (...args: unknown[]) => heard.push([name, ...args]));
      const { socket } = await rig.join("/chat");
      const { id } = socket;
      socket.join("1");
      socket.leave("1");
      socket.disconnect();
      expect(heard).to.deep.equal([
        ["create-room", id],
        ["join-room", id, id],
        ["create-room", "1"],
        ["join-room", "1", id],
        ["leave-room", "1", id],
        ["delete-room", "1"],
        ["leave-room", id, id],
        ["delete-room", id],
      ]);
      expect([adapter.rooms.size, adapter.sids.size]).to.deep.equal([0, 0]);
    },
  },
  {
    title: "may join rooms in a middleware, its own comes after them",
    async run(rig) {
      rig.io.use((socket, go) => {
        socket.join("early");
        go();
      });
      const { socket } = await rig.join();
      expect([...socket.rooms]).to.deep.equal(["early", socket.id]);
    },
  },
  {
    title: "is in no room when a middleware that let it join refuses it",
    async run(rig) {
      rig.io.use((socket, go) => {
        socket.join("early");
        go(new Error("no"));
      });
      const wire = await rig.open();
      wire.send("0");
      await wire.next();
      expect([...rig.io.sockets.adapter.rooms.keys()]).to.deep.equal([]);
    },
  },
  {
    title: "joins nothing after its end",
    async run(rig) {
      const { socket } = await rig.join();
      socket.disconnect();
      socket.join("late");
      socket.leave("late");
      expect(socket.rooms.size).to.equal(0);
      expect(rig.io.sockets.adapter.rooms.size).to.equal(0);
    },
  },
];
