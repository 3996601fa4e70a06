import { FakeClock } from "@towline/core";
import { type RecoveryOptions, SessionAwareAdapter } from "@towline/socket.io-adapter";
import { event, PortNamespace, to } from "./fake-namespace.ts";

/** A namespace whose sockets may come back. */
export class Recovering {
  readonly clock = new FakeClock();
  readonly nsp = new PortNamespace(this.clock);
  readonly adapter: SessionAwareAdapter;
  /** Where the log stood when each socket was made. */
  readonly #initial = new Map<string, string>();

  constructor(connectionStateRecovery: RecoveryOptions = {}) {
    this.nsp.server.opts.connectionStateRecovery = connectionStateRecovery;
    this.adapter = this.nsp.use(new SessionAwareAdapter(this.nsp));
  }

  add(id: string, ...rooms: string[]): void {
    this.#initial.set(id, this.adapter.currentOffset());
    this.nsp.add(id, ...rooms);
  }

  /** The connection of a socket is lost. */
  lose(id: string): void {
    const { rooms, data } = this.nsp.get(id);
    const offset = this.#initial.get(id);
    this.adapter.persistSession({ sid: id, pid: `token of ${id}`, rooms: [...rooms], data, offset });
    this.nsp.remove(id);
  }

  emit(text: unknown, rooms: readonly string[] = [], except: readonly string[] = []): string {
    const packet = event("e", text);
    this.adapter.broadcast(packet, to(rooms, except));
    return packet.data?.[2] as string;
  }

  /** What a client gets that comes back: the first arguments of its events, or `null` when it starts anew. */
  async comeBack(id: string, offset?: string): Promise<unknown[] | null> {
    const session = await this.adapter.restoreSession(`token of ${id}`, offset);
    return session === null ? null : session.missedPackets.map(([, text]) => text);
  }
}
