import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from "node:http2";

export interface Opened {
  readonly stream: ClientHttp2Stream;
  readonly response: IncomingHttpHeaders & { readonly ":status"?: number };
}

/** A client of HTTP/2 that asks for WebSockets (RFC 8441) and says anything on them. */
export class Http2Client {
  readonly session: ClientHttp2Session;

  private constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on("error", () => {});
  }

  static async connect(url: string): Promise<Http2Client> {
    const session = connect(url, { rejectUnauthorized: false });
    await once(session, "remoteSettings");
    return new Http2Client(session);
  }

  /** A request that is a valid handshake but for what is `replaced`. `null` leaves a header out. */
  request(replaced: Readonly<Record<string, string | null>> = {}): ClientHttp2Stream {
    const headers = Object.entries({
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":scheme": "https",
      ":path": "/",
      ":authority": "localhost",
      "sec-websocket-version": "13",
      ...replaced,
    }).filter(([, value]) => value !== null);
    const stream = this.session.request(Object.fromEntries(headers) as Record<string, string>, {
      endStream: false,
    });
    stream.on("error", () => {});
    return stream;
  }

  /** The same, and the answer. */
  async open(replaced: Readonly<Record<string, string | null>> = {}): Promise<Opened> {
    const stream = this.request(replaced);
    const [response] = (await once(stream, "response")) as [Opened["response"]];
    return { stream, response };
  }

  async close(): Promise<void> {
    if (this.session.destroyed) return;
    const closed = once(this.session, "close");
    this.session.destroy();
    await closed;
  }
}

/** All that still comes on a stream, in hex, up to its end. */
export async function restOf(stream: ClientHttp2Stream): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(stream, "end");
  return Buffer.concat(chunks).toString("hex");
}

/** Resolves with the next `size` bytes, in hex. */
export async function bytesOf(stream: ClientHttp2Stream, size: number): Promise<string> {
  for (;;) {
    const bytes = stream.read(size) as Buffer | null;
    if (bytes !== null) return bytes.toString("hex");
    await once(stream, "readable");
  }
}
