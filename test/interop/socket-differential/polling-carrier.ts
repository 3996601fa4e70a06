/** Packets over polling. */
import { Agent, type ClientRequest, request } from "node:http";
import type { Carrier, CarrierSink } from "./client.ts";
import { readPayload, writePayload } from "./payload.ts";
import type { Message, Revision, Way } from "./step.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

export async function openPolling(port: number, way: Way, sink: CarrierSink): Promise<Carrier> {
  const carrier = new PollingCarrier(port, way, sink);
  await carrier.open();
  return carrier;
}

class PollingCarrier implements Carrier {
  readonly #port: number;
  readonly #revision: Revision;
  readonly #sink: CarrierSink;
  /** One connection for polls and one for posts. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2 });
  #path: string;
  #poll: ClientRequest | undefined;
  #posted: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(port: number, { revision, query = "" }: Way, sink: CarrierSink) {
    this.#port = port;
    this.#revision = revision;
    this.#sink = sink;
    const b64 = revision === 4 ? "&b64=1" : "";
    this.#path = `/socket.io/?EIO=${revision - 1}&transport=polling${b64}${query}`;
  }

  async open(): Promise<void> {
    const { body } = await this.#ask("GET").answer;
    this.#path += `&sid=${/"sid":"([^"]+)/.exec(body)?.[1]}`;
    this.#take(body);
    void this.#pollOn();
  }

  send(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const body = writePayload(this.#revision, messages);
    // One after the other: two posts at a time are a fault.
    this.#posted = this.#posted.then(() => this.#ask("POST", body).answer);
  }

  leave(how: "close" | "cut"): void {
    if (how === "cut") this.destroy();
    else this.#posted = this.#posted.then(() => this.#ask("POST", this.#revision === 5 ? "1" : "1:1").answer);
  }

  async isAlive(): Promise<boolean> {
    await this.#posted;
    if (this.#isOver) return false;
    // A heartbeat as the client's, which a session that lives takes.
    const { status } = await this.#ask("POST", this.#revision === 5 ? "3" : "1:2").answer;
    return status === 200;
  }

  destroy(): void {
    this.#isOver = true;
    this.#poll?.destroy();
    this.#agent.destroy();
  }

  async #pollOn(): Promise<void> {
    while (!this.#isOver) {
      const { answer, outgoing } = this.#ask("GET");
      this.#poll = outgoing;
      const { status, body } = await answer;
      if (status === 200) this.#take(body);
      else this.#end("closed");
    }
  }

  #take(body: string): void {
    for (const packet of readPayload(this.#revision, body)) {
      if (typeof packet !== "string") this.#sink.onMessage(packet);
      else if (packet === "1") this.#end("closed");
      else if (packet.startsWith("4")) this.#sink.onMessage(packet.slice(1));
    }
  }

  #end(how: string): void {
    this.#isOver = true;
    this.#sink.onClose(how);
  }

  #ask(method: string, body?: string): { outgoing: ClientRequest; answer: Promise<Answer> } {
    const outgoing = request({
      host: "127.0.0.1",
      port: this.#port,
      method,
      path: this.#path,
      agent: this.#agent,
      ...(body !== undefined && { headers: { "Content-Type": "text/plain;charset=UTF-8" } }),
    });
    const answer = new Promise<Answer>((resolve) => {
      outgoing.on("error", () => resolve({ status: 0, body: "" }));
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", () => {});
        incoming.on("close", () =>
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      });
    });
    outgoing.end(body);
    return { outgoing, answer };
  }
}
