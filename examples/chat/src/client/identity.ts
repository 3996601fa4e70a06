import { load, save } from "./storage.ts";

export interface Identity {
  /** Empty until the person has chosen one. */
  name: string;
  /** The secret that makes this browser tab the same person after a reconnection. */
  readonly token: string;
}

const MOST_SEATS = 16;
const keyOf = (seat: number): string => `towline-chat.seat.${seat}`;

/**
 * The identity of this tab. Tabs of one browser take the first seat that no other tab sits on, so that two tabs are two
 * people, and each is the same one again after a reload.
 */
export async function takeIdentity(): Promise<{ identity: Identity; save(): void }> {
  const seat = await freeSeat();
  const identity = read(load(keyOf(seat))) ?? { name: "", token: randomKey() };
  return { identity, save: () => save(keyOf(seat), JSON.stringify(identity)) };
}

/** Random, URL-safe, 22 characters: 128 bits. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

async function freeSeat(): Promise<number> {
  // Locks exist in secure contexts only: over plain http to another machine all tabs share the first seat.
  if (!("locks" in navigator)) return 0;
  for (let seat = 0; seat < MOST_SEATS; seat++) if (await sitDown(seat)) return seat;
  return 0;
}

/** Takes the seat for as long as the page lives. @returns false when another tab has it. */
function sitDown(seat: number): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(keyOf(seat), { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => {});
    });
  });
}

function read(json: string | undefined): Identity | undefined {
  try {
    const { name, token } = JSON.parse(json ?? "null") ?? {};
    return typeof name === "string" && typeof token === "string" ? { name, token } : undefined;
  } catch {
    return undefined;
  }
}

const FIRST = ["Calm", "Bright", "Early", "Gentle", "Keen", "Merry", "Quiet", "Swift", "Steady", "Warm"];
const SECOND = [
  "Heron",
  "Otter",
  "Petrel",
  "Seal",
  "Tern",
  "Pilot",
  "Gannet",
  "Dolphin",
  "Skipper",
  "Plover",
];
const oneOf = (words: readonly string[]): string =>
  words[Math.floor(Math.random() * words.length)] ?? "Guest";

export const suggestName = (): string => `${oneOf(FIRST)} ${oneOf(SECOND)}`;
