/** What crosses the wire between the chat's server and its clients. README.md documents it for other clients. */

export const LIMITS = {
  nameLength: 24,
  roomNameLength: 24,
  textLength: 2_000,
  keyLength: 40,
  pictureBytes: 512 * 1024,
} as const;

/** Rooms that are there from the start and are never given up. The first is where newcomers land. */
export const PERMANENT_ROOMS = ["lobby", "pictures", "workshop"] as const;

export interface User {
  /** Public, derived from the secret token: stable over reconnections. */
  readonly id: string;
  readonly name: string;
}

export interface Member extends User {
  /** The connection is lost and the grace period is running. */
  readonly away: boolean;
}

export interface RoomSummary {
  readonly name: string;
  readonly members: number;
}

export type PictureType = "image/png" | "image/jpeg" | "image/gif" | "image/webp";

interface EntryHead {
  readonly id: string;
  readonly room: string;
  readonly from: User;
  /** When the server took it in, in milliseconds since the Unix epoch. */
  readonly sentAtMs: number;
  /** Chosen by the sender. The same key from the same user is stored once, so that a repeat is harmless. */
  readonly key: string;
}

export interface TextEntry extends EntryHead {
  readonly kind: "text";
  readonly text: string;
}

export interface PictureEntry extends EntryHead {
  readonly kind: "picture";
  readonly type: PictureType;
  /** A Buffer in Node, an ArrayBuffer in a browser. */
  readonly bytes: Uint8Array | ArrayBuffer;
}

export type Entry = TextEntry | PictureEntry;

export interface Notice {
  readonly kind: "joined" | "left" | "renamed";
  readonly room: string;
  readonly user: User;
  /** The former name, for `renamed`. */
  readonly was?: string;
}

export interface TypingPulse {
  readonly room: string;
  readonly user: User;
  readonly typing: boolean;
}

export interface Failure {
  readonly ok: false;
  readonly error: { readonly code: string; readonly message: string };
}

export type Reply<T> = (T & { readonly ok: true }) | Failure;

export interface Joined {
  readonly room: string;
  readonly members: readonly Member[];
  /** Oldest first. */
  readonly history: readonly Entry[];
  /** True when `history` holds only what came after the entry named by `after`. */
  readonly resumed: boolean;
}

export interface Accepted {
  readonly id: string;
  readonly sentAtMs: number;
}

type Ack<T> = (reply: Reply<T>) => void;

/** What a client may send. The server takes every payload as `unknown` and checks it (requests.ts). */
export interface ClientEvents {
  join(request: { room: string; after?: string }, ack: Ack<Joined>): void;
  leave(request: { room: string }, ack: Ack<object>): void;
  message(request: { room: string; text: string; key?: string }, ack: Ack<Accepted>): void;
  picture(request: { room: string; bytes: Uint8Array | ArrayBuffer; key?: string }, ack: Ack<Accepted>): void;
  typing(request: { room: string; typing: boolean }, ack?: Ack<object>): void;
  rename(request: { name: string }, ack: Ack<{ user: User }>): void;
}

export interface ServerEvents {
  welcome(greeting: { user: User; rooms: readonly RoomSummary[] }): void;
  rooms(rooms: readonly RoomSummary[]): void;
  members(list: { room: string; members: readonly Member[] }): void;
  message(entry: TextEntry): void;
  picture(entry: PictureEntry): void;
  typing(pulse: TypingPulse): void;
  notice(notice: Notice): void;
}
