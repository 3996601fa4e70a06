import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { acceptKey } from "../../src/handshake.ts";
import { TLS_CERT, TLS_KEY } from "./tls.ts";

/** One request, and how to answer it. */
export interface RawRequest {
  readonly head: string;
  /** Path and query. */
  readonly path: string;
  readonly key: string;
  readonly socket: Socket;
}

export type Answer = (request: RawRequest) => void;

/** The head of a right answer, with further lines, or others in place of its own. */
export function accept(
  { key }: Pick<RawRequest, "key">,
  more: readonly string[] = [],
  replaced: Record<string, string | null> = {},
): string {
  const lines = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": acceptKey(key),
    ...replaced,
  };
  const own = Object.entries(lines).flatMap(([name, value]) => (value === null ? [] : `${name}: ${value}`));
  return `${["HTTP/1.1 101 Switching Protocols", ...own, ...more].join("\r\n")}\r\n\r\n`;
}

export function redirect(location: string, status = 302): string {
  return `HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
}

/** A server that reads the head of a request and can answer it with any bytes. */
export class RawServer {
  /** What came, in order. */
  readonly heads: string[] = [];
  answer: Answer;
  readonly #server: Server;
  #wake: (() => void) | undefined;

  private constructor(server: Server, answer: Answer) {
    this.#server = server;
    this.answer = answer;
  }

  static async listen(
    answer: Answer,
    { tls = false, path }: { tls?: boolean; path?: string } = {},
  ): Promise<RawServer> {
    const server = tls
      ? createTlsServer({ key: TLS_KEY, cert: TLS_CERT, ALPNProtocols: ["h2", "http/1.1"] })
      : createServer();
    const raw = new RawServer(server, answer);
    server.on(tls ? "secureConnection" : "connection", (socket: Socket) => raw.#read(socket));
    if (path === undefined) server.listen(0, "127.0.0.1");
    else server.listen(path);
    await once(server, "listening");
    return raw;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves once `count` requests have come. */
  async requests(count: number): Promise<void> {
    while (this.heads.length < count)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** Waits for the clients to have left: one that does not fails the test. */
  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #read(socket: Socket): void {
    let received = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (received.includes("\r\n\r\n")) return;
      received += chunk.toString("latin1");
      if (!received.includes("\r\n\r\n")) return;
      this.heads.push(received);
      this.#wake?.();
      const key = /^sec-websocket-key: (.*)\r$/im.exec(received)?.[1] ?? "";
      this.answer({ head: received, path: received.split(" ")[1] ?? "", key, socket });
    });
  }
}

/** The headers of a request, by their names in lower case. */
export function headersOf(head: string | undefined): Map<string, string> {
  const lines = (head ?? "").split("\r\n").slice(1, -2);
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
}
