import { once } from "node:events";
import type { HandlerContext, Socket } from "@towline/socket.io";
import { expect } from "chai";
import { type Failing, PLACES, type Scene } from "./handler-error-places.ts";
import { hearingProcess } from "./process-errors.ts";
import { cleanUp, startServer } from "./raw-client.ts";
import { tick } from "./recovery-client.ts";

afterEach(cleanUp);

const nothing = (): void => {};

const FAILINGS: readonly [string, Failing][] = [
  [
    "throws",
    () => {
      throw new Error("of the application");
    },
  ],
  ["rejects", () => Promise.reject(new Error("of the application")) as never],
];

/** @param prepare sees each socket before anybody else does. */
async function setScene(prepare: (socket: Socket) => void = nothing): Promise<Scene> {
  const { io, connect } = await startServer();
  io.use((socket, next) => {
    prepare(socket);
    next();
  });
  io.on("connection", (socket) => socket.on("sync", (reply) => reply()));
  const join = async () => {
    const client = connect();
    await client.next();
    client.send("40");
    return client;
  };
  const connection = once(io, "connection");
  const client = await join();
  const [socket] = await connection;
  await client.next();
  return { io, client, socket, join };
}

const untilHeard = async (heard: readonly unknown[]): Promise<void> => {
  while (heard.length === 0) await tick();
  // Whoever told it a second time would have done so by now.
  for (let i = 0; i < 5; i++) await tick();
};

describe("handler error", () => {
  for (const place of PLACES)
    for (const [kind, failing] of FAILINGS) {
      it(`of ${place.title} that ${kind} goes to handler_error, once, with its context`, async () => {
        const heard: [unknown, HandlerContext][] = [];
        const scene = await setScene((socket) => socket.on("error", () => expect.fail("was told already")));
        scene.io.on("handler_error", (error, context) => heard.push([error, context]));
        place.install(scene, failing);
        await place.trigger(scene);
        await untilHeard(heard);
        expect(heard).to.have.length(1);
        const [[error, { socket, namespace, event, args }]] = heard as [[Error, HandlerContext]];
        expect(error.message).to.equal("of the application");
        expect([event, namespace.name]).to.deep.equal([place.event, "/"]);
        expect(socket !== undefined).to.equal(place.hasSocket);
        if (place.event === "new_namespace") expect(args).to.deep.equal([scene.io.of("/another")]);
        else if (place.event === "middleware" && args[0] === socket) expect(args).to.have.length(1);
        else expect(args).to.deep.equal(place.args(socket as Socket));
      });

      if (place.hasSocket)
        it(`of ${place.title} that ${kind} goes to the socket's "error" when nobody hears handler_error`, async () => {
          const heard: string[] = [];
          const scene = await setScene((socket) => socket.on("error", ({ message }) => heard.push(message)));
          place.install(scene, failing);
          await place.trigger(scene);
          await untilHeard(heard);
          expect(heard).to.deep.equal(["of the application"]);
        });

      it(`of ${place.title} that ${kind} goes to the process when nobody hears it at all`, async () => {
        const scene = await setScene();
        await hearingProcess(async (heard) => {
          place.install(scene, failing);
          await place.trigger(scene);
          await untilHeard(heard);
          expect(heard).to.deep.equal([
            {
              event: kind === "throws" ? "uncaughtException" : "unhandledRejection",
              message: "of the application",
            },
          ]);
        });
      });
    }
});

describe("after a handler has failed", () => {
  for (const [kind, failing] of FAILINGS) {
    it(`what stands behind in the same read is handled (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      const heard: unknown[] = [];
      io.on("handler_error", (error) => heard.push(error));
      socket.on("boom", failing);
      socket.onAny((name) => (name === "any" ? failing() : undefined));
      client.send('42["boom"]', '42["any"]', '42["boom"]', '421["sync"]');
      expect(await client.next()).to.equal("431[]");
      await untilHeard(heard);
      expect(heard).to.have.length(3);
    });

    it(`the client that asked is told so, once (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      io.on("handler_error", nothing);
      let late: ((value: string) => void) | undefined;
      socket.on("boom", (reply) => {
        late = reply;
        return failing();
      });
      client.send('427["boom"]');
      expect(await client.next()).to.equal('437[{"error":"Internal error"}]');
      late?.("too late");
      client.send('421["sync"]');
      expect(await client.next()).to.equal("431[]");
    });

    it(`a client that was answered is not answered again (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      const heard: unknown[] = [];
      io.on("handler_error", (error) => heard.push(error));
      socket.on("boom", (reply) => {
        reply("done");
        return failing();
      });
      client.send('427["boom"]');
      expect(await client.next()).to.equal('437["done"]');
      await untilHeard(heard);
      client.send('421["sync"]');
      expect(await client.next()).to.equal("431[]");
    });

    it(`nobody is answered who did not ask (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      const heard: unknown[] = [];
      io.on("handler_error", (error) => heard.push(error));
      socket.on("boom", failing);
      client.send('42["boom"]');
      await untilHeard(heard);
      client.send('421["sync"]');
      expect(await client.next()).to.equal("431[]");
    });

    it(`the client that asked is told so when a middleware for events fails (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      io.on("handler_error", nothing);
      socket.use(([name], next) => (name === "boom" ? failing() : next()));
      socket.on("boom", () => expect.fail("must not be heard"));
      client.send('427["boom"]', '421["sync"]');
      const answers = [await client.next(), await client.next()];
      expect(answers).to.have.members(['437[{"error":"Internal error"}]', "431[]"]);
    });

    it(`the handler's own answer counts when only an onAny listener fails (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      const heard: unknown[] = [];
      io.on("handler_error", (error) => heard.push(error));
      socket.onAny(failing);
      socket.on("ask", async (reply) => {
        await tick();
        await tick();
        reply("fine");
      });
      client.send('427["ask"]');
      expect(await client.next()).to.equal('437["fine"]');
      await untilHeard(heard);
    });

    it(`a socket is refused whose middleware fails, and says no more than that (${kind})`, async () => {
      const { io, join } = await setScene();
      io.on("handler_error", nothing);
      io.use(failing);
      expect(await (await join()).next()).to.equal('44{"message":"Internal error"}');
      expect(io.sockets.sockets.size).to.equal(1);
    });

    it(`a socket that was let in stays in, whatever its middleware does after next() (${kind})`, async () => {
      const { io, join } = await setScene();
      const heard: unknown[] = [];
      io.on("handler_error", (error) => heard.push(error));
      io.use((_socket, next) => {
        next();
        return failing();
      });
      const client = await join();
      expect(await client.next()).to.match(/^40\{"sid"/);
      await untilHeard(heard);
      client.send('421["sync"]');
      expect(await client.next()).to.equal("431[]");
    });

    it(`a socket that was refused stays out, whatever its middleware does after next(error) (${kind})`, async () => {
      const { io, join } = await setScene();
      io.on("handler_error", nothing);
      io.use((_socket, next) => {
        next(new Error("no entry"));
        return failing();
      });
      const client = await join();
      expect(await client.next()).to.equal('44{"message":"no entry"}');
      client.send("40");
      expect(await client.next()).to.equal('44{"message":"no entry"}');
    });

    it(`other listeners of the connection and other clients are served (${kind})`, async () => {
      const { io, client, socket, join } = await setScene();
      io.on("handler_error", nothing);
      io.prependListener("connection", (newcomer: Socket) => newcomer.onAnyOutgoing(failing));
      const other = await join();
      expect(await other.next()).to.match(/^40\{"sid"/);
      socket.onAnyOutgoing(failing);
      io.emit("to all", 1);
      expect([await client.next(), await other.next()]).to.deep.equal(['42["to all",1]', '42["to all",1]']);
    });

    it(`a socket leaves whatever its listeners for that do (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      const heard: unknown[] = [];
      io.on("handler_error", (error) => heard.push(error));
      socket.on("disconnecting", failing);
      const answer = socket.emitWithAck("ask").catch((error: Error) => error.message);
      client.close();
      expect(await answer).to.equal("socket has been disconnected");
      await untilHeard(heard);
      expect([socket.connected, io.sockets.sockets.size, io.sockets.adapter.rooms.size]).to.deep.equal([
        false,
        0,
        0,
      ]);
    });

    it(`the other server that asked is told so (${kind})`, async () => {
      const { io } = await setScene();
      io.on("handler_error", nothing);
      io.on("ping", failing);
      const answers: unknown[] = [];
      io.sockets._onServerSideEmit(["ping", 1, (answer: unknown) => answers.push(answer)]);
      await untilHeard(answers);
      expect(answers).to.deep.equal([{ error: "Internal error" }]);
    });

    it(`a listener for handler_error that fails itself is the process's, once (${kind})`, async () => {
      const { io, client, socket } = await setScene();
      socket.on("boom", () => {
        throw new Error("first");
      });
      io.on("handler_error", failing);
      await hearingProcess(async (heard) => {
        client.send('427["boom"]', '421["sync"]');
        expect([await client.next(), await client.next()]).to.deep.equal([
          '437[{"error":"Internal error"}]',
          "431[]",
        ]);
        await untilHeard(heard);
        expect(heard.map(({ message }) => message)).to.deep.equal(["of the application"]);
      });
    });

    it(`a listener for "error" that fails itself is the process's, once (${kind})`, async () => {
      const { client, socket } = await setScene();
      socket.on("boom", () => {
        throw new Error("first");
      });
      socket.use(([name], next) => next(name === "bad" ? new Error("refused") : undefined));
      socket.on("error", failing);
      await hearingProcess(async (heard) => {
        client.send('427["boom"]', '42["bad"]', '421["sync"]');
        expect([await client.next(), await client.next()]).to.deep.equal([
          '437[{"error":"Internal error"}]',
          "431[]",
        ]);
        await untilHeard(heard);
        expect(heard.map(({ message }) => message)).to.deep.equal(Array(2).fill("of the application"));
      });
    });
  }

  it("a client whose answer cannot be written is told so", async () => {
    const { io, client, socket } = await setScene();
    const heard: string[] = [];
    io.on("handler_error", (error) => heard.push((error as Error).message));
    socket.on("ask", (reply) => reply(1n));
    client.send('427["ask"]');
    expect(await client.next()).to.equal('437[{"error":"Internal error"}]');
    expect(heard[0]).to.match(/BigInt/);
  });

  it("a refusal of an event is told once, to the socket or else to handler_error", async () => {
    const { io, client, socket } = await setScene();
    const heard: string[] = [];
    socket.use(([name], next) => next(name === "bad" ? new Error("refused") : undefined));
    io.on("handler_error", (error, { event, args }) =>
      heard.push(`handler_error: ${(error as Error).message} ${String(event)} ${args}`),
    );
    client.send('42["bad",1]', '421["sync"]');
    await client.next();
    socket.on("error", ({ message }) => heard.push(`error: ${message}`));
    client.send('42["bad",2]', '422["sync"]');
    await client.next();
    expect(heard).to.deep.equal(["handler_error: refused bad 1", "error: refused"]);
  });

  it("an adapter's listener that throws keeps nobody from being let in", async () => {
    const { io, join } = await setScene();
    const heard: string[] = [];
    io.on("handler_error", (error) => heard.push((error as Error).message));
    io.sockets.adapter.on("join-room", () => expect.fail("of the application"));
    const client = await join();
    expect(await client.next()).to.match(/^40\{"sid"/);
    expect(heard).to.deep.equal(["of the application"]);
  });
});
