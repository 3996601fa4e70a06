import { expect } from "chai";
import { Inbox, request } from "../events.ts";
import type { ClientSocket, ServerSocket } from "../peers.ts";
import type { Pair, Rig } from "../rig.ts";

/** Joins and leaves when its client asks for it. */
function obey(socket: ServerSocket): void {
  socket.on("join", (room, done) => {
    socket.join(room as string);
    (done as () => void)();
  });
  socket.on("leave", (room, done) => {
    socket.leave(room as string);
    (done as () => void)();
  });
}

/** What each client hears of "news", told apart from silence by a marker that all of them get afterwards. */
class Audience {
  readonly #rig: Rig;
  readonly #inboxes: readonly Inbox[];
  #heard: number[];

  constructor(rig: Rig, clients: readonly ClientSocket[]) {
    this.#rig = rig;
    this.#inboxes = clients.map((client) => new Inbox(client, "news"));
    this.#heard = clients.map(() => 0);
  }

  /** For each client, what it got of what `emit` sent. */
  async hear(emit: () => void): Promise<unknown[][]> {
    emit();
    this.#rig.io.of("/").emit("news", "end");
    return Promise.all(this.#inboxes.map((inbox, index) => this.#untilMarker(inbox, index)));
  }

  async #untilMarker(inbox: Inbox, index: number): Promise<unknown[]> {
    const from = this.#heard[index] ?? 0;
    for (let count = from + 1; ; count++) {
      const heard = (await inbox.holding(count)).slice(from).map(([news]) => news);
      if (heard.at(-1) !== "end") continue;
      this.#heard[index] = from + heard.length;
      return heard.slice(0, -1);
    }
  }
}

async function threeClients(rig: Rig): Promise<readonly [Pair, Pair, Pair]> {
  const pairs = await Promise.all([rig.connect(), rig.connect(), rig.connect()]);
  for (const { socket } of pairs) obey(socket);
  await Promise.all(pairs.slice(0, 2).map(({ client }) => request(client, "join", "room")));
  return pairs;
}

export async function rooms(rig: Rig): Promise<void> {
  const [a, b, c] = await threeClients(rig);
  const audience = new Audience(
    rig,
    [a, b, c].map(({ client }) => client),
  );
  const picture = Buffer.from("89504e47", "hex");
  const io = rig.io.of("/");

  expect(await audience.hear(() => io.emit("news", "all"))).to.deep.equal([["all"], ["all"], ["all"]]);
  expect(await audience.hear(() => io.to("room").emit("news", "in"))).to.deep.equal([["in"], ["in"], []]);
  expect(await audience.hear(() => io.to("room").emit("news", picture))).to.deep.equal([
    [picture],
    [picture],
    [],
  ]);
  expect(await audience.hear(() => a.socket.broadcast.emit("news", "x"))).to.deep.equal([[], ["x"], ["x"]]);
  expect(await audience.hear(() => a.socket.to("room").emit("news", "y"))).to.deep.equal([[], ["y"], []]);
  expect(await audience.hear(() => io.to("room").to(c.socket.id).emit("news", "once"))).to.deep.equal([
    ["once"],
    ["once"],
    ["once"],
  ]);
  expect(await audience.hear(() => io.to("nobody").emit("news", "?"))).to.deep.equal([[], [], []]);
  // Generation 2 and 3 servers have no `except`.
  if (rig.server.generation === 4) {
    expect(await audience.hear(() => io.except("room").emit("news", "out"))).to.deep.equal([[], [], ["out"]]);
    expect(await audience.hear(() => io.to("room").except(b.socket.id).emit("news", "z"))).to.deep.equal([
      ["z"],
      [],
      [],
    ]);
  }

  await request(b.client, "leave", "room");
  expect(await audience.hear(() => io.to("room").emit("news", "left"))).to.deep.equal([["left"], [], []]);
}
