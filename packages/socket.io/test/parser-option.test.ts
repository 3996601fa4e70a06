import { EventEmitter, once } from "node:events";
import { Server, type Socket } from "@towline/socket.io";
import { expect } from "chai";
import * as msgpack from "socket.io-msgpack-parser";
import { cleanUp, type RawClient, startServer } from "./raw-client.ts";
import { drop, offsetOf, tick } from "./recovery-client.ts";

afterEach(cleanUp);

interface Packet {
  readonly type: number;
  readonly nsp: string;
  readonly data?: unknown;
  readonly id?: number;
}

/** Packets as JSON, whole. */
class JsonEncoder {
  encode(packet: Packet): string[] {
    return [JSON.stringify(packet)];
  }
}

class JsonDecoder extends EventEmitter {
  static destroyed = 0;

  add(message: unknown): void {
    this.emit("decoded", JSON.parse(String(message)));
  }

  destroy(): void {
    JsonDecoder.destroyed++;
  }
}

const json = { Encoder: JsonEncoder, Decoder: JsonDecoder };

const wire = (packet: object): string => `4${JSON.stringify(packet)}`;

async function joined(parser: object = json) {
  const { io, connect } = await startServer({ parser: parser as typeof json });
  const sockets: Socket[] = [];
  io.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("echo", (value, reply) => reply(value));
  });
  async function join(): Promise<RawClient> {
    const client = connect();
    await client.next();
    client.send(wire({ type: 0, nsp: "/" }));
    const [, , sid] =
      /^4(\{"type":0,"nsp":"\/","data":\{"sid":"([\w-]{20})"\}\})$/.exec(String(await client.next())) ?? [];
    expect(sid).to.be.a("string");
    return client;
  }
  const client = await join();
  return { io, connect, join, client, socket: sockets[0] as Socket };
}

describe("option parser", () => {
  for (const [title, parser] of [
    ["nothing in it", {}],
    ["one class alone", { Encoder: JsonEncoder }],
    ["objects for classes", { Encoder: new JsonEncoder(), Decoder: new JsonDecoder() }],
    ["a text", "msgpack"],
    ["a function", () => {}],
  ] as const)
    it(`refuses ${title}`, () => {
      expect(() => new Server({ parser } as never)).to.throw(
        TypeError,
        "parser must be an object with the classes Encoder and Decoder",
      );
    });

  it("writes and reads everything by it", async () => {
    const { io, client, socket } = await joined();
    client.send(wire({ type: 2, nsp: "/", data: ["echo", { a: 1 }], id: 7 }));
    expect(await client.next()).to.equal(wire({ type: 3, nsp: "/", id: 7, data: [{ a: 1 }] }));
    socket.emit("one", 1);
    io.emit("all", 2);
    const answer = socket.emitWithAck("ask");
    expect(await client.next()).to.equal(wire({ type: 2, nsp: "/", data: ["one", 1] }));
    expect(await client.next()).to.equal(wire({ type: 2, nsp: "/", data: ["all", 2] }));
    expect(await client.next()).to.equal(wire({ type: 2, nsp: "/", data: ["ask"], id: 0 }));
    client.send(wire({ type: 3, nsp: "/", data: ["yes"], id: 0 }));
    expect(await answer).to.equal("yes");
    client.send(wire({ type: 0, nsp: "/nowhere" }));
    expect(await client.next()).to.equal(
      wire({ type: 4, nsp: "/nowhere", data: { message: "Invalid namespace" } }),
    );
    const left = once(socket, "disconnect");
    client.send(wire({ type: 1, nsp: "/" }));
    expect((await left)[0]).to.equal("client namespace disconnect");
  });

  it("has the decoder of each connection end with it", async () => {
    const { client, socket } = await joined();
    const before = JsonDecoder.destroyed;
    const left = once(socket, "disconnect");
    client.close();
    await left;
    expect(JsonDecoder.destroyed).to.equal(before + 1);
  });

  for (const [title, text] of [
    ["no JSON", "{"],
    ["nothing", "null"],
    ["a number", "7"],
    ["a list", "[]"],
    ["no namespace", '{"type":2,"data":["x"]}'],
    ["a namespace that is no text", '{"type":2,"nsp":7,"data":["x"]}'],
    ["a type that there is not", '{"type":9,"nsp":"/","data":["x"]}'],
    ["a type by its name", '{"type":"__proto__","nsp":"/","data":["x"]}'],
    ["an event without data", '{"type":2,"nsp":"/"}'],
    ["an event without a name", '{"type":2,"nsp":"/","data":[]}'],
    ["an event named by an object", '{"type":2,"nsp":"/","data":[{"toString":1}]}'],
    ["an event with a reserved name", '{"type":2,"nsp":"/","data":["disconnect"]}'],
    ["an acknowledgement that is no list", '{"type":3,"nsp":"/","id":0,"data":{"length":1}}'],
    ["an id that is no number", '{"type":2,"nsp":"/","id":"1","data":["x"]}'],
    ["a broken id", '{"type":2,"nsp":"/","id":0.5,"data":["x"]}'],
    ["auth that is no object", '{"type":0,"nsp":"/","data":"x"}'],
  ] as const)
    it(`closes the connection when the decoder hands out ${title}; others go on`, async () => {
      const { io, join, client, socket } = await joined();
      const good = await join();
      const left = once(socket, "disconnect");
      client.send(`4${text}`);
      expect((await left)[0]).to.equal("parse error");
      expect(await client.next()).to.equal(undefined);
      good.send(wire({ type: 2, nsp: "/", data: ["echo", "still here"], id: 1 }));
      expect(await good.next()).to.equal(wire({ type: 3, nsp: "/", id: 1, data: ["still here"] }));
      expect(io.engine.clientsCount).to.equal(1);
    });

  it("takes several packets that a decoder hands out at once, up to the end of the connection", async () => {
    class Twice extends JsonDecoder {
      override add(message: unknown): void {
        for (const one of JSON.parse(String(message))) this.emit("decoded", one);
      }
    }
    const { io, connect } = await startServer({ parser: { Encoder: JsonEncoder, Decoder: Twice } });
    const heard: unknown[] = [];
    io.on("connection", (socket) => {
      socket.on("x", (value) => {
        heard.push(value);
        if (value === 2) socket.disconnect(true);
      });
    });
    const client = connect();
    await client.next();
    const x = (value: number) => ({ type: 2, nsp: "/", data: ["x", value] });
    client.send(wire([{ type: 0, nsp: "/" }, x(1), x(2), x(3), { type: 0, nsp: "/" }]));
    await client.closed;
    expect(heard).to.deep.equal([1, 2]);
    expect([io.sockets.sockets.size, io.engine.clientsCount]).to.deep.equal([0, 0]);
  });

  it("tells of what a listener throws as always: it is no fault of the peer's", async () => {
    const { io, client, socket } = await joined();
    const heard: string[] = [];
    io.on("handler_error", (error) => heard.push((error as Error).message));
    socket.on("boom", () => expect.fail("of the application"));
    client.send(
      wire({ type: 2, nsp: "/", data: ["boom"] }),
      wire({ type: 2, nsp: "/", data: ["echo", "on"], id: 1 }),
    );
    expect(await client.next()).to.equal(wire({ type: 3, nsp: "/", id: 1, data: ["on"] }));
    expect(heard).to.deep.equal(["of the application"]);
  });

  it("keeps sessions in its format as well", async () => {
    const { io, connect } = await startServer({ parser: json, connectionStateRecovery: {} });
    const join = async (data?: object) => {
      const client = connect();
      await client.next();
      client.send(wire({ type: 0, nsp: "/", data }));
      const { sid, pid } = JSON.parse(String(await client.next()).slice(1)).data;
      return { client, sid, pid, nsp: "/", early: [], socket: io.sockets.sockets.get(sid) as Socket };
    };
    const before = await join();
    await drop(before);
    const state = { n: 1 };
    io.emit("state", state);
    state.n = 2;
    const after = await join({ pid: before.pid });
    expect(after.sid).to.equal(before.sid);
    const { type, nsp, data } = JSON.parse(String(await after.client.next()).slice(1));
    expect([type, nsp, data.slice(0, 2)]).to.deep.equal([2, "/", ["state", { n: 1 }]]);
    expect(offsetOf(JSON.stringify(data))).to.match(/^[\w-]{8}\.1$/);
  });
});

describe("option parser with socket.io-msgpack-parser", () => {
  const encode = (packet: Packet): Buffer =>
    Buffer.from((new msgpack.Encoder().encode(packet as never) as unknown as Uint8Array[])[0] as Uint8Array);
  const decode = (bytes: unknown): Packet => {
    let packet: Packet | undefined;
    const decoder = new msgpack.Decoder();
    decoder.on("decoded", (decoded: Packet) => {
      packet = decoded;
    });
    decoder.add(bytes as never);
    return packet as Packet;
  };

  async function start() {
    const { io, connect } = await startServer({ parser: msgpack as never });
    const connection = once(io, "connection");
    const client = connect();
    await client.next();
    client.send(encode({ type: 0, nsp: "/", data: { token: "x" } }));
    const welcome = decode(await client.next());
    const socket: Socket = (await connection)[0];
    return { io, client, socket, welcome };
  }

  it("joins, hears, answers and asks, bytes within", async () => {
    const { io, client, socket, welcome } = await start();
    expect(welcome).to.deep.include({ type: 0, nsp: "/", data: { sid: socket.id } });
    expect(socket.handshake.auth).to.deep.equal({ token: "x" });
    socket.on("echo", (value, reply) => reply({ back: value }));
    client.send(encode({ type: 2, nsp: "/", data: ["echo", Buffer.of(1, 2)], id: 3 }));
    expect(decode(await client.next())).to.deep.include({
      type: 3,
      id: 3,
      data: [{ back: Buffer.of(1, 2) }],
    });
    io.emit("all", Buffer.of(9));
    expect(decode(await client.next())).to.deep.include({ type: 2, nsp: "/", data: ["all", Buffer.of(9)] });
    const answer = socket.emitWithAck("ask");
    const { id } = decode(await client.next());
    client.send(encode({ type: 3, nsp: "/", data: [Buffer.of(7)], id: id as number }));
    expect(await answer).to.deep.equal(Buffer.of(7));
  });

  for (const [title, message] of [
    ["text", "hello"],
    ["bytes that are no MessagePack", Buffer.of(0xc1)],
    ["bytes that are cut off", Buffer.of(0x84, 0xa4, 0x74)],
    ["no bytes", Buffer.alloc(0)],
    ["a number", Buffer.of(0x07)],
    ["an event without data", encode({ type: 2, nsp: "/" })],
  ] as [string, string | Buffer][])
    it(`closes the connection that sends ${title}`, async () => {
      const { io, client, socket } = await start();
      const left = once(socket, "disconnect");
      client.send(typeof message === "string" ? `4${message}` : message);
      expect((await left)[0]).to.equal("parse error");
      while (io.engine.clientsCount > 0) await tick();
    });
});
