/** Steps that scripts of upgrades share. */
import { answer, get, openPolling, polling, upgrade, websocket } from "./steps.ts";

export const candidate = (revision: number): readonly ReturnType<typeof upgrade>[] => [
  ...openPolling(revision),
  upgrade("ws", websocket(revision)),
  answer("ws"),
];

export const poll = (revision: number, on = "poll") => get(on, polling(revision));
export const wire = (revision: number, message: string): string =>
  revision === 4 ? message : `${message.length}:${message}`;
