import { type Clock, systemClock, type TimerHandle } from "@towline/core";
import type { Chat } from "../../chat/src/chat.ts";
import type { Neighbours } from "../../chat/src/neighbours.ts";
import type { Entry, Member } from "../../chat/src/protocol.ts";
import type { ClusterServer, Presences } from "./peer-events.ts";

const SIGN_OF_LIFE_MS = 1_000;
/** A server that is silent for this long is gone, and so are those who came through it. */
const SILENCE_LIMIT_MS = 3_000;

interface Peer {
  readonly presences: ReadonlyMap<string, readonly Member[]>;
  readonly heardAtMs: number;
}

/** The part of the server that is used here. */
export type PeerServer = Pick<ClusterServer, "on" | "serverSideEmit" | "serverSideEmitWithAck">;

/** The other servers, through the server-side events of Socket.IO: whichever adapter carries them. */
export class PeerNeighbours implements Neighbours {
  readonly #io: PeerServer;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #own = new Map<string, readonly Member[]>();
  readonly #peers = new Map<string, Peer>();
  #chat: Chat | undefined;
  #timer: TimerHandle | undefined;

  /** @param name of this server, which no other has. */
  constructor(io: PeerServer, name: string, clock: Clock = systemClock) {
    this.#io = io;
    this.#name = name;
    this.#clock = clock;
  }

  /** Takes over what the others know, and listens to them from now on. */
  async meet(chat: Chat): Promise<void> {
    this.#chat = chat;
    this.#io.on("present", (server, presences) => this.#onPresent(server, presences));
    this.#io.on("wrote", (entry) => chat.remember(entry));
    this.#io.on("newcomer", (ack) =>
      ack(Array.from(chat.rooms.all(), ({ history }) => history.since(undefined).entries).flat()),
    );
    this.#beat();
    // One that dies at this very moment does not answer: the rest is lost, and no harm done.
    const histories = await this.#io.serverSideEmitWithAck("newcomer").catch(() => []);
    for (const entries of histories) for (const entry of entries) chat.remember(entry);
  }

  members(room: string): readonly Member[] {
    const members = new Map<string, Member>();
    for (const { presences } of this.#peers.values())
      for (const member of presences.get(room) ?? [])
        if (members.get(member.id)?.away !== false) members.set(member.id, member);
    return [...members.values()];
  }

  isTaken(name: string, by: string): boolean {
    const wanted = name.toLowerCase();
    return Array.from(this.#peers.values(), ({ presences }) => [...presences.values()].flat())
      .flat()
      .some((member) => member.name.toLowerCase() === wanted && member.id !== by);
  }

  changed(room: string, members: readonly Member[]): void {
    if (members.length === 0) this.#own.delete(room);
    else this.#own.set(room, members);
    this.#tell();
  }

  wrote(entry: Entry): void {
    this.#io.serverSideEmit("wrote", entry);
  }

  /** Tells the others that everybody here is gone. */
  close(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#own.clear();
    this.#tell();
  }

  #tell(): void {
    this.#io.serverSideEmit("present", this.#name, Object.fromEntries(this.#own));
  }

  #beat(): void {
    this.#tell();
    const now = this.#clock.now();
    for (const [server, peer] of this.#peers)
      if (now - peer.heardAtMs > SILENCE_LIMIT_MS) this.#change(server, undefined);
    this.#timer = this.#clock.setTimeout(() => this.#beat(), SIGN_OF_LIFE_MS);
  }

  #onPresent(server: string, presences: Presences): void {
    this.#change(server, { presences: new Map(Object.entries(presences)), heardAtMs: this.#clock.now() });
  }

  /** Notes what a server says, and has the chat announce the rooms in which that makes a difference. */
  #change(server: string, peer: Peer | undefined): void {
    const before = this.#peers.get(server);
    if (peer === undefined) this.#peers.delete(server);
    else this.#peers.set(server, peer);
    const rooms = new Set([...(before?.presences.keys() ?? []), ...(peer?.presences.keys() ?? [])]);
    for (const room of rooms) {
      const [was, is] = [before?.presences.get(room), peer?.presences.get(room)];
      if (JSON.stringify(was) !== JSON.stringify(is)) this.#chat?.heard(room);
    }
  }
}
