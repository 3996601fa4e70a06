import type { Entry, Member, User } from "./protocol.ts";

/** Other servers of the same chat: what they know, and what they have to be told. */
export interface Neighbours {
  /** Who is in a room there. */
  members(room: string): readonly Member[];
  /** Whether somebody else there bears this name. */
  isTaken(name: string, by: User["id"]): boolean;
  /** Who is in a room here, after a change. */
  changed(room: string, members: readonly Member[]): void;
  /** Something was written here. */
  wrote(entry: Entry): void;
}

/** A chat on one server. */
export const NO_NEIGHBOURS: Neighbours = {
  members: () => [],
  isTaken: () => false,
  changed() {},
  wrote() {},
};
