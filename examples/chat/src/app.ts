import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { milliseconds, type OptionInput, optional, resolveOptions, rule } from "@towline/core";
import { Server } from "@towline/socket.io";
import { serveChat } from "./chat.ts";
import { buildPage } from "./page.ts";
import { LIMITS } from "./protocol.ts";
import type { ChatServer } from "./socket-types.ts";
import { staticFiles } from "./static-files.ts";

export const CHAT_OPTIONS = {
  port: rule(3000, "Where to listen; 0 lets the system choose.", "a whole number from 0 to 65535", isPort),
  host: optional<string>(
    "The address to listen on; all of them when absent.",
    "a string",
    (v) => typeof v === "string",
  ),
  graceMs: milliseconds(8_000, "How long someone whose connection broke is still counted as here."),
  // Shorter than the library's default, so that the wire view has a heartbeat to show.
  heartbeatMs: milliseconds(10_000, "Delay between two heartbeats."),
};

export interface RunningChat {
  readonly port: number;
  readonly url: string;
  /** Disconnects everybody and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts the chat: the page, its client and the server behind it.
 *
 * @throws the listening error of `node:http` (`EADDRINUSE`, `EACCES`, …), or a `TypeError` for a bad option.
 */
export async function startChat(options: OptionInput<typeof CHAT_OPTIONS> = {}): Promise<RunningChat> {
  const { port, host, graceMs, heartbeatMs } = resolveOptions(CHAT_OPTIONS, options);
  const http = createServer(staticFiles(await buildPage()));
  http.listen({ port, ...(host === undefined ? {} : { host }) });
  await once(http, "listening");

  const io: ChatServer = new Server(http, {
    pingInterval: heartbeatMs,
    pingTimeout: heartbeatMs,
    // Room for a picture in base64, as polling carries it.
    maxHttpBufferSize: 2 * LIMITS.pictureBytes,
  });
  const chat = serveChat(io, { graceMs });
  const { port: chosen } = http.address() as AddressInfo;
  return {
    port: chosen,
    url: `http://localhost:${chosen}`,
    async close() {
      const closed = io.close();
      // Spare connections, which browsers open ahead of need, would keep the server from closing.
      http.closeAllConnections();
      await closed;
      chat.close();
    },
  };
}

export function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;
}
