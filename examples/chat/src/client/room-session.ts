import type { Entry, Failure, Joined, Reply, User } from "../protocol.ts";
import type { ChatLog } from "./chat-log.ts";
import type { ChatSocket } from "./connection.ts";
import { byId } from "./dom.ts";
import type { Outbox } from "./outbox.ts";
import { type RoomList, showPeople } from "./side-lists.ts";
import { load, save } from "./storage.ts";
import { toast } from "./toasts.ts";
import type { TypingLine } from "./typing-line.ts";

const KEY = "towline-chat.room";
const FIRST_ROOM = "lobby";
const ANSWER_WITHIN_MS = 10_000;

export interface RoomParts {
  readonly socket: ChatSocket;
  readonly log: ChatLog;
  readonly outbox: Outbox;
  readonly rooms: RoomList;
  readonly typing: TypingLine;
  me(): User;
}

/** The room on show: going in, going over to another, and coming back after a lost connection. */
export class RoomSession {
  readonly #parts: RoomParts;
  #room = load(KEY) ?? FIRST_ROOM;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    const { socket, log, typing, me } = parts;
    const here = <T extends { readonly room: string }>(show: (event: T) => void) => {
      return (event: T) => event.room === this.#room && show(event);
    };
    const said = here<Entry>((entry) => {
      typing.stop(entry.from);
      log.add(entry, me());
    });
    socket.on("message", said);
    socket.on("picture", said);
    socket.on(
      "typing",
      here((pulse) => typing.pulse(pulse)),
    );
    socket.on(
      "members",
      here(({ members }) => showPeople(members, me().id)),
    );
    socket.on(
      "notice",
      here((notice) => notice.user.id !== me().id && log.notice(notice)),
    );
  }

  get room(): string {
    return this.#room;
  }

  /** Joins the room on show, from where the log ends. Called for every new connection. */
  enter(): void {
    const { socket, log } = this.#parts;
    const after = log.lastId;
    const room = this.#room;
    const request = after === undefined ? { room } : { room, after };
    socket.timeout(ANSWER_WITHIN_MS).emit("join", request, (failure, reply) => {
      // The person may have gone on to another room meanwhile.
      if (room !== this.#room) return;
      if (failure === null) this.#entered(reply);
      // A lost connection enters again by itself; on a live one, only a missing answer is left.
      else if (socket.connected) this.enter();
    });
  }

  change(room: string): void {
    if (room === this.#room) return;
    const { socket, log, outbox } = this.#parts;
    outbox.hold();
    if (socket.connected) socket.emit("leave", { room: this.#room }, () => {});
    this.#room = room;
    log.clear();
    this.enterIfConnected();
  }

  enterIfConnected(): void {
    this.#showRoom();
    if (this.#parts.socket.connected) this.enter();
  }

  #entered(reply: Reply<Joined>): void {
    if (!reply.ok) {
      this.#refused(reply);
      return;
    }
    const { room, history, members, resumed } = reply;
    const { log, outbox, me } = this.#parts;
    // The server writes names in its own way, in lower case.
    this.#room = room;
    this.#showRoom();
    if (!resumed) log.clear();
    for (const entry of history) log.add(entry, me());
    for (const draft of outbox.waitingFor(room)) log.addDraft(draft, me());
    showPeople(members, me().id);
    outbox.resume();
  }

  #refused({ error }: Failure): void {
    toast(`${this.#room}: ${error.message}.`);
    if (this.#room === FIRST_ROOM) return;
    this.#room = FIRST_ROOM;
    this.#parts.log.clear();
    this.enterIfConnected();
  }

  #showRoom(): void {
    save(KEY, this.#room);
    this.#parts.rooms.choose(this.#room);
    this.#parts.typing.clear();
    byId("room-title", HTMLElement).textContent = this.#room;
    document.title = `${this.#room} · Towline chat`;
  }
}
