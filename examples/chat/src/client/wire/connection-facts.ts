import type { Link } from "../connection.ts";
import { byId } from "../dom.ts";
import type { TraceEvent } from "./trace-event.ts";

/** By Engine.IO revision: what is spoken on top of it. */
const PROTOCOLS: Readonly<Record<3 | 4, string>> = {
  3: "EIO 3, Socket.IO 4",
  4: "EIO 4, Socket.IO 5",
};

/** Session id, transport, revision and heartbeat of the connection, read off its packets. */
export class ConnectionFacts {
  readonly #transport = byId("fact-transport", HTMLElement);
  readonly #protocol = byId("fact-protocol", HTMLElement);
  readonly #session = byId("fact-session", HTMLElement);
  readonly #heartbeat = byId("fact-heartbeat", HTMLElement);
  #every = "";
  #beats = 0;

  showLink(link: Link | undefined): void {
    this.#transport.textContent = link?.transport ?? "none";
    this.#transport.dataset.transport = link?.transport ?? "";
    if (link?.revision !== undefined) this.#protocol.textContent = PROTOCOLS[link.revision];
  }

  read(event: TraceEvent): void {
    if (event.kind === "transport") {
      if (event.state === "opening" && event.transport === "polling") this.#forget();
    } else if (event.type === "open" && typeof event.data === "string") this.#readHandshake(event.data);
    else if (event.type === "ping" && event.data !== "probe") this.#beat();
  }

  #forget(): void {
    this.#session.textContent = "none";
    this.#session.title = "";
    this.#heartbeat.textContent = "none yet";
  }

  #readHandshake(json: string): void {
    const field = (pattern: RegExp) => pattern.exec(json)?.[1];
    this.#session.textContent = this.#session.title = field(/"sid":"([^"]+)"/) ?? "unknown";
    this.#every = `every ${Number(field(/"pingInterval":(\d+)/)) / 1000} s`;
    this.#beats = 0;
    this.#heartbeat.textContent = this.#every;
  }

  #beat(): void {
    this.#beats++;
    this.#heartbeat.textContent = `${this.#every}, ${this.#beats} so far`;
    this.#heartbeat.classList.remove("beat");
    // Reading the layout makes the browser take the class away before it comes back, which starts the animation anew.
    void this.#heartbeat.offsetWidth;
    this.#heartbeat.classList.add("beat");
  }
}
