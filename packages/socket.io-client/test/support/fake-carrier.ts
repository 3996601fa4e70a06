import type { Packet } from "@towline/socket.io-parser";
import type { Carrier, Member } from "../../src/link.ts";
import type { Manager } from "../../src/manager.ts";
import { Socket, type SocketOptions } from "../../src/socket.ts";

/** A Manager's connection whose far end is the test. */
export class FakeCarrier implements Carrier {
  readonly sent: Packet[] = [];
  readonly failures: Error[] = [];
  opens = 0;
  alive = true;
  writable = true;
  engine = "engine1";
  #isOpen = false;
  readonly #revision: 3 | 4;
  #member: Member | undefined;

  constructor(revision: 3 | 4) {
    this.#revision = revision;
  }

  isOpen = (): boolean => this.#isOpen;
  isAlive = (): boolean => this.alive;
  isWritable = (): boolean => this.writable;
  revision = (): 3 | 4 => this.#revision;
  engineId = (): string => this.engine;
  query = (): Record<string, unknown> => ({ token: "a&b" });

  join(_nsp: string, member: Member): void {
    this.#member = member;
    this.opens++;
    if (this.#isOpen) member.onOpen();
  }

  open(): void {
    this.opens++;
  }

  fail(error: Error): void {
    this.failures.push(error);
  }

  leave(): void {
    this.#member = undefined;
  }

  send(packet: Packet): void {
    this.sent.push(packet);
  }

  get hasMember(): boolean {
    return this.#member !== undefined;
  }

  get member(): Member {
    if (this.#member === undefined) throw new Error("no socket has joined");
    return this.#member;
  }

  /** The connection opens. */
  opened(): void {
    this.#isOpen = true;
    this.member.onOpen();
  }

  /** The connection is lost. */
  lost(): void {
    this.#isOpen = false;
    this.#member?.onClose("transport close", undefined);
  }

  takeSent(): Packet[] {
    return this.sent.splice(0);
  }
}

/** A Socket over a fake carrier, not connected. */
export function makeSocket(
  options: Partial<SocketOptions> = {},
  { nsp = "/", revision = 4, opts = {} }: { nsp?: string; revision?: 3 | 4; opts?: Manager["opts"] } = {},
): { socket: Socket; carrier: FakeCarrier } {
  const carrier = new FakeCarrier(revision);
  const manager = { carrier, opts } as unknown as Manager;
  return { socket: new Socket(manager, nsp, options), carrier };
}
