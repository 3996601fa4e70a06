/** What differs between Node and browsers: this is Node's side. */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { ProtocolError, WebSocket } from "@towline/websocket";
import type { HttpRequest, HttpSink, NetworkOptions, OpenWebSocket, SendHttp } from "./network.ts";

export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";

export const defaultBinaryType: BinaryType = "nodebuffer";

export const decodeUtf8 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");

/** Where a client goes that was given no address: in browsers, to where the page came from. */
export const pageLocation:
  | { readonly protocol: string; readonly hostname: string; readonly port: string }
  | undefined = undefined;

/** Calls back when the network or the page goes away; returns what undoes that. Node cannot tell. */
export const watchNetwork =
  (_onLost: (description: string) => void, _closesWithPage: boolean): (() => void) =>
  () => {};

export const httpClient =
  (options: NetworkOptions): SendHttp =>
  (request, sink) => {
    const call = startRequest(request, options);
    return followRequest(
      call,
      { ...options, requestTimeoutMs: request.timeoutMs ?? options.requestTimeoutMs },
      sink,
    );
  };

function startRequest({ method, url, body }: HttpRequest, options: NetworkOptions): ClientRequest {
  const headers: Record<string, string> = { accept: "*/*" };
  if (body !== undefined)
    headers["content-type"] =
      typeof body === "string" ? "text/plain;charset=UTF-8" : "application/octet-stream";
  const start = url.startsWith("https:") ? requestHttps : requestHttp;
  const call = start(url, { ...options.nodeOptions, method, headers: { ...headers, ...options.headers } });
  if (options.autoUnref) call.on("socket", (socket) => socket.unref());
  call.end(body);
  return call;
}

function followRequest(call: ClientRequest, options: NetworkOptions, sink: HttpSink): { abort(): void } {
  const { maxMessageBytes, requestTimeoutMs } = options;
  let isOver = false;
  const finish = (tell?: () => void): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    tell?.();
  };
  const fail = (cause: Error): void => {
    finish(() => sink.onError(cause));
    call.destroy();
  };
  const timer =
    requestTimeoutMs === undefined
      ? undefined
      : setTimeout(() => fail(new Error(`no answer within ${requestTimeoutMs} ms`)), requestTimeoutMs);
  if (options.autoUnref) timer?.unref();
  call.on("error", fail);
  call.on("response", (response: IncomingMessage) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxMessageBytes) fail(new Error(`the answer is longer than ${maxMessageBytes} bytes`));
    });
    response.on("error", fail);
    response.on("end", () =>
      finish(() => sink.onResponse(response.statusCode ?? 0, Buffer.concat(chunks, length))),
    );
  });
  return {
    abort: () => {
      finish();
      call.destroy();
    },
  };
}

export const webSocketClient =
  (options: NetworkOptions): OpenWebSocket =>
  (url, sink) => {
    const socket = new WebSocket(url, [...options.protocols], {
      ...options.nodeOptions,
      headers: options.headers,
      maxPayload: options.maxMessageBytes,
    });
    socket.binaryType = "nodebuffer";
    if (options.autoUnref) socket.once("upgrade", (response: IncomingMessage) => response.socket.unref());
    let wasOpen = false;
    socket.onopen = () => {
      wasOpen = true;
      sink.onOpen();
    };
    socket.onmessage = ({ data }) => sink.onMessage(data as string | Uint8Array);
    // An open connection that the network ends is closed, as browsers see it; what the server did wrong is an error.
    socket.onerror = ({ error }) => {
      if (!wasOpen || error instanceof ProtocolError) sink.onError(error);
    };
    socket.onclose = (event) => sink.onClose(event);
    return socket;
  };
