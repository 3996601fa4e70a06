import { FakeClock } from "@towline/core";
import type { EnginePacket } from "@towline/engine.io-parser";
import { RevisionMemory } from "../../src/revision.ts";
import { Session, type SessionConfig, type SessionSink } from "../../src/session.ts";
import type { TransportName } from "../../src/transport.ts";
import { type FakeTransport, fakeTransports } from "./fake-transport.ts";

export interface SessionBench {
  readonly session: Session;
  readonly clock: FakeClock;
  readonly memory: RevisionMemory;
  readonly made: FakeTransport[];
  /** What the session told, one line each: `open`, `message:hello`, `close:ping timeout`. */
  readonly told: string[];
  /** Transport number `index`, in the order of their making. */
  transport(index: number): FakeTransport;
}

/** A session over fake transports and a fake clock, opened. */
export function openSession(
  names: TransportName[] = ["polling", "websocket"],
  overrides: Partial<SessionConfig> = {},
  hooks: Partial<SessionSink> = {},
): SessionBench {
  const clock = new FakeClock();
  const memory = overrides.memory ?? new RevisionMemory();
  const { factories, made } = fakeTransports(...names);
  const told: string[] = [];
  const describePacket = ({ type, data }: EnginePacket): string =>
    data === undefined ? type : `${type}:${typeof data === "string" ? data : `<${[...data].join()}>`}`;
  const sink: SessionSink = {
    onHandshake: () => told.push("handshake"),
    onOpen: () => told.push("open"),
    onPacket: (packet) => packet.type !== "open" && told.push(describePacket(packet)),
    onPacketCreate: () => {},
    onUpgrading: () => told.push("upgrading"),
    onUpgrade: () => told.push("upgrade"),
    onUpgradeError: (error) => told.push(`upgradeError:${error.message}`),
    onFlush: () => {},
    onDrain: () => told.push("drain"),
    onClose: (reason) => told.push(`close:${reason}`),
    ...hooks,
  };
  const session = new Session(
    {
      transports: factories,
      upgrade: true,
      tryAllTransports: false,
      revision: "auto",
      supportsBinary: true,
      openTimeoutMs: 10_000,
      maxQueueBytes: 1_000_000,
      origin: "http://localhost/engine.io/",
      trace: undefined,
      url: (transport, revision, sid) => `${transport}?EIO=${revision}&sid=${sid ?? ""}`,
      ...overrides,
      memory,
    },
    clock,
    sink,
  );
  session.open();
  return {
    session,
    clock,
    memory,
    made,
    told,
    transport(index) {
      const transport = made[index];
      if (transport === undefined) throw new Error(`there are only ${made.length} transports`);
      return transport;
    },
  };
}
