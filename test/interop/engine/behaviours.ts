/** What every pair of Engine.IO client and server does, over every transport. */
import { expect } from "chai";
import { Inbox, next } from "../events.ts";
import type { EngineEnd, EngineOptions } from "./peers.ts";

export interface EnginePair {
  readonly client: EngineEnd;
  readonly server: EngineEnd;
  /** Resolves when both ends have come to the transport that will stay. */
  settled(): Promise<unknown>;
}

const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** Messages of the shapes that framings have gone wrong on. */
const MESSAGES: readonly (string | Buffer)[] = [
  "",
  "plain",
  "b64 look-alike",
  "4:2probe",
  "naïve 日本語 👩‍👩‍👧 \u0000 \u2028",
  every,
  Buffer.alloc(0),
  "é".repeat(100_000),
  Buffer.alloc(100_000, every),
  "\ud83d\ude00".repeat(300),
  Buffer.from("last"),
];

async function received(inbox: Inbox, count: number): Promise<unknown[]> {
  const messages = await inbox.holding(count);
  // A client gives out binary as Buffer or as ArrayBuffer, as its binaryType says.
  return messages.map(([data]) => (data instanceof ArrayBuffer ? Buffer.from(data) : data));
}

/** Official ends hand out an empty text as `undefined`. */
const emptyAsText = (messages: readonly unknown[]): unknown[] => messages.map((data) => data ?? "");

async function messages({ client, server, settled }: EnginePair): Promise<void> {
  await settled();
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    const inbox = new Inbox(to, "message");
    for (const message of MESSAGES) from.send(message);
    expect(emptyAsText(await received(inbox, MESSAGES.length))).to.deep.equal(MESSAGES);
  }
}

async function orderDuringUpgrade({ client, server, settled }: EnginePair): Promise<void> {
  const inboxes = [new Inbox(client, "message"), new Inbox(server, "message")] as const;
  const sent: (string | Buffer)[] = [];
  let done = false;
  const settling = settled().then(() => {
    done = true;
  });
  for (let after = 0; after < 50 && sent.length < 20_000; done && after++) {
    const message = sent.length % 3 === 2 ? Buffer.from(`${sent.length}`) : `${sent.length}`;
    client.send(message);
    server.send(message);
    sent.push(message);
    await new Promise(setImmediate);
  }
  await settling;
  for (const inbox of inboxes) expect(await received(inbox, sent.length)).to.deep.equal(sent);
}

async function heartbeats({ client, server, settled }: EnginePair): Promise<void> {
  await settled();
  const closes = [new Inbox(client, "close"), new Inbox(server, "close")];
  const beats = new Inbox(server, "heartbeat");
  await beats.holding(4);
  for (const close of closes) expect(await close.holding(0)).to.deep.equal([]);
  const echo = next(client, "message");
  server.send("alive");
  expect((await echo)[0]).to.equal("alive");
}

async function closedByClient({ client, server, settled }: EnginePair): Promise<void> {
  await settled();
  const ends = Promise.all([next(client, "close"), next(server, "close")]);
  client.close();
  const [[atClient], [atServer]] = await ends;
  expect([atClient, atServer]).to.deep.equal(["forced close", "transport close"]);
}

async function closedByServer({ client, server, settled }: EnginePair): Promise<void> {
  await settled();
  const ends = Promise.all([next(client, "close"), next(server, "close")]);
  server.close();
  const [[atClient], [atServer]] = await ends;
  expect([atClient, atServer]).to.deep.equal(["transport close", "forced close"]);
}

export interface EngineBehaviour {
  readonly title: string;
  run(pair: EnginePair): Promise<void>;
  /** The defaults when absent: with a heartbeat of 25 s none comes to wake a session that is stuck. */
  readonly options?: EngineOptions;
}

export const ENGINE_BEHAVIOURS: readonly EngineBehaviour[] = [
  { title: "text and binary both ways, in order", run: messages },
  { title: "keeps the order while the session settles", run: orderDuringUpgrade },
  {
    title: "stays open over several heartbeats",
    run: heartbeats,
    // Short, so that the test sees several; patient, so that a busy machine breaks none.
    options: { pingInterval: 25, pingTimeout: 2_000 },
  },
  { title: "closed by the client", run: closedByClient },
  { title: "closed by the server", run: closedByServer },
];
