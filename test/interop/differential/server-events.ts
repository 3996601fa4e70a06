/** What the application on a server hears and does, kept for each script apart. */
import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { describe } from "./quote.ts";
import type { EngineServer, ServerAction } from "./step.ts";

interface ServerSocket extends EventEmitter {
  readonly id: string;
  readonly protocol: number;
  readonly readyState: string;
  readonly upgraded: boolean;
  readonly upgrading: boolean;
  readonly request: IncomingMessage;
  readonly transport: { readonly name: string };
  send(data: string | Buffer): unknown;
  close(discard?: boolean): unknown;
}

interface Packet {
  readonly type: string;
  readonly data?: unknown;
}

interface RefusedConnection {
  readonly req: IncomingMessage;
  readonly code: number;
  readonly message: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

interface AwaitedEvent {
  readonly start: string;
  readonly withinMs?: number;
}

/** The part of one script. */
class Part {
  readonly lines: string[] = [];
  readonly sockets: ServerSocket[] = [];
  wake: () => void = () => {};

  note(line: string): void {
    this.lines.push(line);
    this.wake();
  }
}

/** Long beside what anything takes, so that it is over only when nothing comes. */
const PATIENCE_MS = 1_500;

const describePacket = ({ type, data }: Packet): string =>
  data === undefined ? type : `${type} ${describe(data)}`;

export class ServerEvents {
  readonly #engine: EngineServer;
  readonly #withFlushes: boolean;
  readonly #parts = new Map<string, Part>();

  constructor(engine: EngineServer, withFlushes: boolean) {
    this.#engine = engine;
    this.#withFlushes = withFlushes;
    engine.on("connection", (socket: ServerSocket) => this.#onConnection(socket));
    engine.on("connection_error", ({ req, code, message, context }: RefusedConnection) => {
      this.part(req).note(`connection_error ${code} ${describe(message)} ${describeContext(context)}`);
    });
  }

  begin(script: string): void {
    this.#parts.set(script, new Part());
  }

  /** What the script of `request` has heard. */
  part({ headers }: IncomingMessage): Pick<Part, "note"> {
    return this.#parts.get(String(headers["x-script"])) ?? new Part();
  }

  linesOf(script: string): readonly string[] {
    return this.#of(script).lines;
  }

  idsOf(script: string): readonly string[] {
    return this.#of(script).sockets.map(({ id }) => id);
  }

  /** Resolves when the script has a line with that start, besides those waited for before. */
  async hear(script: string, { start, withinMs = PATIENCE_MS }: AwaitedEvent, from: number): Promise<number> {
    const part = this.#of(script);
    const deadline = Date.now() + withinMs;
    for (;;) {
      const index = part.lines.findIndex((line, i) => i >= from && line.startsWith(start));
      if (index !== -1) return index + 1;
      const left = deadline - Date.now();
      if (left <= 0) {
        part.note(`(no ${start} came)`);
        return from;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        part.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  perform(script: string, action: ServerAction): void {
    const part = this.#of(script);
    if (action.act === "closeServer") {
      this.#engine.close();
      part.note(`${this.#engine.clientsCount} clients`);
      return;
    }
    const socket = part.sockets[action.session ?? 0];
    if (socket === undefined) part.note("(no session)");
    else if (action.act === "send") socket.send(action.data);
    else if (action.act === "close") socket.close(action.discard);
    else part.note(describeState(socket));
  }

  /** Ends what the script has left open. */
  finish(script: string): void {
    for (const socket of this.#of(script).sockets) socket.close(true);
    this.#parts.delete(script);
  }

  #of(script: string): Part {
    const part = this.#parts.get(script);
    if (part === undefined) throw new Error(`Script ${script} is not under way`);
    return part;
  }

  #onConnection(socket: ServerSocket): void {
    const part = this.#parts.get(String(socket.request.headers["x-script"]));
    if (part === undefined) return;
    const which = part.sockets.push(socket) === 1 ? "" : `session ${part.sockets.length}: `;
    const note = (line: string) => part.note(`${which}${line}`);
    note(`connection ${socket.transport.name} ${socket.protocol}`);
    socket.on("packet", (packet: Packet) => note(`packet ${describePacket(packet)}`));
    socket.on("message", (data: unknown) => note(`message ${describe(data)}`));
    socket.on("heartbeat", () => note("heartbeat"));
    socket.on("upgrading", (transport: { name: string }) => note(`upgrading ${transport.name}`));
    socket.on("upgrade", (transport: { name: string }) => note(`upgrade ${transport.name}`));
    socket.on("error", (error: unknown) => note(`error ${describe(error)}`));
    socket.on("close", (reason: unknown, description: unknown) => {
      note(`close ${describe(reason)} ${describe(description)}, ${describeState(socket)}`);
    });
    if (this.#withFlushes) this.#noteFlushes(socket, note);
  }

  #noteFlushes(socket: ServerSocket, note: (line: string) => void): void {
    socket.on("packetCreate", (packet: Packet) => note(`packetCreate ${describePacket(packet)}`));
    socket.on("flush", (packets: Packet[]) => note(`flush ${packets.map(describePacket).join(", ")}`));
    socket.on("drain", () => note("drain"));
  }
}

/** Whether a session that is no longer open was upgrading when it ended is of no use to anyone. */
const describeState = ({ readyState, transport, upgraded, upgrading }: ServerSocket): string =>
  [readyState, transport.name, upgraded && "upgraded", readyState === "open" && upgrading && "upgrading"]
    .filter(Boolean)
    .join(" ");

/** A context with a name has besides it what helps an operator, which is not compared. */
function describeContext(context: Readonly<Record<string, unknown>> = {}): string {
  if (context.name !== undefined) return describe(context.name);
  return Object.entries(context)
    .map(([key, value]) => `${key}=${describe(value)}`)
    .sort()
    .join(" ");
}
