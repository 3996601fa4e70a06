import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "@towline/core";
import { Announcements } from "./announcements.ts";
import { ChatError } from "./chat-error.ts";
import { type Credentials, People, publicUser, readCredentials } from "./people.ts";
import { Rooms } from "./rooms.ts";
import { type ChatServer, type ChatSocket, channelOf } from "./socket-types.ts";
import { type ChatState, Visitor } from "./visitor.ts";

export interface ChatOptions {
  readonly graceMs: number;
  readonly clock?: Clock;
}

/** Puts the chat onto a Socket.IO server. Close it after the server, whose closing is a loss of every connection. */
export function serveChat(io: ChatServer, { graceMs, clock = systemClock }: ChatOptions): { close(): void } {
  const announcements = new Announcements(clock, (changed) => {
    for (const name of changed) {
      const members = rooms.get(name)?.presence.members() ?? [];
      io.to(channelOf(name)).emit("members", { room: name, members });
    }
    io.emit("rooms", rooms.list());
  });
  const rooms = new Rooms({
    clock,
    graceMs,
    onGone: (room, user) => {
      io.to(channelOf(room.name)).emit("notice", { kind: "left", room: room.name, user: publicUser(user) });
      announcements.changed(room.name);
    },
  });
  const people = new People(clock, graceMs);
  const chat: ChatState = { people, rooms, announcements, nextEntryId: entryIds() };

  io.use((socket, next) => {
    const admitted = admit(socket, people);
    next(admitted instanceof ChatError ? admitted : undefined);
  });
  io.on("connection", (socket) => {
    const person = people.enter(readCredentials(authOf(socket)), socket.id);
    new Visitor(socket, person, chat).listen();
  });

  return {
    close() {
      announcements.close();
      rooms.close();
      people.close();
    },
  };
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
