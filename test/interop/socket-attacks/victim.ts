/** A server to attack, and a client beside the attackers that must notice nothing. */
import { once } from "node:events";
import { createServer } from "node:http";
import { Server, type ServerOptions } from "@towline/socket.io";
import { expect } from "chai";
import { OFFICIAL_CLIENTS } from "../clients.ts";
import { next, request } from "../events.ts";
import { listen } from "../listen.ts";
import type { ClientSocket } from "../peers.ts";
import { Attacker } from "./attacker.ts";

type Answer = (...args: unknown[]) => void;

export class Victim {
  readonly io: Server;
  port = 0;
  readonly #http = createServer();
  /** Those that are there still. */
  readonly #attackers = new Set<Attacker>();
  #bystander: ClientSocket | undefined;

  static async start(options: Partial<ServerOptions> = {}): Promise<Victim> {
    const victim = new Victim(options);
    victim.port = await listen(victim.#http);
    await victim.#meetBystander();
    return victim;
  }

  private constructor(options: Partial<ServerOptions>) {
    this.io = new Server(this.#http, { serveClient: false, ...options });
    this.io.on("connection", (socket) => {
      socket.on("echo", (...args: unknown[]) => {
        const answer = args.at(-1);
        if (typeof answer === "function") answer(...args.slice(0, -1));
        else socket.emit("echo", ...args);
      });
      // Who asks for an acknowledgement of this gets none.
      socket.on("ignore", () => {});
      socket.on("answer twice", (answer: Answer) => {
        answer(1);
        answer(2);
      });
    });
  }

  /** An attacker in "/". */
  async join(): Promise<Attacker> {
    return this.#keep(await Attacker.join(this.port));
  }

  /** An attacker in no namespace. */
  async open(revision: 4 | 5 = 5, query = ""): Promise<Attacker> {
    return this.#keep(await Attacker.open(this.port, revision, query));
  }

  /** Fails if the client that did nothing wrong lost its connection or is not answered any more. */
  async expectOthersUnharmed(): Promise<void> {
    const bystander = this.#bystander;
    if (bystander === undefined) throw new Error("start() first");
    expect(bystander.connected).to.equal(true);
    expect(await request(bystander, "echo", "still here")).to.deep.equal(["still here"]);
  }

  /** How many sockets there are in "/" that are not the bystander's. */
  get sockets(): number {
    return this.io.sockets.sockets.size - 1;
  }

  /** Resolves once no connection but the bystander's is left. */
  async emptied(): Promise<void> {
    for (const attacker of this.#attackers) await attacker.leave();
    while (this.io.engine.clientsCount > 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Fails if an attacker has left anything behind. */
  async close(): Promise<void> {
    await this.expectOthersUnharmed();
    await this.emptied();
    const { sockets, adapter } = this.io.sockets;
    expect([sockets.size, adapter.sids.size, adapter.rooms.size]).to.deep.equal([1, 1, 1]);
    this.#bystander?.disconnect();
    const closed = once(this.#http, "close");
    void this.io.close();
    this.#http.closeAllConnections();
    await closed;
  }

  #keep(attacker: Attacker): Attacker {
    this.#attackers.add(attacker);
    void attacker.closed.then(() => this.#attackers.delete(attacker));
    return attacker;
  }

  async #meetBystander(): Promise<void> {
    const newest = OFFICIAL_CLIENTS.at(-1);
    this.#bystander = newest?.io(`http://127.0.0.1:${this.port}`, {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 10,
      reconnectionDelayMax: 20,
    });
    if (this.#bystander !== undefined) await next(this.#bystander, "connect");
  }
}
