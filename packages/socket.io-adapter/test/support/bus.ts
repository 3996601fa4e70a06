import type { Clock } from "@towline/core";
import type { BroadcastOptions, ClusterMessage, ClusterResponse } from "@towline/socket.io-adapter";
import { type FakeNamespace, LegacyNamespace } from "./fake-namespace.ts";
import type { Library } from "./variants.ts";

/** What a bus needs of an adapter on it. */
export interface Station {
  readonly uid: string;
  readonly nsp: FakeNamespace;
  onMessage(message: ClusterMessage, offset?: string): void;
  onResponse(response: ClusterResponse): void;
}

/** Joins adapters in memory: everything is copied, and comes in a turn of its own, in order. */
export class Bus {
  readonly stations = new Set<Station>();
  readonly messages: ClusterMessage[] = [];
  readonly responses: ClusterResponse[] = [];
  /** Set to let it fail. */
  failure: Error | undefined;
  /** Set to lose what it carries, unnoticed. */
  isDeaf = false;
  /** Set to bring responses where messages come. */
  hasOneWay = false;
  #published = 0;

  /** @returns its offset. */
  async publish(from: Station, message: ClusterMessage): Promise<string> {
    if (this.failure !== undefined) throw this.failure;
    const copy = structuredClone(message);
    this.messages.push(structuredClone(message));
    const offset = `${++this.#published}-0`;
    for (const station of this.stations)
      if (station !== from) this.#carry(() => station.onMessage(structuredClone(copy), offset));
    return offset;
  }

  async respond(to: string, response: ClusterResponse): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const copy = structuredClone(response);
    this.responses.push(copy);
    for (const station of this.stations)
      if (station.uid === to)
        this.#carry(() =>
          this.hasOneWay
            ? station.onMessage(structuredClone(copy) as unknown as ClusterMessage)
            : station.onResponse(structuredClone(copy)),
        );
  }

  #carry(deliver: () => void): void {
    if (!this.isDeaf) setImmediate(deliver);
  }
}

interface StationOptions {
  readonly nsp?: FakeNamespace;
  readonly clock?: Clock;
  /** Number of servers; counted on the bus by default. */
  readonly serverCount?: () => Promise<number>;
}

/** An adapter on the bus, with all that the tests ask of it. Its own type keeps half of this protected. */
export interface ClusterStation extends Station {
  readonly rooms: Map<string, Set<string>>;
  init(): unknown;
  close(): unknown;
  serverCount(): Promise<number>;
  broadcast(packet: unknown, options: BroadcastOptions): Promise<void>;
  broadcastWithAck(
    packet: unknown,
    options: BroadcastOptions,
    onClientCount: (count: number) => void,
    onAck: (answer: unknown) => void,
  ): void;
  addSockets(options: BroadcastOptions, rooms: string[]): Promise<void>;
  delSockets(options: BroadcastOptions, rooms: string[]): Promise<void>;
  disconnectSockets(options: BroadcastOptions, close: boolean): Promise<void>;
  fetchSockets(options: BroadcastOptions): Promise<{ readonly id: string }[]>;
  serverSideEmit(packet: unknown[]): Promise<unknown>;
}

/** An adapter of `library` on the bus that counts the stations on it. */
export function makeStation(
  { ClusterAdapter }: Library,
  bus: Bus,
  { clock, nsp = new LegacyNamespace(clock), serverCount }: StationOptions = {},
): ClusterStation {
  class BusAdapter extends ClusterAdapter {
    constructor() {
      super(nsp);
    }
    override serverCount() {
      return serverCount?.() ?? Promise.resolve(bus.stations.size);
    }
    doPublish(message: ClusterMessage) {
      return bus.publish(this as unknown as Station, message);
    }
    doPublishResponse(requesterUid: string, response: ClusterResponse) {
      return bus.respond(requesterUid, response);
    }
  }
  return join(bus, nsp, new BusAdapter());
}

/** An adapter of `library` that tells by heartbeats that it is there. */
export function makeBeatingStation(
  { ClusterAdapterWithHeartbeat }: Library,
  bus: Bus,
  options: { heartbeatInterval?: number; heartbeatTimeout?: number } = {},
  clock?: Clock,
): ClusterStation {
  const nsp = new LegacyNamespace(clock);
  class BusAdapter extends ClusterAdapterWithHeartbeat {
    constructor() {
      super(nsp, options);
    }
    doPublish(message: ClusterMessage) {
      return bus.publish(this as unknown as Station, message);
    }
    doPublishResponse(requesterUid: string, response: ClusterResponse) {
      return bus.respond(requesterUid, response);
    }
  }
  return join(bus, nsp, new BusAdapter());
}

function join(bus: Bus, nsp: FakeNamespace, adapter: unknown): ClusterStation {
  const station = adapter as ClusterStation;
  bus.stations.add(station);
  nsp.use(station as never);
  return station;
}
