import { expect } from "chai";
import { Inbox, next, request, respond } from "../events.ts";
import type { Emitter } from "../peers.ts";
import type { Rig } from "../rig.ts";

const ARGUMENTS = [
  1,
  -0.5,
  "",
  'quotes " and \\ and \n',
  "naïve café, 日本語, 👩‍👩‍👧, \u2028\u2029, \u0000",
  null,
  true,
  [],
  { nested: { list: [1, [2, { deep: "é" }]] }, __proto: "x" },
];

export async function events(rig: Rig): Promise<void> {
  const { client, socket } = await rig.connect();
  for (const [from, to] of [
    [client, socket],
    [socket, client],
  ] as const) {
    const received = next(to, "event with spaces, commas and é");
    from.emit("event with spaces, commas and é", ...ARGUMENTS);
    expect(await received).to.deep.equal(ARGUMENTS);

    const bare = next(to, "bare");
    from.emit("bare");
    expect(await bare).to.deep.equal([]);

    const long = next(to, "long");
    from.emit("long", "é".repeat(200_000));
    expect((await long)[0] === "é".repeat(200_000), "a long text arrives whole").to.equal(true);
  }
}

const numbers = (count: number): number[][] => Array.from({ length: count }, (_, index) => [index]);

async function burst(from: Emitter, to: Emitter, count: number): Promise<void> {
  const inbox = new Inbox(to, "n");
  for (let index = 0; index < count; index++) from.emit("n", index);
  expect(await inbox.holding(count)).to.deep.equal(numbers(count));
}

export async function order(rig: Rig): Promise<void> {
  const { client, socket } = await rig.connect();
  await Promise.all([burst(client, socket, 500), burst(socket, client, 500)]);
}

/** Numbers from both ends, one each turn of the event loop, from before the upgrade until well after it. */
export async function orderDuringUpgrade(rig: Rig): Promise<void> {
  const client = rig.open("/");
  const socket = await rig.whenConnected(client);
  const down = new Inbox(client, "n");
  const up = new Inbox(socket, "n");

  let settled = false;
  const settling = rig.settle({ client, socket }).then(() => {
    settled = true;
  });
  let count = 0;
  for (let after = 0; after < 50 && count < 20_000; settled && after++) {
    client.emit("n", count);
    socket.emit("n", count);
    count++;
    await new Promise(setImmediate);
  }
  await settling;

  expect(await down.holding(count)).to.deep.equal(numbers(count));
  expect(await up.holding(count)).to.deep.equal(numbers(count));
}

/** The server speaks once, after the client has left polling and before the server knows of it, and then not again. */
export async function lastWordDuringUpgrade(rig: Rig): Promise<void> {
  const client = rig.open("/");
  const upgraded = next(client.io.engine, "upgrade");
  const socket = await rig.whenConnected(client);
  const heard = next(client, "last word");
  await upgraded;
  socket.emit("last word", "é");
  expect(await heard).to.deep.equal(["é"]);
}

export async function sendBuffer(rig: Rig): Promise<void> {
  const received = new Promise<Inbox>((resolve) => {
    rig.io.of("/chat").on("connection", (socket) => resolve(new Inbox(socket, "n")));
  });
  const client = rig.open("/chat");
  for (let index = 0; index < 20; index++) client.emit("n", index);
  expect(await (await received).holding(20)).to.deep.equal(numbers(20));
}

export async function acks(rig: Rig): Promise<void> {
  const { client, socket } = await rig.connect();
  for (const [from, to] of [
    [client, socket],
    [socket, client],
  ] as const) {
    respond(to, "echo", (...args) => args);
    expect(await request(from, "echo")).to.deep.equal([]);
    expect(await request(from, "echo", ...ARGUMENTS)).to.deep.equal(ARGUMENTS);

    // Answered in the reverse order of asking: each answer must find its own question.
    const held: (() => void)[] = [];
    to.on("hold", (question, answer) => {
      held.push(() => (answer as (text: string) => void)(`${question}!`));
      if (held.length === 20) for (const release of held.reverse()) release();
    });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => request(from, "hold", `q${i}`)));
    expect(answers).to.deep.equal(Array.from({ length: 20 }, (_, i) => [`q${i}!`]));
  }
}
