import { createHash, randomUUID } from "node:crypto";
import type { Clock } from "@towline/core";
import { ChatError } from "./chat-error.ts";
import { type Neighbours, NO_NEIGHBOURS } from "./neighbours.ts";
import { Presence } from "./presence.ts";
import { LIMITS, type User } from "./protocol.ts";
import { RateLimit } from "./rate-limit.ts";
import { readName, readToken } from "./requests.ts";

const MOST_PEOPLE = 1_000;

/** Someone who is here, or was until a moment ago. One object per person, whatever number of sockets. */
export interface Person {
  readonly id: string;
  name: string;
  readonly rate: RateLimit;
}

export interface Credentials {
  readonly id: string;
  readonly name: string;
}

/**
 * Reads who is connecting. The token is a secret of the client: the same token is the same person. Others only ever see
 * the id made from it.
 *
 * @param auth the `auth` payload, or the query for clients older than 3.x, which have no `auth`.
 * @throws {ChatError} when the name or the token is malformed. Both may be absent: that makes a passing guest.
 */
export function readCredentials(auth: Readonly<Record<string, unknown>>): Credentials {
  const token = auth.token === undefined ? randomUUID() : readToken(auth.token);
  const id = createHash("sha256").update(token).digest("base64url").slice(0, 12);
  const name = auth.name === undefined ? `Guest ${id.slice(0, 4)}` : readName(auth.name);
  return { id, name };
}

/** Everyone connected, and their names: no two people bear the same one. */
export class People {
  readonly #clock: Clock;
  readonly #presence: Presence;
  readonly #byId = new Map<string, Person>();
  readonly #idByName = new Map<string, string>();
  readonly #isTaken: Neighbours["isTaken"];

  /** @param isTaken whether somebody on another server bears a name. */
  constructor(clock: Clock, graceMs: number, isTaken: Neighbours["isTaken"] = NO_NEIGHBOURS.isTaken) {
    this.#isTaken = isTaken;
    this.#clock = clock;
    this.#presence = new Presence({ clock, graceMs, onGone: ({ id }) => this.#forget(id) });
  }

  /** @throws {ChatError} `SERVER_FULL` when there is no place for one more. */
  checkPlace({ id }: Credentials): void {
    if (this.#byId.size >= MOST_PEOPLE && !this.#byId.has(id)) throw new ChatError("SERVER_FULL");
  }

  enter({ id, name }: Credentials, socketId: string): Person {
    const person = this.#byId.get(id) ?? this.#admit(id);
    this.rename(person, name);
    this.#presence.enter(person, socketId);
    return person;
  }

  /** The person left on purpose: the name is free at once. */
  leave({ id }: Person, socketId: string): void {
    if (this.#presence.leave(id, socketId)) this.#forget(id);
  }

  /** The connection is gone: the name stays reserved for the grace period. */
  lose(person: Person, socketId: string): void {
    this.#presence.lose(person.id, socketId);
  }

  /** Gives `person` the wanted name, with a number behind it when somebody else has it. */
  rename(person: Person, wanted: string): void {
    this.#idByName.delete(fold(person.name));
    person.name = this.#freeName(wanted, person.id);
    this.#idByName.set(fold(person.name), person.id);
  }

  close(): void {
    this.#presence.close();
  }

  #admit(id: string): Person {
    const person = { id, name: "", rate: new RateLimit({ clock: this.#clock, burst: 20, perSecond: 5 }) };
    this.#byId.set(id, person);
    return person;
  }

  #freeName(wanted: string, id: string): string {
    let name = wanted;
    for (let number = 2; this.#idByName.has(fold(name)) || this.#isTaken(name, id); number++) {
      const suffix = ` ${number}`;
      name = wanted.slice(0, LIMITS.nameLength - suffix.length).trimEnd() + suffix;
    }
    return name;
  }

  #forget(id: string): void {
    const person = this.#byId.get(id);
    if (person === undefined) return;
    this.#byId.delete(id);
    this.#idByName.delete(fold(person.name));
  }
}

const fold = (name: string): string => name.toLowerCase();

/** What others may see of a person, as it is now. */
export const publicUser = ({ id, name }: User): User => ({ id, name });
