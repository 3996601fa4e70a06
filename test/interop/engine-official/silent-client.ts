/** Clients without a heartbeat: they say what a test lets them say, and otherwise keep silent. */
import { once } from "node:events";
import { Agent, type ClientRequest, get, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";

export interface SilentClient {
  /** Sends one packet of text. */
  say(packet: string): Promise<unknown>;
  /** Ends its connections without a word of goodbye. */
  vanish(): void;
}

type Open = (url: string, revision: 3 | 4) => Promise<SilentClient>;

/** A session on polling that always has a poll waiting, as long as there is a session. */
const poll: Open = async (url, revision) => {
  const agent = new Agent({ keepAlive: true });
  const path = `${url}/engine.io/?EIO=${revision}&transport=polling&b64=1`;
  const ask = async (asked: ClientRequest): Promise<string> => {
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const body = await text(response);
    return response.statusCode === 200 ? body : Promise.reject(new Error(body));
  };
  const opened = await ask(get(path, { agent }));
  const [, id = ""] = /"sid":"([^"]+)"/.exec(opened) ?? [];
  const session = `${path}&sid=${id}`;
  let waiting: ClientRequest | undefined;
  const pollOn = async () => {
    for (;;) await ask((waiting = get(session, { agent })));
  };
  // It ends with the session, by an answer of 400, or with the client.
  pollOn().catch(() => {});
  return {
    say: (packet) => {
      const body = revision === 3 ? `${packet.length}:${packet}` : packet;
      return ask(request(session, { agent, method: "POST" }).end(body));
    },
    vanish: () => {
      waiting?.destroy();
      agent.destroy();
    },
  };
};

/** A session on WebSocket whose client reads nothing. */
const webSocket: Open = async (url, revision) => {
  const socket = new WebSocket(`${url.replace("http", "ws")}/engine.io/?EIO=${revision}&transport=websocket`);
  await once(socket, "open");
  socket.pause();
  return {
    say: (packet) => new Promise((resolve) => socket.send(packet, resolve)),
    vanish: () => socket.terminate(),
  };
};

export const SILENT_CLIENTS: readonly (readonly [transport: string, open: Open])[] = [
  ["polling", poll],
  ["websocket", webSocket],
];
