/** One connection of the fuzz run: it says what its seed tells it, and goes. */
import { once } from "node:events";
import { WebSocket } from "ws";
import { Random } from "../../simulation/random.ts";
import { ask, type Question } from "../bad-input/wire.ts";
import { drawMessage, type Message } from "./messages.ts";

const MOST_MESSAGES = 25;
const ON_POLLING = 0.1;
/** Some come as new, and some say that they have been there before. */
const JOINS = ["40", "40", '40{"pid":"{pid}"}', '40{"pid":"{pid}","offset":"{offset}"}'];

/** What the connections have learnt that one who comes back can say. */
export interface Learnt {
  pid: string;
  offset: string;
}

/** What a connection does is a matter of its seed, but for what it has learnt of others. */
export async function visit(port: number, seed: number, learnt: Learnt): Promise<void> {
  const random = new Random(seed);
  const revision = random.chance(0.7) ? 4 : 3;
  const isPolite = random.chance(0.7);
  const messages = Array.from({ length: random.between(1, MOST_MESSAGES) }, () => drawMessage(random));
  // Most have joined: what is said before that ends the connection.
  if (revision === 4 && random.chance(0.9)) messages.unshift(random.pick(JOINS));
  if (random.chance(ON_POLLING)) await poll(port, revision, messages);
  else await speak(port, revision, messages, { isPolite, inPieces: random.chance(0.5), learnt });
}

async function speak(
  port: number,
  revision: number,
  messages: readonly Message[],
  { isPolite, inPieces, learnt }: { isPolite: boolean; inPieces: boolean; learnt: Learnt },
): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=${revision}&transport=websocket`, {
    perMessageDeflate: false,
  });
  const closed = once(socket, "close");
  socket.on("error", () => {});
  socket.on("message", (data: Buffer) => learn(learnt, data.toString()));
  await once(socket, "open");
  for (const message of messages) {
    if (socket.readyState !== WebSocket.OPEN) break;
    socket.send(typeof message === "string" ? fill(message, learnt) : message);
    if (inPieces) await new Promise((resolve) => setImmediate(resolve));
  }
  if (isPolite) socket.close();
  else socket.terminate();
  await closed;
}

const fill = (message: string, { pid, offset }: Learnt): string =>
  message.replace("{pid}", pid).replace("{offset}", offset);

function learn(learnt: Learnt, packet: string): void {
  learnt.pid = /^40\{.*"pid":"([^"]+)"/.exec(packet)?.[1] ?? learnt.pid;
  learnt.offset = /^42\["shouted",\d+,"([^"]+)"\]/.exec(packet)?.[1] ?? learnt.offset;
}

/** Posts all as they are, separated as packets are in revision 4; asks for the answers once or not at all. */
async function poll(port: number, revision: number, messages: readonly Message[]): Promise<void> {
  // A server may reset the connection of a request that it has refused.
  const request = (question: Question) => ask(port, question).catch(() => ({ body: "" }));
  const path = `/socket.io/?EIO=${revision}&transport=polling`;
  const { body } = await request({ path });
  const sid = /"sid":"([^"]+)/.exec(body)?.[1];
  const half = Math.ceil(messages.length / 2);
  for (const part of [messages.slice(0, half), messages.slice(half)]) {
    await request({
      method: "POST",
      path: `${path}&sid=${sid}`,
      headers: { "Content-Type": "text/plain;charset=UTF-8" },
      body: part
        .map((message) => (typeof message === "string" ? message : `b${message.toString("base64")}`))
        .join("\x1e"),
    });
  }
  if (messages.length % 2 === 0) await request({ path: `${path}&sid=${sid}` });
}
