import { once } from "node:events";
import {
  type ClientHttp2Stream,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { type AttachOptions, Server, type ServerOptions, type Socket } from "@towline/engine.io";
import { frame, TEXT } from "../../../websocket/test/support/bytes.ts";
import { Http2Client } from "../../../websocket/test/support/http2-client.ts";
import { TLS_CERT, TLS_KEY } from "../../../websocket/test/support/tls.ts";

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The answer to a request that was sent. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status"?: number }];
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  // Not an iterator: that takes a reset after the whole answer (RFC 9113 §8.1) for a failure.
  await once(stream, "end");
  return { status: headers[":status"], headers, body: Buffer.concat(chunks) };
}

/** A WebSocket in a stream, frame by frame. */
export class StreamSocket {
  readonly stream: ClientHttp2Stream;
  readonly headers: IncomingHttpHeaders;

  constructor(stream: ClientHttp2Stream, headers: IncomingHttpHeaders) {
    this.stream = stream;
    this.headers = headers;
  }

  send(...packets: readonly string[]): void {
    this.stream.write(Buffer.concat(packets.map((packet) => frame(TEXT, packet))));
  }

  /** The payload of the next frame, of at most 64 KiB. */
  async next(): Promise<string> {
    const [, short = 0] = await this.#read(2);
    const length = short === 126 ? (await this.#read(2)).readUInt16BE() : short;
    return length === 0 ? "" : String(await this.#read(length));
  }

  async #read(size: number): Promise<Buffer> {
    for (;;) {
      const bytes = this.stream.read(size) as Buffer | null;
      if (bytes !== null) return bytes;
      await once(this.stream, "readable");
    }
  }
}

/** An Engine.IO server on one of HTTP/2, and a client of that. */
export class Http2Rig {
  readonly engine: Server;
  readonly http: Http2Server | Http2SecureServer;
  client = undefined as unknown as Http2Client;

  static async start(
    options: ServerOptions = {},
    attachOptions: AttachOptions = {},
    secure = false,
  ): Promise<Http2Rig> {
    const rig = new Http2Rig(options, attachOptions, secure);
    rig.http.listen(0, "127.0.0.1");
    await once(rig.http, "listening");
    rig.client = await Http2Client.connect(`${secure ? "https" : "http"}://127.0.0.1:${rig.port}`);
    return rig;
  }

  private constructor(options: ServerOptions, attachOptions: AttachOptions, secure: boolean) {
    this.http = secure
      ? createSecureServer({ key: TLS_KEY, cert: TLS_CERT, allowHTTP1: true })
      : createServer();
    this.http.on("request", (_request, response) => response.end("elsewhere"));
    this.engine = new Server(options).attach(this.http, attachOptions);
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** A request that is on its way. */
  request(query: string, headers: OutgoingHttpHeaders = {}, body?: string | Buffer): ClientHttp2Stream {
    const stream = this.client.session.request({ ":path": `/engine.io/?${query}`, ...headers });
    stream.on("error", () => {});
    stream.end(body);
    return stream;
  }

  get(query: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return answerOf(this.request(query, headers));
  }

  post(query: string, body: string | Buffer, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return answerOf(
      this.request(query, { ":method": "POST", "content-type": "text/plain", ...headers }, body),
    );
  }

  async openPolling(
    query = "EIO=4&transport=polling",
  ): Promise<{ socket: Socket; sid: string; query: string }> {
    const [[socket], { body }] = await Promise.all([
      once(this.engine, "connection") as Promise<[Socket]>,
      this.get(query),
    ]);
    const sid = /"sid":"([^"]+)/.exec(String(body))?.[1] ?? "";
    return { socket, sid, query: `${query}&sid=${sid}` };
  }

  /** An extended CONNECT that is accepted. */
  async connect(query: string): Promise<StreamSocket> {
    const { stream, response } = await this.client.open({ ":path": `/engine.io/?${query}` });
    if (response[":status"] !== 200) throw new Error(`refused with ${response[":status"]}`);
    return new StreamSocket(stream, response);
  }

  /** An extended CONNECT that is answered otherwise. */
  refused(query: string, headers: Record<string, string | null> = {}): Promise<Answer> {
    return answerOf(this.client.request({ ":path": `/engine.io/?${query}`, ...headers }));
  }

  /** Waits for every connection to be gone. */
  async close(): Promise<void> {
    this.engine.close();
    await this.client.close();
    await new Promise((resolve) => this.http.close(resolve));
  }
}
