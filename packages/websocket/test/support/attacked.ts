import { createServer, type ServerOptions } from "node:http";
import { WebSocket, WebSocketServer, type WebSocketServerOptions } from "../../src/index.ts";
import { closeOf } from "./close-of.ts";
import { closed, listening, portOf } from "./links.ts";
import { handshakeRequest, RawClient } from "./raw-client.ts";

/** A server that does nothing but keep its connections, for a peer to have a go at. */
export class AttackedServer {
  readonly server: WebSocketServer;
  readonly http: ReturnType<typeof createServer>;
  /** Its connections, in order. */
  readonly sockets: WebSocket[] = [];

  private constructor(http: ReturnType<typeof createServer>, options: Partial<WebSocketServerOptions>) {
    this.http = http;
    this.server = new WebSocketServer({ ...options, server: http });
    this.server.on("connection", (socket: WebSocket) => {
      socket.on("error", () => {});
      this.sockets.push(socket);
    });
  }

  static async listen(
    options: Partial<WebSocketServerOptions> = {},
    httpOptions: ServerOptions = {},
  ): Promise<AttackedServer> {
    const attacked = new AttackedServer(createServer(httpOptions), options);
    await listening(attacked.http);
    return attacked;
  }

  get port(): number {
    return portOf(this.http);
  }

  /** A client past its handshake, with further or other headers, and the head of the answer it got. */
  async shakeHands(headers: Record<string, string> = {}): Promise<{ client: RawClient; head: string }> {
    const client = await RawClient.connect(this.port);
    client.send(handshakeRequest(headers));
    return { client, head: await client.readHead() };
  }

  /** A client past its handshake, and our side of its connection. */
  async attach(headers: Record<string, string> = {}): Promise<{ client: RawClient; ours: WebSocket }> {
    const { client } = await this.shakeHands(headers);
    return { client, ours: this.sockets.at(-1) as WebSocket };
  }

  async close(): Promise<void> {
    const ends = this.sockets.filter(({ readyState }) => readyState !== WebSocket.CLOSED).map(closeOf);
    for (const socket of this.sockets) socket.terminate();
    await Promise.all(ends);
    await closed(this.server);
    this.http.closeAllConnections();
    await closed(this.http);
  }
}
