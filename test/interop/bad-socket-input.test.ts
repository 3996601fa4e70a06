/** What Socket.IO servers have been attacked with. Each is answered or closed, and harms nobody else. */
import { expect } from "chai";
import { MistreatedServer } from "./bad-input/fixture.ts";
import { RawSocket } from "./bad-input/raw-socket.ts";

const picture = Buffer.from("89504e47", "hex");
const placeholder = (num: string): string => `{"_placeholder":true,"num":${num}}`;

type Packets = readonly (string | Buffer)[];

describe("bad Socket.IO input", function () {
  this.timeout(3_000);
  let server: MistreatedServer;
  const heard: unknown[][] = [];

  before(async () => {
    server = await MistreatedServer.start({ maxHttpBufferSize: 100_000, connectTimeout: 500 });
    server.io.of("/admin");
    server.io.on("connection", (socket) => {
      socket.onAny((...event: unknown[]) => heard.push(event));
      socket.on("ask", () => socket.emit("question", (answer: unknown) => heard.push(["answered", answer])));
    });
  });
  beforeEach(() => {
    heard.length = 0;
  });
  afterEach(() => server.expectOthersUnharmed());
  after(() => server.close());

  describe("closes the connection on", () => {
    const fatal: readonly [title: string, packets: Packets][] = [
      ["no packet type", ["4"]],
      ["an unknown packet type", ['49["x"]']],
      ["a letter for a type", ['4x["x"]']],
      ["an event without data", ["42"]],
      ["JSON that breaks off", ['42["x"']],
      ["something behind the JSON", ['42["x"]]']],
      ["an event that is no list", ['42{"0":"x"}']],
      ["an event that is a text", ['42"x"']],
      ["an event that is null", ["42null"]],
      ["an event without a name", ["42[]"]],
      ["an object as event name", ['42[{"toString":"x"}]']],
      ["null as event name", ["42[null]"]],
      ["a list as event name", ['42[["x"]]']],
      ["a binary event whose name is a placeholder", [`451-[${placeholder("0")}]`, picture]],
      ["billions of attachments", ['455999999999-["x"]']],
      ["attachments without their dash", ['451["x"]']],
      ["a count of attachments that is no number", ['45x-["x"]']],
      ["a count of attachments below zero", ['45-1-["x"]']],
      ["a count of attachments in exponents", ['4551e0-["x"]']],
      ["placeholder -1", [`451-["x",${placeholder("-1")}]`, picture]],
      ["placeholder 0.5", [`451-["x",${placeholder("0.5")}]`, picture]],
      ['placeholder "splice"', [`451-["x",${placeholder('"splice"')}]`, picture]],
      ["placeholder 1e9", [`451-["x",${placeholder("1e9")}]`, picture]],
      ["placeholder 1 of one attachment", [`451-["x",${placeholder("1")}]`, picture]],
      ["binary without a header", [picture]],
      ["more binary than announced", [`451-["x",${placeholder("0")}]`, picture, picture]],
      ["text where an attachment is due", [`451-["x",${placeholder("0")}]`, '42["y"]']],
      ["an ack that is no list", ['430{"x":1}']],
      ["an ack without data", ["430"]],
      ["a refusal, which only servers send", ['44{"message":"no"}']],
      ["a second CONNECT", ["40"]],
      ["auth that is a list", ["40/admin,[1]"]],
      ["auth that is a text", ['40/admin,"x"']],
      ["an event in a namespace not joined", ['42/admin,["x"]']],
      ["leaving a namespace not joined", ["41/admin,"]],
    ];
    for (const [title, packets] of fatal)
      it(title, async () => {
        const socket = await RawSocket.connect(server.port);
        socket.send(...packets);
        await socket.closed;
        const events = heard.filter(([name]) => name !== "x");
        expect(events).to.deep.equal([]);
      });

    for (const name of [
      "connect",
      "connect_error",
      "disconnect",
      "disconnecting",
      "newListener",
      "removeListener",
    ])
      it(`the reserved event name "${name}"`, async () => {
        const socket = await RawSocket.connect(server.port);
        socket.send(`42["${name}","forged"]`);
        await socket.closed;
        expect(heard).to.deep.equal([]);
      });

    it("JSON so deep that handling it would overflow the stack", async () => {
      const socket = await RawSocket.connect(server.port);
      socket.send(`421["echo",${"[".repeat(20_000)}${"]".repeat(20_000)}]`);
      await socket.closed;
    });

    it("no CONNECT within connectTimeout", async () => {
      const socket = await RawSocket.open(server.port);
      await socket.closed;
    });

    it("an event before CONNECT", async () => {
      const socket = await RawSocket.open(server.port);
      socket.send('42["x"]');
      await socket.closed;
      expect(heard).to.deep.equal([]);
    });
  });

  describe("goes on after", () => {
    /** Sends, then has an echo answered on the same socket. */
    const outlives = async (...packets: Packets): Promise<RawSocket> => {
      const socket = await RawSocket.connect(server.port);
      socket.send(...packets, '427["echo","alive"]');
      await socket.until((packet) => packet === '437["alive"]');
      return socket;
    };

    for (const name of [
      "error",
      "__proto__",
      "toString",
      "constructor",
      "hasOwnProperty",
      "",
      "é",
      "message",
    ])
      it(`the event name "${name}", which has no listener`, async () => {
        const socket = await outlives(`42["${name}",{"forged":true}]`);
        expect(heard[0]).to.deep.equal([name, { forged: true }]);
        await socket.close();
      });

    it("a number as event name", async () => {
      await (await outlives("42[1,2]")).close();
    });

    it("an ack id that nobody asked for", async () => {
      await (await outlives('4312345["x"]', '430["x"]', '439007199254740991["x"]')).close();
      expect(heard.filter(([name]) => name === "answered")).to.deep.equal([]);
    });

    it("an ack given twice, of which the first counts", async () => {
      const socket = await RawSocket.connect(server.port);
      socket.send('42["ask"]');
      const question = String(await socket.until((packet) => String(packet).includes('["question"]')));
      const id = /^42(\d+)/.exec(question)?.[1];
      socket.send(`43${id}["first"]`, `43${id}["second"]`, '427["echo","alive"]');
      await socket.until((packet) => packet === '437["alive"]');
      expect(heard.filter(([name]) => name === "answered")).to.deep.equal([["answered", "first"]]);
      await socket.close();
    });

    it("an ack of another socket's question", async () => {
      const asked = await RawSocket.connect(server.port);
      asked.send('42["ask"]');
      const question = String(await asked.until((packet) => String(packet).includes('["question"]')));
      const id = /^42(\d+)/.exec(question)?.[1];
      await (await outlives(`43${id}["forged"]`)).close();
      expect(heard.filter(([name]) => name === "answered")).to.deep.equal([]);
      await asked.close();
    });

    it('keys named "__proto__" and "constructor", which stay plain data', async () => {
      const text = '["echo",{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]';
      const socket = await outlives(`42${text}`);
      expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
      await socket.close();
    });

    for (const namespace of ["/__proto__", "/constructor", "/nowhere"])
      it(`a CONNECT to ${namespace}, which it refuses`, async () => {
        const socket = await outlives(`40${namespace},`);
        const refusal = `44${namespace},{"message":"Invalid namespace"}`;
        await socket.until((packet) => packet === refusal);
        await socket.close();
      });

    it("CONNECTs to thousands of namespaces, which it refuses and forgets", async () => {
      const made: unknown[] = [];
      server.io.on("new_namespace", (namespace) => made.push(namespace));
      const socket = await RawSocket.connect(server.port);
      for (let index = 0; index < 5_000; index++) socket.send(`40/n${index},`);
      await socket.until((packet) => packet === '44/n4999,{"message":"Invalid namespace"}');
      expect(made).to.deep.equal([]);
      await socket.close();
    });
  });

  it("hears nothing of a binary event whose attachments never come", async () => {
    const socket = await RawSocket.connect(server.port);
    socket.send(`452-["x",${placeholder("0")},${placeholder("1")}]`, picture);
    await socket.close();
    expect(heard).to.deep.equal([]);
  });
});
