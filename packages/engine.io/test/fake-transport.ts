import { FakeClock } from "@towline/core";
import {
  type Codec,
  type EnginePacket,
  type EnginePacketType,
  type PacketData,
  revision3,
  revision4,
} from "@towline/engine.io-parser";
import { Heartbeat } from "../src/heartbeat.ts";
import { type CloseReason, Session, type SessionContext, type SessionOwner } from "../src/session.ts";
import {
  type BufferPolicy,
  type CloseMode,
  DEAF_SINK,
  type OutgoingPacket,
  type Transport,
  type TransportSink,
} from "../src/transport.ts";

export const PING_INTERVAL = 100;
export const PING_TIMEOUT = 50;
export const UPGRADE_TIMEOUT = 30;
export const MAX_SEND_BUFFER = 10_000;

/** A transport that keeps what it is given. A polling one is writable once per `poll()`. */
export class FakeTransport implements Transport {
  readonly name: "polling" | "websocket";
  readonly codec: Codec;
  sink: TransportSink = DEAF_SINK;
  writable: boolean;
  bufferedAmount = 0;
  closedBy: CloseMode | undefined;
  readonly sent: EnginePacket[] = [];

  constructor(name: "polling" | "websocket", revision: 3 | 4 = 4) {
    this.name = name;
    this.codec = revision === 3 ? revision3 : revision4;
    this.writable = name === "websocket";
  }

  poll(): void {
    this.writable = true;
    this.sink.onWritable();
  }

  send(packets: readonly OutgoingPacket[]): void {
    if (!this.writable) throw new Error("sent to a transport that is not writable");
    if (this.name === "polling") this.writable = false;
    for (const { type, data } of packets) this.sent.push(data === undefined ? { type } : { type, data });
  }

  close(mode: CloseMode): void {
    this.closedBy ??= mode;
    if (mode === "graceful") this.sink.onClose();
  }

  /** What was sent since the last call. */
  take(): EnginePacket[] {
    return this.sent.splice(0);
  }
}

/** Writes down what a session tells its owner. */
export class Recorder implements SessionOwner {
  readonly messages: PacketData[] = [];
  readonly closes: [CloseReason, string | undefined][] = [];
  readonly events: string[] = [];

  onPacket(type: EnginePacketType): void {
    this.events.push(`packet ${type}`);
  }
  onMessage(data: PacketData): void {
    this.messages.push(data);
  }
  onHeartbeat(): void {
    this.events.push("heartbeat");
  }
  bufferPolicy: BufferPolicy = "close";
  onPacketCreate({ type }: OutgoingPacket): void {
    this.events.push(`create ${type}`);
  }
  onFlush(): void {}
  onDrain(): void {
    this.events.push("drain");
  }
  onBufferFull(bufferedBytes: number, messageBytes: number): BufferPolicy {
    this.events.push(`full ${bufferedBytes}+${messageBytes}`);
    return this.bufferPolicy;
  }
  onUpgrading({ name }: Transport): void {
    this.events.push(`upgrading ${name}`);
  }
  onUpgrade({ name }: Transport): void {
    this.events.push(`upgrade ${name}`);
  }
  onClose(reason: CloseReason, description: Error | undefined): void {
    this.closes.push([reason, description?.message]);
  }
}

/** An open session on a fake transport, under a fake clock. */
export function openSession(name: "polling" | "websocket", revision: 3 | 4 = 4) {
  const clock = new FakeClock();
  const context: SessionContext = {
    clock,
    heartbeat: new Heartbeat(clock, PING_INTERVAL, PING_TIMEOUT),
    upgradeTimeoutMs: UPGRADE_TIMEOUT,
    maxSendBufferBytes: MAX_SEND_BUFFER,
  };
  const transport = new FakeTransport(name, revision);
  const owner = new Recorder();
  const session = new Session(owner, transport, context);
  session.open("{}");
  if (name === "polling") transport.poll();
  transport.take();
  return { clock, context, transport, owner, session };
}
