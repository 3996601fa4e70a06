import type { Socket } from "./peers.ts";
import type { Rig } from "./rig.ts";

/** The two ways in which code fails. */
export const WAYS: readonly (readonly [way: string, fail: () => unknown])[] = [
  [
    "throws",
    () => {
      throw new Error("mine");
    },
  ],
  ["rejects", () => Promise.reject(new Error("mine"))],
];

/** Where an application's code is called, what makes it fail, and which event is named for it. */
export interface Place {
  readonly title: string;
  readonly event: string;
  prepare(rig: Rig, fail: () => unknown): Promise<{ readonly socket: Socket | undefined; happen(): unknown }>;
}

export const PLACES: readonly Place[] = [
  {
    title: "a listener for an event",
    event: "x",
    async prepare(rig, fail) {
      const { wire, socket } = await rig.join("/chat");
      socket.on("x", fail);
      return { socket, happen: () => wire.send('2/chat,["x",1]') };
    },
  },
  {
    title: "a listener for any event",
    event: "x",
    async prepare(rig, fail) {
      const { wire, socket } = await rig.join("/chat");
      socket.onAny(fail);
      return { socket, happen: () => wire.send('2/chat,["x",1]') };
    },
  },
  {
    title: "a listener for any outgoing event",
    event: "outgoing",
    async prepare(rig, fail) {
      const { socket } = await rig.join("/chat");
      socket.onAnyOutgoing(fail);
      return { socket, happen: () => socket.emit("x") };
    },
  },
  {
    title: "a listener for any outgoing event, by a broadcast",
    event: "outgoing",
    async prepare(rig, fail) {
      const { socket } = await rig.join("/chat");
      socket.onAnyOutgoing(fail);
      return { socket, happen: () => rig.io.of("/chat").emit("x") };
    },
  },
  ...["disconnecting", "disconnect"].map(
    (event): Place => ({
      title: `a listener for ${event}`,
      event,
      async prepare(rig, fail) {
        const { socket } = await rig.join("/chat");
        socket.on(event, fail);
        return { socket, happen: () => socket.disconnect() };
      },
    }),
  ),
  {
    title: "a middleware of a socket",
    event: "middleware",
    async prepare(rig, fail) {
      const { wire, socket } = await rig.join("/chat");
      socket.use(fail);
      return { socket, happen: () => wire.send('2/chat,["x",1]') };
    },
  },
  {
    title: "an acknowledgement's callback",
    event: "ack",
    async prepare(rig, fail) {
      const { wire, socket } = await rig.join("/chat");
      socket.emit("x", fail);
      return { socket, happen: () => wire.send("3/chat,0[1]") };
    },
  },
  {
    title: "an acknowledgement's callback, whose time is over,",
    event: "ack",
    async prepare(rig, fail) {
      const { socket } = await rig.join("/chat");
      return { socket, happen: () => socket.timeout(1).emit("x", fail) };
    },
  },
  {
    title: "an acknowledgement's callback, whose socket is gone,",
    event: "ack",
    async prepare(rig, fail) {
      const { socket } = await rig.join("/chat");
      socket.timeout(60_000).emit("x", fail);
      return { socket, happen: () => socket.disconnect() };
    },
  },
  {
    title: "a broadcast's callback",
    event: "ack",
    async prepare(rig, fail) {
      const { wire } = await rig.join("/chat");
      rig.io.of("/chat").timeout(60_000).emit("x", fail);
      return { socket: undefined, happen: () => wire.send("3/chat,0[1]") };
    },
  },
  {
    title: "a broadcast's callback, whose time is over,",
    event: "ack",
    async prepare(rig, fail) {
      await rig.join("/chat");
      return { socket: undefined, happen: () => rig.io.of("/chat").timeout(1).emit("x", fail) };
    },
  },
  ...["connection", "connect"].map(
    (event): Place => ({
      title: `a listener for ${event}`,
      event,
      async prepare(rig, fail) {
        rig.io.of("/chat").on(event, fail);
        const wire = await rig.open();
        return { socket: undefined, happen: () => wire.send("0/chat,") };
      },
    }),
  ),
  {
    title: "a middleware of a namespace",
    event: "middleware",
    async prepare(rig, fail) {
      rig.io.of("/chat").use(fail);
      const wire = await rig.open();
      return { socket: undefined, happen: () => wire.send("0/chat,") };
    },
  },
  {
    title: "a listener for what another server emits",
    event: "x",
    async prepare(rig, fail) {
      const chat = rig.io.of("/chat");
      chat.on("x", fail);
      const { _onServerSideEmit: receive } = chat as unknown as { _onServerSideEmit(args: unknown[]): void };
      return { socket: undefined, happen: () => receive.call(chat, ["x"]) };
    },
  },
];
