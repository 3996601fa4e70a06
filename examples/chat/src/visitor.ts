import type { Announcements } from "./announcements.ts";
import { ChatError } from "./chat-error.ts";
import { type People, type Person, publicUser } from "./people.ts";
import type { Accepted, Entry, Joined, Reply, User } from "./protocol.ts";
import { readAfter, readKey, readNewName, readPicture, readRoom, readText, readTyping } from "./requests.ts";
import type { Room, Rooms } from "./rooms.ts";
import { type ChatSocket, channelOf } from "./socket-types.ts";

const MOST_JOINED = 8;
const COST = { join: 1, message: 1, picture: 4, rename: 2, typing: 0.5 } as const;

/** What all visitors share. */
export interface ChatState {
  readonly people: People;
  readonly rooms: Rooms;
  readonly announcements: Announcements;
  nextEntryId(): string;
  /** An entry was added to a history. */
  wrote(entry: Entry): void;
}

/** One socket and what it asks for. Requests come checked or not at all: see requests.ts. */
export class Visitor {
  readonly #socket: ChatSocket;
  readonly #person: Person;
  readonly #chat: ChatState;
  readonly #joined = new Map<string, Room>();

  constructor(socket: ChatSocket, person: Person, chat: ChatState) {
    this.#socket = socket;
    this.#person = person;
    this.#chat = chat;
  }

  listen(): void {
    const { rate } = this.#person;
    const answer = (cost: number, work: (request: unknown) => object) => (request: unknown, ack: unknown) => {
      const reply = attempt(() => {
        if (!rate.take(cost)) throw new ChatError("TOO_FAST");
        return work(request);
      });
      if (typeof ack === "function") ack(reply);
    };
    this.#socket.on(
      "join",
      answer(COST.join, (request) => this.#join(request)),
    );
    this.#socket.on(
      "leave",
      answer(0, (request) => this.#leave(request)),
    );
    this.#socket.on(
      "message",
      answer(COST.message, (request) => this.#message(request)),
    );
    this.#socket.on(
      "picture",
      answer(COST.picture, (request) => this.#picture(request)),
    );
    this.#socket.on(
      "typing",
      answer(COST.typing, (request) => this.#typing(request)),
    );
    this.#socket.on(
      "rename",
      answer(COST.rename, (request) => this.#rename(request)),
    );
    this.#socket.on("disconnect", (reason) => this.#gone(reason === "client namespace disconnect"));
    this.#socket.emit("welcome", { user: publicUser(this.#person), rooms: this.#chat.rooms.list() });
  }

  #join(request: unknown): Joined {
    const name = readRoom(request);
    const after = readAfter(request);
    if (!this.#joined.has(name) && this.#joined.size >= MOST_JOINED) throw new ChatError("TOO_MANY_JOINED");
    const room = this.#chat.rooms.open(name);
    this.#joined.set(name, room);
    void this.#socket.join(channelOf(name));
    if (room.presence.enter(this.#person, this.#socket.id)) this.#notify(room, "joined");
    this.#chat.announcements.changed(name);
    const { entries, resumed } = room.history.since(after);
    return { room: name, members: room.presence.members(), history: entries, resumed };
  }

  #leave(request: unknown): object {
    const room = this.#roomOf(request);
    this.#joined.delete(room.name);
    void this.#socket.leave(channelOf(room.name));
    this.#left(room);
    return {};
  }

  #message(request: unknown): Accepted {
    const room = this.#roomOf(request);
    const text = readText(request);
    return this.#store(room, readKey(request), (head) => ({ ...head, kind: "text", text }));
  }

  #picture(request: unknown): Accepted {
    const room = this.#roomOf(request);
    const picture = readPicture(request);
    return this.#store(room, readKey(request), (head) => ({ ...head, kind: "picture", ...picture }));
  }

  #typing(request: unknown): object {
    const room = this.#roomOf(request);
    const typing = readTyping(request);
    const pulse = { room: room.name, user: publicUser(this.#person), typing };
    this.#socket.to(channelOf(room.name)).emit("typing", pulse);
    return {};
  }

  #rename(request: unknown): { user: User } {
    const wanted = readNewName(request);
    const was = this.#person.name;
    if (wanted !== was) this.#chat.people.rename(this.#person, wanted);
    for (const room of this.#joined.values()) {
      if (this.#person.name !== was) this.#notify(room, "renamed", was);
      this.#chat.announcements.changed(room.name);
    }
    return { user: publicUser(this.#person) };
  }

  #gone(onPurpose: boolean): void {
    const { people, announcements } = this.#chat;
    for (const room of this.#joined.values())
      if (onPurpose) this.#left(room);
      else if (room.presence.lose(this.#person.id, this.#socket.id)) announcements.changed(room.name);
    if (onPurpose) people.leave(this.#person, this.#socket.id);
    else people.lose(this.#person, this.#socket.id);
  }

  #left(room: Room): void {
    if (room.presence.leave(this.#person.id, this.#socket.id)) this.#notify(room, "left");
    this.#chat.announcements.changed(room.name);
  }

  #roomOf(request: unknown): Room {
    const room = this.#joined.get(readRoom(request));
    if (room === undefined) throw new ChatError("NOT_IN_ROOM");
    return room;
  }

  /** A key that was used before is a repeat after a lost answer: it gets the first answer again. */
  #store(room: Room, key: string | undefined, make: (head: EntryHead) => Entry): Accepted {
    const known = key === undefined ? undefined : room.history.find(this.#person.id, key);
    if (known !== undefined) return { id: known.id, sentAtMs: known.sentAtMs };
    const id = this.#chat.nextEntryId();
    const from = publicUser(this.#person);
    const entry = make({ id, key: key ?? id, room: room.name, from, sentAtMs: Date.now() });
    room.history.add(entry);
    this.#chat.wrote(entry);
    const others = this.#socket.to(channelOf(room.name));
    if (entry.kind === "text") others.emit("message", entry);
    else others.emit("picture", entry);
    return { id, sentAtMs: entry.sentAtMs };
  }

  #notify(room: Room, kind: "joined" | "left" | "renamed", was?: string): void {
    const notice = { kind, room: room.name, user: publicUser(this.#person) };
    const others = this.#socket.to(channelOf(room.name));
    others.emit("notice", was === undefined ? notice : { ...notice, was });
  }
}

type EntryHead = Pick<Entry, "id" | "key" | "room" | "from" | "sentAtMs">;

/** Turns a refusal into an answer. Anything else that is thrown is a fault of ours and goes on its way. */
function attempt<T extends object>(work: () => T): Reply<T> {
  try {
    return { ok: true, ...work() };
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    return { ok: false, error: { code: error.code, message: error.message } };
  }
}
