/** Sessions from their first request to their end. */
import { createRequire } from "node:module";
import { Socket as TowlineSocket } from "@towline/engine.io-client";
import { next } from "../events.ts";
import type { Emitter } from "../peers.ts";
import { Count, MESSAGES, numbered } from "./conversation.ts";

interface Client extends Emitter {
  readonly transport: { readonly name: string };
  send(data: string | Buffer): unknown;
  close(): unknown;
}
type ClientClass = new (url: string) => Client;

const require = createRequire(import.meta.url);
const official = (alias: string): ClientClass => (require(alias) as { Socket: ClientClass }).Socket;

export const TOWLINE = TowlineSocket as unknown as ClientClass;
export const OFFICIAL_3 = official("reference-engine.io-client-3");
export const OFFICIAL_4 = official("reference-engine.io-client");

/** Sent before the upgrade can be over; the others one by one, each when an answer has come. */
const BEFORE_UPGRADE = 20;

/**
 * One session: opens by polling, upgrades, exchanges all messages, and leaves.
 *
 * @throws {Error} when a message was lost, doubled or out of order, or the session did not last.
 */
async function visit(Socket: ClientClass, url: string): Promise<void> {
  const client = new Socket(url);
  const count = new Count();
  const upgraded = next(client, "upgrade");
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    const send = () => void (sent < MESSAGES && client.send(numbered(sent++)));
    client.once("open", () => {
      while (sent < BEFORE_UPGRADE) send();
    });
    client.on("message", (data) => {
      count.hear(data);
      send();
      if (count.isComplete) resolve();
    });
    client.once("close", (reason) => reject(new Error(`closed by ${String(reason)}`)));
    upgraded.then(() => {
      while (sent < MESSAGES / 2) send();
    });
  });
  await upgraded;
  const closed = next(client, "close");
  client.close();
  await closed;
  if (count.firstFault !== undefined) throw new Error(count.firstFault);
}

/** Makes `total` visits, `atOnce` at any time. */
export async function visits(Socket: ClientClass, url: string, total: number, atOnce: number): Promise<void> {
  let left = total;
  const visitor = async () => {
    while (left-- > 0) await visit(Socket, url);
  };
  await Promise.all(Array.from({ length: atOnce }, visitor));
}
