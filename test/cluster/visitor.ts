/** A client of one node, and what it has been told. */
import { createRequire } from "node:module";
import { Mailbox } from "./mailbox.ts";

const require = createRequire(import.meta.url);

/** What the tests use of the official clients, each generation of which is typed otherwise. */
interface ClientSocket {
  readonly id: string;
  readonly connected: boolean;
  /** Of the clients since 4.6. */
  readonly recovered?: boolean;
  on(event: string, listener: (...args: never[]) => void): void;
  emit(event: string, ...args: unknown[]): void;
  readonly io: { readonly engine: Engine; on(event: "open", listener: () => void): void };
  connect(): void;
  disconnect(): void;
}
interface Engine {
  once(event: "upgrade" | "upgradeError", listener: () => void): void;
}
type Connect = (url: string, options: object) => ClientSocket;

const CLIENTS = {
  2: require("reference-socket.io-client-2") as Connect,
  4: (require("reference-socket.io-client") as { io: Connect }).io,
};

export interface VisitorOptions {
  readonly name: string;
  readonly url: string;
  readonly generation?: keyof typeof CLIENTS;
  readonly namespace?: string;
  readonly transports?: readonly string[];
  readonly reconnects?: boolean;
}

export class Visitor {
  readonly name: string;
  readonly socket: ClientSocket;
  /** Arguments of each `news`. */
  readonly news: Mailbox<readonly unknown[]>;
  readonly #fences = new Mailbox<number>("a fence");
  readonly #connections: Mailbox<void>;
  readonly #upgrades: Mailbox<boolean>;
  readonly #ends: Mailbox<string>;
  #answers = true;

  private constructor(name: string, socket: ClientSocket) {
    this.name = name;
    this.socket = socket;
    this.news = new Mailbox(name);
    this.#connections = new Mailbox(name);
    this.#upgrades = new Mailbox(name);
    this.#ends = new Mailbox(name);
    socket.io.on("open", () => {
      socket.io.engine.once("upgrade", () => this.#upgrades.put(true));
      socket.io.engine.once("upgradeError", () => this.#upgrades.put(false));
    });
    socket.on("connect", () => this.#connections.put());
    socket.on("news", (...args: unknown[]) => this.news.put(args));
    socket.on("fence", (number: number) => this.#fences.put(number));
    socket.on("disconnect", (reason: string) => this.#ends.put(reason));
    socket.on("question", (text: string, ack: (reply: unknown) => void) => {
      this.news.put([text]);
      if (this.#answers) ack(`${name}: ${text}`);
    });
  }

  static async connect(options: VisitorOptions): Promise<Visitor> {
    const { name, url, generation = 4, namespace = "", transports = ["websocket"], reconnects } = options;
    const socket = CLIENTS[generation](url + namespace, {
      query: { name },
      transports,
      forceNew: true,
      reconnection: reconnects === true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
    });
    const visitor = new Visitor(name, socket);
    const connection = visitor.connection();
    await (reconnects === true ? connection : Promise.race([connection, refusal(socket)]));
    return visitor;
  }

  get id(): string {
    return this.socket.id;
  }

  get recovered(): boolean {
    return this.socket.recovered === true;
  }

  /** Resolves when it is connected for the next time. */
  connection(): Promise<void> {
    return this.#connections.take("its connection", () => true);
  }

  /** Resolves when its upgrade to WebSocket is over, with whether it succeeded. */
  upgrade(): Promise<boolean> {
    return this.#upgrades.take("its upgrade", () => true);
  }

  ask(event: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve) => this.socket.emit(event, ...args, resolve));
  }

  async join(room: string): Promise<void> {
    await this.ask("join", room);
  }

  /** From now on it leaves the server's questions without an answer. */
  fallSilent(): void {
    this.#answers = false;
  }

  /** Resolves when it has seen this fence, or a later one. */
  seen(fence: number): Promise<number> {
    return this.#fences.take(`fence ${fence}`, (number) => number >= fence);
  }

  /** Resolves with the reason for the end of its connection. */
  end(): Promise<string> {
    return this.#ends.take("its end", () => true);
  }

  open(): void {
    this.socket.connect();
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** Rejects when the client cannot connect. */
function refusal(socket: ClientSocket): Promise<never> {
  return new Promise((_, reject) => {
    socket.on("connect_error", (error: Error & { description?: unknown }) =>
      reject(new Error(`${error.message}: ${String(error.description)}`)),
    );
  });
}
