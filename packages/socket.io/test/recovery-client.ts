import { once } from "node:events";
import type { FakeClock } from "@towline/core";
import type { Namespace, ServerOptions, Socket } from "@towline/socket.io";
import { SessionAwareAdapter } from "@towline/socket.io-adapter";
import { type RawClient, startServer } from "./raw-client.ts";

/** One client in one namespace, and what it was told at its welcome. */
export interface Member {
  readonly client: RawClient;
  readonly nsp: string;
  readonly sid: string;
  readonly pid: string;
  readonly socket: Socket;
  /** What the server has sent before its welcome. */
  readonly early: readonly (string | Buffer)[];
}

/** What a client says when it wants its session back. */
export type Claim = Readonly<Record<string, unknown>>;

/** Digits of an id, as the server writes them. */
export const ID = "[\\w-]{20}";

export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const inside = (nsp: string): string => (nsp === "/" ? "" : `${nsp},`);

/** A server that keeps sessions, with clients that write the wire themselves. */
export async function startRecovery(
  recovery: ServerOptions["connectionStateRecovery"] = {},
  options: ServerOptions = {},
) {
  const server = await startServer({ connectionStateRecovery: recovery, ...options });
  const { io, connect } = server;

  /** Opens a connection and asks for the namespace. */
  async function ask(claim?: Claim, nsp = "/"): Promise<RawClient> {
    const client = connect();
    await client.next();
    client.send(`40${inside(nsp)}${claim === undefined ? "" : JSON.stringify(claim)}`);
    return client;
  }

  async function welcome(client: RawClient, nsp = "/"): Promise<Member> {
    const early: (string | Buffer)[] = [];
    const start = `40${inside(nsp)}{`;
    for (;;) {
      const one = await client.next();
      if (one === undefined) throw new Error(`closed after ${early.join(" ")}`);
      if (typeof one === "string" && one.startsWith(start)) {
        const { sid, pid } = JSON.parse(one.slice(start.length - 1));
        return { client, nsp, sid, pid, early, socket: io.of(nsp).sockets.get(sid) as Socket };
      }
      early.push(one);
    }
  }

  const join = async (claim?: Claim, nsp = "/"): Promise<Member> => welcome(await ask(claim, nsp), nsp);

  /** Everything that the server has sent up to now beside the welcome: "not received" is seen, not waited for. */
  async function received({ client, nsp, socket, early }: Member): Promise<(string | Buffer)[]> {
    socket.once("sync", (reply) => reply());
    client.send(`42${inside(nsp)}999["sync"]`);
    const all = [...early];
    for (let one = await client.next(); one !== `43${inside(nsp)}999[]`; one = await client.next()) {
      if (one === undefined) throw new Error(`closed after ${all.join(" ")}`);
      all.push(one);
    }
    return all;
  }

  return { ...server, ask, welcome, join, received };
}

/** The client's end of the connection goes; the server has noticed. */
export async function drop({ client, socket }: Member): Promise<void> {
  const left = once(socket, "disconnect");
  client.close();
  await left;
}

/** Where the client stands after an event. */
export const offsetOf = (text: unknown): string => JSON.parse(String(text).replace(/^\d+-?[^[]*/, "")).at(-1);

/** Events as the application emitted them, each without the offset that the server has put behind. */
export const withoutOffsets = (texts: readonly unknown[]): string[] =>
  texts.map((text) => String(text).replace(/,"[\w-]{8}\.[0-9a-z]+"\]$/, "]"));

/** For the option `adapter`: sessions are kept by a clock of the test's. */
export const keptBy =
  (clock: FakeClock) =>
  (nsp: Namespace): SessionAwareAdapter =>
    new SessionAwareAdapter(Object.assign(nsp, { clock }));
