import type { Socket } from "node:net";
import { RawServer } from "./raw-server.ts";

export interface StubRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly head: string;
  readonly body: string;
}

/** Answers one request on the connection that it came on. */
export const answer = (socket: Socket, status: number, body: string): void => {
  socket.write(`HTTP/1.1 ${status} Whatever\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
};

/** A raw server that takes HTTP requests apart, and leaves it to the test what to make of them. */
export function stubServer(onRequest: (request: StubRequest, socket: Socket) => void): RawServer {
  return new RawServer((socket) => {
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      for (;;) {
        const headEnd = text.indexOf("\r\n\r\n");
        if (headEnd < 0) return;
        const head = text.slice(0, headEnd);
        const length = Number(/\r\nContent-Length: (\d+)/.exec(head)?.[1] ?? 0);
        const end = headEnd + 4 + length;
        if (text.length < end) return;
        const [method = "", target = ""] = head.split(" ");
        const body = text.slice(headEnd + 4, end);
        text = text.slice(end);
        onRequest({ method, target, head, body }, socket);
      }
    });
  });
}
