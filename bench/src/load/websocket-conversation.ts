import { createHash, randomBytes } from "node:crypto";
import type { Connection, Parser } from "./connection.ts";
import { expectStart } from "./expect-start.ts";
import { encodeClientFrame, encodeServerFrame, type FrameKind } from "./frame.ts";
import { LoadFailure } from "./load-failure.ts";

/** What a server adds to the key before it hashes it (RFC 6455 §1.3). */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Status 1000. */
const CLOSE_PAYLOAD = Buffer.from("03e8", "hex");

export const clientFrame = (kind: FrameKind, payload: Buffer): Buffer =>
  encodeClientFrame(kind, payload, randomBytes(4));
export const textFrame = (text: string): Buffer => clientFrame("text", Buffer.from(text));

const responseHead: Parser<string> = (bytes) => {
  const end = bytes.indexOf("\r\n\r\n");
  return end < 0 ? undefined : { value: bytes.toString("latin1", 0, end), size: end + 4 };
};

const someBytes =
  (size: number): Parser<string> =>
  (bytes) =>
    bytes.length < size ? undefined : { value: bytes.toString("hex", 0, size), size };

function expectAccept(head: string, key: string): void {
  const accept = createHash("sha1")
    .update(key + KEY_SUFFIX)
    .digest("base64");
  const got = /^sec-websocket-accept: *(\S*)/im.exec(head)?.[1];
  if (got !== accept)
    throw new LoadFailure(`WebSocket handshake: expected the accept key ${accept}, got ${got ?? "none"}`);
}

/** The opening handshake (RFC 6455 §4). Rejects with `LoadFailure` when the server refuses, or answers another key. */
export async function upgrade(connection: Connection, path: string): Promise<void> {
  const key = randomBytes(16).toString("base64");
  const request = [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
    "\r\n",
  ];
  connection.write(Buffer.from(request.join("\r\n")));
  const head = await connection.read(responseHead);
  expectStart("WebSocket handshake", head, "HTTP/1.1 101 ");
  expectAccept(head, key);
}

/** The closing handshake (RFC 6455 §7): the server sends the status back and then closes the connection. */
export async function closeWebSocket(connection: Connection): Promise<void> {
  const answer = encodeServerFrame("close", CLOSE_PAYLOAD);
  connection.write(clientFrame("close", CLOSE_PAYLOAD));
  const got = await connection.read(someBytes(answer.length));
  expectStart("closing handshake", got, answer.toString("hex"));
  await connection.closed();
}
