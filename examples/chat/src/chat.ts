import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "@towline/core";
import { Announcements } from "./announcements.ts";
import { ChatError } from "./chat-error.ts";
import { type Neighbours, NO_NEIGHBOURS } from "./neighbours.ts";
import { type Credentials, People, publicUser, readCredentials } from "./people.ts";
import type { Entry } from "./protocol.ts";
import { type Room, Rooms } from "./rooms.ts";
import { type ChatServer, type ChatSocket, channelOf } from "./socket-types.ts";
import { type ChatState, Visitor } from "./visitor.ts";

export interface ChatOptions {
  readonly graceMs: number;
  readonly clock?: Clock;
  /** Other servers of the same chat. Defaults to none. */
  readonly neighbours?: Neighbours;
}

export interface Chat {
  readonly rooms: Rooms;
  /** Takes in what was written on another server. */
  remember(entry: Entry): void;
  /** Tells those on this server of a room that has changed on another. */
  heard(room: string): void;
  close(): void;
}

/** Puts the chat onto a Socket.IO server. Close it after the server, whose closing is a loss of every connection. */
export function serveChat(
  io: ChatServer,
  { graceMs, clock = systemClock, neighbours = NO_NEIGHBOURS }: ChatOptions,
): Chat {
  // To the visitors of this server: each server tells its own what it knows.
  const announce = (changed: ReadonlySet<string>) => {
    for (const name of changed) {
      const members = rooms.get(name)?.presence.members() ?? [];
      io.local.to(channelOf(name)).emit("members", { room: name, members });
    }
    io.local.emit("rooms", rooms.list());
  };
  const announcements = new Announcements(clock, (changed) => {
    for (const name of changed) neighbours.changed(name, rooms.get(name)?.presence.own() ?? []);
    announce(changed);
  });
  const hearsay = new Announcements(clock, announce);
  const rooms = new Rooms({
    clock,
    graceMs,
    onGone: (room, user) => {
      if (!room.presence.has(user.id))
        io.to(channelOf(room.name)).emit("notice", { kind: "left", room: room.name, user: publicUser(user) });
      announcements.changed(room.name);
    },
    elsewhere: (room) => neighbours.members(room),
  });
  const people = new People(clock, graceMs, (name, id) => neighbours.isTaken(name, id));
  const chat: ChatState = {
    people,
    rooms,
    announcements,
    nextEntryId: entryIds(),
    wrote: (entry) => neighbours.wrote(entry),
  };

  io.use((socket, next) => {
    const admitted = admit(socket, people);
    next(admitted instanceof ChatError ? admitted : undefined);
  });
  io.on("connection", (socket) => {
    const person = people.enter(readCredentials(authOf(socket)), socket.id);
    new Visitor(socket, person, chat).listen();
  });

  return {
    rooms,
    remember(entry) {
      const history = openIfPossible(rooms, entry.room)?.history;
      if (history?.since(entry.id).resumed === false) history.add(entry);
    },
    heard(room) {
      if (openIfPossible(rooms, room) !== undefined) hearsay.changed(room);
    },
    close() {
      announcements.close();
      hearsay.close();
      rooms.close();
      people.close();
    },
  };
}

/** A room that was opened on another server, unless there is no place for it on this one. */
function openIfPossible(rooms: Rooms, name: string): Room | undefined {
  try {
    return rooms.open(name);
  } catch (error) {
    if (error instanceof ChatError) return undefined;
    throw error;
  }
}

function admit(socket: ChatSocket, people: People): Credentials | ChatError {
  try {
    const credentials = readCredentials(authOf(socket));
    people.checkPlace(credentials);
    return credentials;
  } catch (error) {
    if (error instanceof ChatError) return error;
    throw error;
  }
}

/** `auth` where the client has it (3.x and later), the query for older ones. */
function authOf({ handshake }: ChatSocket): Readonly<Record<string, unknown>> {
  const { auth, query } = handshake;
  return typeof auth === "object" && auth !== null && Object.keys(auth).length > 0 ? auth : query;
}

/** Ids are unique over restarts, so that a client cannot mistake a new history for the continuation of an old one. */
function entryIds(): () => string {
  const start = randomBytes(6).toString("base64url");
  let count = 0;
  return () => `${start}.${++count}`;
}
