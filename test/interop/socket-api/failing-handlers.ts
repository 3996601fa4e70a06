import { expect } from "chai";
import { next } from "../events.ts";
import type { Behaviour } from "./behaviour.ts";
import { PLACES, WAYS } from "./failing-places.ts";
import type { Namespace, Socket } from "./peers.ts";
import type { Rig } from "./rig.ts";

interface Context {
  readonly socket: Socket | undefined;
  readonly namespace: Namespace;
  readonly event: string;
  readonly args: readonly unknown[];
}

type Failed = readonly [error: Error, context: Context];

const failure = (rig: Rig): Promise<Failed> => next(rig.io, "handler_error") as unknown as Promise<Failed>;

/** What of the process is told meanwhile, with nobody else listening. */
async function toldToProcess(event: "uncaughtException" | "unhandledRejection", happen: () => unknown) {
  const listeners = process.listeners(event as "uncaughtException");
  process.removeAllListeners(event);
  try {
    const told = new Promise<Error>((resolve) => process.once(event as "uncaughtException", resolve));
    happen();
    return await told;
  } finally {
    for (const listener of listeners) process.on(event as "uncaughtException", listener);
  }
}

const places = PLACES.flatMap(({ title, event, prepare }) =>
  WAYS.flatMap(([way, fail]): Behaviour[] => [
    {
      title: `tells handler_error when ${title} ${way}`,
      async run(rig) {
        const { socket, happen } = await prepare(rig, fail);
        const failed = failure(rig);
        happen();
        const [error, context] = await failed;
        expect(error.message).to.equal("mine");
        expect(context.event).to.equal(event);
        expect(context.namespace).to.equal(rig.io.of("/chat"));
        if (socket !== undefined) expect(context.socket).to.equal(socket);
        expect(context.args).to.be.an("array");
      },
    },
    {
      title: `tells the process when ${title} ${way} and nobody listens`,
      async run(rig) {
        const { happen } = await prepare(rig, fail);
        const event = way === "throws" ? "uncaughtException" : "unhandledRejection";
        expect(await toldToProcess(event, happen)).to.have.property("message", "mine");
      },
    },
  ]),
);

/** What our package does with code of an application's that fails; the reference lets it go its own way. */
export const FAILING_HANDLERS: readonly Behaviour[] = [
  ...places,
  ...WAYS.flatMap(([way, fail]): Behaviour[] => [
    {
      title: `tells the socket's error when a listener ${way} and nobody listens to handler_error`,
      async run(rig) {
        const { wire, socket } = await rig.join();
        socket.on("x", fail);
        const told = next(socket, "error");
        wire.send('2["x"]');
        expect((await told)[0]).to.have.property("message", "mine");
      },
    },
    {
      title: `answers an event that waits for it when its listener ${way}`,
      async run(rig) {
        const { wire, socket } = await rig.join();
        rig.io.on("handler_error", () => {});
        socket.on("x", fail);
        wire.send('25["x"]');
        expect(await wire.next()).to.equal('35[{"error":"Internal error"}]');
      },
    },
    {
      title: `answers once when a listener has answered before it ${way}`,
      async run(rig) {
        const { wire, socket } = await rig.join();
        rig.io.on("handler_error", () => {});
        socket.on("x", (answer: (value: number) => void) => {
          answer(1);
          return fail();
        });
        const failed = failure(rig);
        wire.send('25["x"]');
        await failed;
        socket.emit("end");
        expect(await wire.upTo('2["end"]')).to.deep.equal(["35[1]"]);
      },
    },
    {
      title: `answers an event whose middleware ${way}, and does not bring it to its listener`,
      async run(rig) {
        const { wire, socket } = await rig.join();
        rig.io.on("handler_error", () => {});
        socket.use(fail);
        socket.on("x", () => expect.fail("heard"));
        wire.send('25["x"]');
        expect(await wire.next()).to.equal('35[{"error":"Internal error"}]');
      },
    },
    {
      title: `refuses a socket whose middleware ${way}, without a word of why`,
      async run(rig) {
        const failed = failure(rig);
        rig.io.use(fail);
        const wire = await rig.open();
        wire.send("0");
        expect(await wire.next()).to.equal('4{"message":"Internal error"}');
        expect((await failed)[1].socket?.connected).to.equal(false);
        expect(rig.io.sockets.sockets.size).to.equal(0);
      },
    },
    {
      title: `refuses a name whose check ${way}`,
      async run(rig) {
        const failed = failure(rig);
        rig.io.of(fail);
        const wire = await rig.open();
        wire.send("0/dynamic,");
        expect(await wire.next()).to.match(/^4\/dynamic,\{"message":"I/);
        expect((await failed)[0].message).to.equal("mine");
      },
    },
    {
      title: `brings the events behind one whose listener ${way}, and those of others`,
      async run(rig) {
        const { wire, socket } = await rig.join();
        const other = await rig.join();
        rig.io.on("handler_error", () => {});
        socket.on("x", fail);
        const heard = [next(socket, "y"), next(other.socket, "y")];
        wire.send('2["x"]', '2["y",1]');
        other.wire.send('2["y",1]');
        expect(await Promise.all(heard)).to.deep.equal([[1], [1]]);
        expect(socket.connected).to.equal(true);
      },
    },
    {
      title: `takes the socket out of rooms and namespace though its listener for disconnecting ${way}`,
      async run(rig) {
        const { socket } = await rig.join();
        rig.io.on("handler_error", () => {});
        socket.on("disconnecting", fail);
        const gone = next(socket, "disconnect");
        socket.disconnect();
        await gone;
        const { adapter, sockets } = rig.io.sockets;
        expect([adapter.rooms.size, adapter.sids.size, sockets.size]).to.deep.equal([0, 0, 0]);
      },
    },
  ]),
  {
    title: "answers another server whose question fails",
    async run(rig) {
      rig.io.on("handler_error", () => {});
      rig.io.on("x", () => {
        throw new Error("mine");
      });
      const answered = new Promise((resolve) =>
        (rig.io.sockets as unknown as { _onServerSideEmit(args: unknown[]): void })._onServerSideEmit([
          "x",
          resolve,
        ]),
      );
      expect(await answered).to.deep.equal({ error: "Internal error" });
    },
  },
  {
    title: "gives the event's arguments to handler_error",
    async run(rig) {
      const { wire, socket } = await rig.join();
      socket.on("x", () => {
        throw new Error("mine");
      });
      const failed = failure(rig);
      wire.send('2["x",1,{"a":2}]');
      expect((await failed)[1].args).to.deep.equal([1, { a: 2 }]);
    },
  },
  {
    title: "tells the process what a listener for handler_error throws",
    async run(rig) {
      const { wire, socket } = await rig.join();
      rig.io.on("handler_error", () => {
        throw new Error("another");
      });
      socket.on("x", () => {
        throw new Error("mine");
      });
      const told = await toldToProcess("uncaughtException", () => wire.send('2["x"]'));
      expect(told.message).to.equal("another");
      expect(socket.connected).to.equal(true);
    },
  },
  {
    title:
      "tells handler_error of an error that a middleware of a socket goes on with, when nobody listens to error",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const refusal = new Error("not allowed");
      socket.use((_event, go) => go(refusal));
      const failed = failure(rig);
      wire.send('2["x"]');
      const [error, context] = await failed;
      expect(error).to.equal(refusal);
      expect(context).to.include({ socket, event: "x" });
    },
  },
  {
    title: "goes on when a client names its event error and nobody listens",
    async run(rig) {
      const { wire, socket } = await rig.join();
      const heard = next(socket, "x");
      wire.send('2["error","mine"]', '2["x"]');
      await heard;
      expect(socket.connected).to.equal(true);
    },
  },
];
